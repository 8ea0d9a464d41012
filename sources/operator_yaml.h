// sources/operator_yaml.h — YAML files from which someone's own factory makes Airflow DAGs → jobs.
#pragma once

#include <string>
#include <string_view>

#include "base/result.h"
#include "sources/definition.h"

namespace godwit::sources {

// Holds a map with an operator's name: `type: HiveOperator`, `operator: airflow.…BashOperator`.
bool LooksLikeOperatorYaml(std::string_view text);

// Every map below the root that names an operator is a job: its name is its `name`, `id`, `task_id` or its
// key (or the file's name for one that is the whole file), its order `upstream`, `dependencies`, `depends_on`
// …, what it runs `sql`, `path`, `bash_command` … Errors: kInvalidInput with the place.
Result<Definitions> ReadOperatorYaml(const std::string& file, std::string_view text);

}  // namespace godwit::sources
