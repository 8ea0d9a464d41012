#include "sources/python_program.h"

#include "sources/python/run.h"

namespace godwit::sources {

void ReadPythonProgram(const SourceTree& tree, size_t file, const Variables& variables, ScriptFacts& facts) {
  python::Run run(tree, variables, facts);
  run.RunFile(file);
}

}  // namespace godwit::sources
