// sources/shell/shell.h — a shell script → what it hands to engines, by interpreting it without running it.
//
// A small abstract interpreter over the syntax tree: variables, functions, sourced files, here-documents and
// files that the script writes itself are followed; where a condition is not known both branches are; a loop
// over a list that is known is unrolled, another runs once. What is not known stays a pattern `${name}`.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "sources/facts.h"
#include "sources/source_tree.h"
#include "sources/value.h"

namespace godwit::sources {

inline constexpr int kShellStepsMax = 200'000;      // nodes executed in one reading
inline constexpr int kShellDepthMax = 120;          // nested nodes, calls and sourced files
inline constexpr size_t kShellTextMax = 64u << 20;  // bytes that all emitted SQL may have

// The script file `file` of the tree, called with `arguments`; without a value, its parameters are not known.
ScriptFacts ReadShellFile(const SourceTree& tree, size_t file, const std::vector<Value>* arguments,
                          const Variables& variables);

// A command line that stands in another file (a scheduler's). `facts->files[place.file]` must be that file.
// Adds to `facts`.
void ReadShellCommand(const SourceTree& tree, const TracedText& command, const Variables& variables,
                      ScriptFacts& facts);

}  // namespace godwit::sources
