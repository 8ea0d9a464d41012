// sources/oozie.h — Oozie workflows (XML), with the coordinator and properties beside them → jobs.
#pragma once

#include <string_view>

#include "base/result.h"
#include "sources/definition.h"
#include "sources/source_tree.h"

namespace godwit::sources {

bool LooksLikeOozieWorkflow(std::string_view text);

// One job for each action of the workflow in `file`; forks, joins and decisions are followed for the order.
// Values of ${name} come from the workflow's parameters, the *.properties, coordinator and bundle files of
// the same folder, then `variables`. Errors: kInvalidInput at file:line for XML that is broken.
Result<Definitions> ReadOozie(const SourceTree& tree, size_t file, std::string_view text,
                              const Variables& variables);

}  // namespace godwit::sources
