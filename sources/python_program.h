// sources/python_program.h — a Python program that hands SQL to Spark or Hive → what it hands over.
#pragma once

#include "sources/facts.h"
#include "sources/source_tree.h"

namespace godwit::sources {

// Calls such as spark.sql(…), spark.table(…), .write.saveAsTable(…), .insertInto(…), cursor.execute(…), with
// strings followed through variables, f-strings, format and %: they are added to `facts`, as is the file.
// Read, not run.
void ReadPythonProgram(const SourceTree& tree, size_t file, const Variables& variables, ScriptFacts& facts);

}  // namespace godwit::sources
