// sources/oozie.h — Oozie workflows (XML), with the bundles, coordinators and properties that start them →
// jobs.
#pragma once

#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "sources/definition.h"
#include "sources/source_tree.h"

namespace godwit::sources {

bool LooksLikeOozieWorkflow(std::string_view text);

// One workflow in one launch.
struct OozieWorkflow {
  std::string path;
  Result<Definitions> jobs;  // kInvalidInput at file:line for XML that is broken
};

// One job for each action that the workflow can come to; forks, joins and decisions are followed for the
// order, sub-workflows become a part of the action that runs them. A workflow that is started with different
// values gives its jobs once for each; one that is only a part of others gives none. Values of ${name} come
// from what starts it, its own parameters and `variables`. `texts` holds the workflows by path; the result is
// sorted so.
std::vector<OozieWorkflow> ReadOozie(const SourceTree& tree, std::map<std::string, std::string> texts,
                                     const Variables& variables);

}  // namespace godwit::sources
