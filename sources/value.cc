#include "sources/value.h"

#include <algorithm>
#include <cctype>
#include <cstring>

#include "sources/sql_text.h"

namespace godwit::sources {
namespace {

// How much a text tells: a known one more than a date, a date more than an unknown.
int Rank(const std::string& text) {
  if (!IsPattern(text)) return 2;
  return text.starts_with("${date") ? 1 : 0;
}

bool Contains(const Value& value, const std::string& text) {
  return std::any_of(value.alternatives.begin(), value.alternatives.end(),
                     [&](const TracedText& each) { return each.text() == text; });
}

// Is `text` the front of `longer`, and what follows there further statements.
bool IsFrontOf(const std::string& text, const std::string& longer) {
  return longer.size() > text.size() && longer.starts_with(text) &&
         LooksLikeSql(std::string_view(longer).substr(text.size()));
}

void DropFronts(std::vector<TracedText>& texts) {
  for (size_t i = texts.size(); i-- > 0;) {
    const bool front = std::any_of(texts.begin(), texts.end(), [&](const TracedText& other) {
      return IsFrontOf(texts[i].text(), other.text());
    });
    if (front) texts.erase(texts.begin() + static_cast<long>(i));
  }
}

}  // namespace

Value Value::Unknown(std::string_view name, Place place) {
  std::string clean;
  for (const char c : name.substr(0, 60)) {
    const bool fine =
        std::isalnum(static_cast<unsigned char>(c)) || (c != 0 && std::strchr("_.:%+-@#?", c) != nullptr);
    clean += fine ? c : '_';
  }
  return Of(TracedText("${" + clean + "}", place));
}

bool Value::known() const { return single() && !HasPattern(text()); }

bool HasPattern(std::string_view text) { return text.find("${") != std::string_view::npos; }

bool IsPattern(std::string_view text) {
  return text.size() > 3 && text.starts_with("${") && text.find('}') == text.size() - 1;
}

void AppendTo(Value& a, const Value& b, bool* cut) {
  if (b.single()) {
    for (TracedText& each : a.alternatives) each.Append(b.alternatives.front());
    return;
  }
  Value result;
  result.alternatives.clear();
  for (const TracedText& head : a.alternatives) {
    for (const TracedText& tail : b.alternatives) {
      if (result.alternatives.size() == kAlternativesMax) {
        if (cut != nullptr) *cut = true;
        break;
      }
      result.alternatives.push_back(head);
      result.alternatives.back().Append(tail);
    }
  }
  a = std::move(result);
}

Value Join(const Value& a, const Value& b, std::string_view name) {
  int best = 0;
  for (const Value* value : {&a, &b}) {
    for (const TracedText& each : value->alternatives) best = std::max(best, Rank(each.text()));
  }
  Value result;
  result.alternatives.clear();
  for (const Value* value : {&a, &b}) {
    for (const TracedText& each : value->alternatives) {
      if (Rank(each.text()) == best && !Contains(result, each.text())) result.alternatives.push_back(each);
    }
  }
  if (best == 2) DropFronts(result.alternatives);
  if (result.single()) return result;
  const Place place = result.alternatives.front().PlaceAt(0);
  if (best == 0 || result.alternatives.size() > kAlternativesMax) return Value::Unknown(name, place);
  if (best == 1) result.alternatives.resize(1);  // dates: which one does not matter to tables
  return result;
}

Value Map(const Value& value, const std::function<TracedText(const TracedText&)>& change) {
  Value result;
  result.alternatives.clear();
  for (const TracedText& each : value.alternatives) {
    TracedText changed = change(each);
    if (!Contains(result, changed.text())) result.alternatives.push_back(std::move(changed));
  }
  return result;
}

bool SameTexts(const Value& a, const Value& b) {
  return a.alternatives.size() == b.alternatives.size() &&
         std::equal(a.alternatives.begin(), a.alternatives.end(), b.alternatives.begin(),
                    [](const TracedText& x, const TracedText& y) { return x.text() == y.text(); });
}

}  // namespace godwit::sources
