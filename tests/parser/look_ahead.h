// tests/parser/look_ahead.h — how far the generated parser looks ahead to choose between alternatives.
// Decisions by the next token alone are compiled to a switch and are not counted; any other is a prediction
// of the runtime, and those that look far made earlier grammars ten times slower.
#pragma once

#include <cstdint>
#include <string_view>

#include "parser/dialect.h"

namespace godwit::parser {

inline constexpr int64_t kLookAheadMax = 5;  // tokens

struct LookAhead {
  int64_t statements = 0;
  int64_t predictions = 0;
  int64_t far_decisions = 0;  // points of the grammar where some prediction looked further than kLookAheadMax
};

// Parses the script's statements, cut at `;`, with the runtime's profiler on.
LookAhead MeasureLookAhead(std::string_view script, Dialect dialect);

// Whether the profiler sees predictions at all: it is made to make one.
bool ProfilerCounts();

}  // namespace godwit::parser
