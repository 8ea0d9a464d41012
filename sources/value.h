// sources/value.h — what a variable may hold when a script is read without running it.
//
// An unknown part stands in the text as a pattern `${name}`: text without one is known. Where two branches
// leave different values, the value has several alternatives.
#pragma once

#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "sources/traced_text.h"

namespace godwit::sources {

inline constexpr size_t kAlternativesMax = 8;

// One to kAlternativesMax texts, each different.
struct Value {
  std::vector<TracedText> alternatives{TracedText()};

  static Value Of(TracedText text) { return Value{{std::move(text)}}; }
  // The pattern ${name}; characters that would end a pattern become '_'.
  static Value Unknown(std::string_view name, Place place);

  // The only text; the first one if there are more.
  const std::string& text() const { return alternatives.front().text(); }
  bool single() const { return alternatives.size() == 1; }
  bool known() const;  // single and without a pattern
};

// Has a part that is not known.
bool HasPattern(std::string_view text);
// Is one pattern and nothing else.
bool IsPattern(std::string_view text);

// a and b one after the other: all pairs. More than kAlternativesMax pairs: the first ones, and `*cut` is
// set.
void AppendTo(Value& a, const Value& b, bool* cut);

// What holds after two branches that may both have run. A pattern gives way to a text, an unknown to a date,
// a script to one that begins with it and goes on: the longer holds the statements of both.
// Too many alternatives become the pattern ${name}.
Value Join(const Value& a, const Value& b, std::string_view name);

// Every alternative changed.
Value Map(const Value& value, const std::function<TracedText(const TracedText&)>& change);

bool SameTexts(const Value& a, const Value& b);

}  // namespace godwit::sources
