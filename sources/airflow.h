// sources/airflow.h — an Airflow DAG file (Python) → its tasks, read without running it.
#pragma once

#include <string_view>

#include "sources/definition.h"
#include "sources/source_tree.h"

namespace godwit::sources {

// Speaks of Airflow, so may define a DAG.
bool LooksLikeAirflow(std::string_view text);

// A definition for each task; `workflow` is the dag_id. What the file gives is followed through strings,
// lists, loops over literal lists, functions and scanned modules that it imports; everything else stays a
// pattern.
Definitions ReadAirflow(const SourceTree& tree, size_t file, const Variables& variables);

}  // namespace godwit::sources
