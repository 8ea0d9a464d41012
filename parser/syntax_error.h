// parser/syntax_error.h — a statement does not parse. Thrown by the parser and the builder, caught where the
// statement began (parser/script.cc); never leaves this room.
#pragma once

#include <cstdint>
#include <string>

namespace godwit::parser {

struct SyntaxError {
  uint32_t token;        // where it stopped making sense
  std::string expected;  // "a table name", "FROM or end of statement"
  bool too_deep = false;
};

}  // namespace godwit::parser
