#include "planner/json_read.h"

#include <fmt/format.h>

#include <algorithm>
#include <limits>
#include <nlohmann/json.hpp>
#include <ranges>

#include "base/nearest.h"

namespace godwit::planner {
namespace {

constexpr std::string_view kByteOrderMark = "\xef\xbb\xbf";

template <typename Number>
void ToWhole(const JsonValue& value, Number& out) {
  if (!value.json().is_int64() && !value.json().is_uint64()) {
    value.Wrong("a whole number is expected");
    return;
  }
  int64_t number = 0;
  const bool huge = value.json().get_int64().get(number) != simdjson::SUCCESS;  // unsigned, of 64 bits
  if (huge || number < std::numeric_limits<Number>::min() || number > std::numeric_limits<Number>::max()) {
    value.Wrong("the number is out of range");
    return;
  }
  out = static_cast<Number>(number);
}

// A text that does not parse, once more with a parser that knows the place; the quick one does not.
Error NoJson(std::string_view text, simdjson::error_code code) {
  try {
    [[maybe_unused]] const auto parsed = nlohmann::json::parse(text);
  } catch (const nlohmann::json::exception& error) {
    return InvalidInput(fmt::format("not JSON: {}", error.what()));
  }
  // A number beyond all bounds, or lists in lists in lists.
  return InvalidInput(fmt::format("not JSON that is read here: {}", simdjson::error_message(code)));
}

}  // namespace

std::string JsonValue::path() const {
  std::vector<const JsonValue*> inside;  // from the document down
  for (const JsonValue* at = this; at->parent_ != nullptr; at = at->parent_) inside.push_back(at);
  std::string path;
  for (const JsonValue* at : std::views::reverse(inside)) {
    if (at->key_ == nullptr) {
      path += fmt::format("[{}]", at->index_);
    } else {
      path += (path.empty() ? "" : ".") + std::string(at->key_);
    }
  }
  return path;
}

void JsonValue::To(bool& out) const {
  if (value_.get_bool().get(out)) Wrong("true or false is expected");
}
void JsonValue::To(int64_t& out) const { ToWhole(*this, out); }
void JsonValue::To(int32_t& out) const { ToWhole(*this, out); }
void JsonValue::To(int16_t& out) const { ToWhole(*this, out); }
void JsonValue::To(uint64_t& out) const {
  if (value_.get_uint64().get(out)) Wrong("a whole number from 0 on is expected");
}
void JsonValue::To(double& out) const {
  if (value_.get_double().get(out)) Wrong("a number is expected");
}
void JsonValue::To(std::string& out) const {
  std::string_view text;
  if (value_.get_string().get(text)) return Wrong("text is expected");
  out = text;
}
void JsonValue::To(Seconds& out) const {
  int64_t seconds = 0;
  To(seconds);
  out = Seconds(seconds);
}

JsonFields::JsonFields(const JsonValue& value)
    : value_(value), is_object_(value.json().get_object().get(object_) == simdjson::SUCCESS) {
  if (!is_object_) value.Wrong("an object is expected");
}

JsonFields::~JsonFields() {
  if (!is_object_ || object_.size() == present_ || value_.mistake().any()) return;
  std::vector<std::string> known(known_.begin(), known_.end());
  std::vector<std::string_view> seen;
  for (const simdjson::dom::key_value_pair field : object_) {
    if (std::ranges::find(seen, field.key) != seen.end()) {
      value_.Wrong(fmt::format("the key `{}` is there twice", field.key));
      return;
    }
    seen.push_back(field.key);
    if (std::ranges::find(known_, field.key) != known_.end()) continue;
    const std::optional<std::string> nearest = NearestWord(std::string(field.key), known);
    value_.Wrong(
        fmt::format("unknown key `{}`{}", field.key, nearest ? ": did you mean `" + *nearest + "`?" : ""));
    return;
  }
}

bool JsonFields::Find(const char* key, simdjson::dom::element& found) {
  const bool is_there = is_object_ && object_.at_key(key).get(found) == simdjson::SUCCESS;
  if (std::ranges::find(known_, std::string_view(key)) == known_.end()) {
    known_.emplace_back(key);
    if (is_there) ++present_;
  }
  return is_there;
}

Status ReadJson(std::string_view text, const std::function<void(const JsonValue&)>& read) {
  if (text.starts_with(kByteOrderMark)) text.remove_prefix(kByteOrderMark.size());
  simdjson::dom::parser parser;
  simdjson::dom::element document;
  const simdjson::error_code code = parser.parse(text.data(), text.size()).get(document);
  if (code != simdjson::SUCCESS) return NoJson(text, code);
  Mistake mistake;
  read(JsonValue(document, mistake));
  return mistake.status();
}

}  // namespace godwit::planner
