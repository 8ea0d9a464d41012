#include "planner/json_read.h"

#include <fmt/format.h>

#include <algorithm>
#include <limits>

#include "base/nearest.h"

namespace godwit::planner {
namespace {

template <typename Number>
void ToWhole(const JsonValue& value, Number& out) {
  const nlohmann::json& json = value.json();
  if (!json.is_number_integer()) {
    value.Wrong("a whole number is expected");
    return;
  }
  // Unsigned 64-bit numbers above the signed range stay apart.
  const bool huge = json.is_number_unsigned() && json.get<uint64_t>() > uint64_t{INT64_MAX};
  const int64_t number = huge ? INT64_MAX : json.get<int64_t>();
  if (huge || number < std::numeric_limits<Number>::min() || number > std::numeric_limits<Number>::max()) {
    value.Wrong("the number is out of range");
    return;
  }
  out = static_cast<Number>(number);
}

}  // namespace

void JsonValue::To(bool& out) const {
  if (!value_->is_boolean()) return Wrong("true or false is expected");
  out = value_->get<bool>();
}
void JsonValue::To(int64_t& out) const { ToWhole(*this, out); }
void JsonValue::To(int32_t& out) const { ToWhole(*this, out); }
void JsonValue::To(int16_t& out) const { ToWhole(*this, out); }
void JsonValue::To(uint64_t& out) const {
  if (!value_->is_number_unsigned()) return Wrong("a whole number from 0 on is expected");
  out = value_->get<uint64_t>();
}
void JsonValue::To(double& out) const {
  if (!value_->is_number()) return Wrong("a number is expected");
  out = value_->get<double>();
}
void JsonValue::To(std::string& out) const {
  if (!value_->is_string()) return Wrong("text is expected");
  out = value_->get_ref<const std::string&>();
}
void JsonValue::To(Seconds& out) const {
  int64_t seconds = 0;
  To(seconds);
  out = Seconds(seconds);
}

void JsonValue::Each(const std::function<void(const JsonValue&)>& each) const {
  if (!value_->is_array()) return Wrong("a list is expected");
  size_t index = 0;
  for (const nlohmann::json& entry : *value_) {
    if (mistake_->any()) return;
    each(JsonValue(entry, fmt::format("{}[{}]", path_, index++), *mistake_));
  }
}

JsonFields::JsonFields(const JsonValue& value) : value_(value) {
  if (!value.json().is_object()) value.Wrong("an object is expected");
}

JsonFields::~JsonFields() {
  if (!value_.json().is_object() || value_.mistake().any()) return;
  for (const auto& [key, unused] : value_.json().items()) {
    if (std::ranges::find(known_, key) != known_.end()) continue;
    const std::optional<std::string> nearest = NearestWord(key, known_);
    value_.Wrong(fmt::format("unknown key `{}`{}", key, nearest ? ": did you mean `" + *nearest + "`?" : ""));
    return;
  }
}

const nlohmann::json* JsonFields::Find(const char* key) {
  known_.emplace_back(key);
  if (!value_.json().is_object()) return nullptr;
  const auto found = value_.json().find(key);
  return found == value_.json().end() ? nullptr : &*found;
}

JsonValue JsonFields::At(const char* key, const nlohmann::json& found) const {
  return JsonValue(found, value_.path().empty() ? key : value_.path() + "." + key, value_.mistake());
}

Status ReadJson(std::string_view text, const std::function<void(const JsonValue&)>& read) {
  try {
    const nlohmann::json document = nlohmann::json::parse(text);
    Mistake mistake;
    read(JsonValue(document, "", mistake));
    return mistake.status();
  } catch (const nlohmann::json::exception& error) {
    return InvalidInput(fmt::format("not JSON: {}", error.what()));
  }
}

}  // namespace godwit::planner
