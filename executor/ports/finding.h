// executor/ports/finding.h — what `godwit doctor` found at a site.
#pragma once

#include <compare>
#include <cstdint>
#include <string>
#include <vector>

namespace godwit::executor {

enum class Severity : uint8_t { kGood, kNote, kWarning, kProblem };

struct Finding {
  Severity severity = Severity::kGood;
  std::string check;   // "hdfs.permission"
  std::string text;    // what was seen
  std::string remedy;  // what to do about it; empty if nothing

  auto operator<=>(const Finding&) const = default;
};

}  // namespace godwit::executor
