#include "parser/variables.h"

#include <algorithm>

#include "parser/letters.h"
#include "parser/placeholder.h"

namespace godwit::parser {
namespace {

std::string_view Trim(std::string_view text) {
  while (!text.empty() && IsSpaceByte(text.front())) text.remove_prefix(1);
  while (!text.empty() && IsSpaceByte(text.back())) text.remove_suffix(1);
  return text;
}

// The value of `${name}`: a prefix names the kind of variable, a bare name may be of any kind.
const std::string* Find(const std::map<std::string, std::string>& variables, std::string_view name) {
  const auto value = [&](std::string key) {
    const auto found = variables.find(key);
    return found == variables.end() ? nullptr : &found->second;
  };
  if (const std::string* exact = value(std::string(name))) return exact;
  const size_t colon = name.find(':');
  if (colon != std::string_view::npos) return value(std::string(name.substr(colon + 1)));
  for (const char* kind : {"hivevar:", "hiveconf:", "spark:"}) {
    if (const std::string* found = value(kind + std::string(name))) return found;
  }
  return nullptr;
}

// The variable that the placeholder text[begin, end) names, or empty.
std::string_view VariableName(std::string_view placeholder) {
  if (placeholder.starts_with("{{") && placeholder.size() > 4)
    return Trim(placeholder.substr(2, placeholder.size() - 4));
  if (placeholder.starts_with("${") && placeholder.size() > 3)
    return Trim(placeholder.substr(2, placeholder.size() - 3));
  return {};
}

// day=${day}: given, but with a value that nobody knew.
bool IsItself(std::string_view value, std::string_view name) {
  const auto plain = [](std::string_view full) { return full.substr(full.rfind(':') + 1); };
  return value.starts_with("${") && value.ends_with('}') && plain(VariableName(value)) == plain(name);
}

class Expander {
 public:
  Expander(const std::map<std::string, std::string>& variables, Expansion& expansion)
      : variables_(variables), expansion_(expansion) {}

  // Appends `text` with its variables replaced. True if there was one.
  bool Append(std::string_view text, uint32_t original, bool value, int depth) {
    bool replaced = false;
    size_t copied = 0;
    for (size_t i = 0; i < text.size();) {
      const size_t end = text[i] == '$' || text[i] == '{' ? PlaceholderEnd(text, i) : i;
      const std::string_view name = end > i ? VariableName(text.substr(i, end - i)) : std::string_view();
      const std::string* found = end > i ? Find(variables_, name) : nullptr;
      if (found == nullptr || IsItself(*found, name)) {
        ++i;
        continue;
      }
      const bool circular = std::find(active_.begin(), active_.end(), found) != active_.end();
      if (circular || depth >= kExpansionDepthMax || added_ + found->size() > kExpansionMax) {
        expansion_.too_long = true;
        i = end;
        continue;
      }
      Copy(text.substr(copied, i - copied), original + (value ? 0 : static_cast<uint32_t>(copied)), value);
      added_ += found->size();
      active_.push_back(found);
      Append(*found, original + (value ? 0 : static_cast<uint32_t>(i)), true, depth + 1);
      active_.pop_back();
      replaced = true;
      copied = i = end;
    }
    Copy(text.substr(copied), original + (value ? 0 : static_cast<uint32_t>(copied)), value);
    return replaced;
  }

 private:
  void Copy(std::string_view text, uint32_t original, bool value) {
    if (text.empty()) return;
    expansion_.pieces.push_back({static_cast<uint32_t>(expansion_.text.size()), original, value});
    expansion_.text += text;
  }

  const std::map<std::string, std::string>& variables_;
  Expansion& expansion_;
  size_t added_ = 0;
  std::vector<const std::string*> active_;  // values being expanded, outermost first
};

}  // namespace

uint32_t Expansion::Original(uint32_t offset) const {
  const auto after =
      std::upper_bound(pieces.begin(), pieces.end(), offset,
                       [](uint32_t wanted, const Piece& piece) { return wanted < piece.expanded; });
  if (after == pieces.begin()) return 0;
  const Piece& piece = *(after - 1);
  return piece.value ? piece.original : piece.original + (offset - piece.expanded);
}

bool ExpandVariables(std::string_view script, Span range, const std::map<std::string, std::string>& variables,
                     Expansion& expansion) {
  expansion = {};
  Expander expander(variables, expansion);
  return expander.Append(script.substr(range.begin, range.end - range.begin), range.begin, false, 0);
}

}  // namespace godwit::parser
