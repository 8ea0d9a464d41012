// sources/python_program.h — a Python program that hands SQL to Spark or Hive → what it hands over.
#pragma once

#include "sources/facts.h"
#include "sources/source_tree.h"

namespace godwit::sources {

// Calls such as spark.sql(…), spark.table(…), .write.saveAsTable(…), .insertInto(…), cursor.execute(…), with
// strings followed through variables, f-strings, format and %. A program without any gives no facts. Read,
// not run.
ScriptFacts ReadPythonProgram(const SourceTree& tree, size_t file, const Variables& variables);

}  // namespace godwit::sources
