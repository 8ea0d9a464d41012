// parser/variables.h — textual substitution of variables, as Hive and Spark do it before they parse.
#pragma once

#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "parser/place.h"

namespace godwit::parser {

// A statement after substitution, and where its bytes came from.
struct Expansion {
  std::string text;
  bool too_long = false;  // some variable was left in place, see kExpansionMax

  // The place in the script of an offset in `text`; inside a value, the place of its variable.
  uint32_t Original(uint32_t offset) const;

  struct Piece {
    uint32_t expanded;  // offset in text
    uint32_t original;  // offset in the script
    bool value;         // a variable's value: all of it stands at `original`
  };
  std::vector<Piece> pieces;  // ascending; the first is at offset 0
};

// Replaces ${x}, ${hiveconf:x} and {{ x }} in script[range] by their values, those in values too. Unknown
// variables stay as they are. False if nothing was replaced. Hive: `${x}` is hivevar:x; Spark: a setting.
bool ExpandVariables(std::string_view script, Span range, const std::map<std::string, std::string>& variables,
                     Expansion& expansion);

inline constexpr size_t kExpansionMax = 16 << 20;  // bytes that substitution may add to a statement
inline constexpr int kExpansionDepthMax = 40;      // of variables in values, as in Hive

}  // namespace godwit::parser
