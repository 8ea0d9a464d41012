// tests/parser/facts_text.h — facts of a script as text that a person can read and a fixture can hold.
#pragma once

#include <string>

#include "parser/script.h"

namespace godwit::parser {

// What to show besides kind, inputs, outputs, paths, effects and diagnostics.
struct Shown {
  bool columns = false;
  bool functions = false;  // and remarks
  bool predicates = false;
  bool reads = false;  // every mention of a table, with its place
  bool definition = false;
  bool spans = false;  // where each statement begins
};

// One line a fact; a statement's first line is "KIND: inputs -> outputs".
std::string FactsText(const Script& script, std::string_view text, const Shown& shown);

}  // namespace godwit::parser
