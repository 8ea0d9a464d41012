#include "config/yaml_reader.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <charconv>

#include "base/bytes.h"
#include "base/nearest.h"

namespace godwit::config {
namespace {

const char* KindName(const YamlValue& value) {
  switch (value.kind) {
    case YamlValue::Kind::kNull: return "nothing";
    case YamlValue::Kind::kScalar: return value.quoted ? "a text" : "a word";
    case YamlValue::Kind::kList: return "a list";
    case YamlValue::Kind::kMap: return "a map";
  }
  return "";
}

template <typename T>
std::optional<T> NumberIn(std::string_view text) {
  T number{};
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (error != std::errc() || end != text.data() + text.size()) return std::nullopt;
  return number;
}

Result<int64_t> ParseBytesPerSecond(std::string_view text) {
  if (text.ends_with("/s")) text.remove_suffix(2);
  return ParseBytes(text);
}

const std::vector<YamlValue> kNoItems;
const std::vector<YamlEntry> kNoEntries;
const YamlValue kNull;

}  // namespace

void YamlProblems::Add(YamlPlace place, const std::string& message) {
  if (lines_.size() == kYamlProblemsMax) lines_.push_back("more mistakes are not shown");
  if (lines_.size() > kYamlProblemsMax) return;
  lines_.push_back(fmt::format("{}:{}:{}: {}", file_, place.line, place.column, message));
}

Status YamlProblems::Verdict() const {
  if (lines_.empty()) return Ok();
  return InvalidInput(fmt::format("{}", fmt::join(lines_, "\n")));
}

YamlMap::YamlMap(const YamlValue& value, std::string what, YamlProblems& problems)
    : value_(&value), what_(std::move(what)), problems_(&problems) {
  if (value.kind == YamlValue::Kind::kMap || value.kind == YamlValue::Kind::kNull) return;
  problems.Add(value.place, fmt::format("{} must be a map (key: value), this is {}", what_, KindName(value)));
  value_ = &kNull;
}

const YamlValue* YamlMap::Value(const std::string& key) {
  known_.push_back(key);
  return value_->Find(key);
}

bool YamlMap::Has(const std::string& key) {
  const YamlValue* value = Value(key);
  return value != nullptr && value->kind != YamlValue::Kind::kNull;
}

const YamlValue* YamlMap::Scalar(const std::string& key, const char* wanted) {
  const YamlValue* value = Value(key);
  if (value == nullptr || value->kind == YamlValue::Kind::kNull) return nullptr;
  if (value->kind == YamlValue::Kind::kScalar) return value;
  problems_->Add(value->place, fmt::format("{} must be {}, this is {}", key, wanted, KindName(*value)));
  return nullptr;
}

template <typename T>
std::optional<T> YamlMap::Parsed(const std::string& key, const char* wanted,
                                 Result<T> (*parse)(std::string_view)) {
  const YamlValue* value = Scalar(key, wanted);
  if (value == nullptr) return std::nullopt;
  Result<T> parsed = parse(value->text);
  if (parsed.ok()) return *parsed;
  problems_->Add(value->place, fmt::format("{}: {}", key, parsed.error().message));
  return std::nullopt;
}

std::optional<std::string> YamlMap::Text(const std::string& key) {
  const YamlValue* value = Scalar(key, "a text");
  if (value == nullptr) return std::nullopt;
  return value->text;
}

std::optional<bool> YamlMap::Bool(const std::string& key) {
  const YamlValue* value = Scalar(key, "true or false");
  if (value == nullptr) return std::nullopt;
  if (!value->quoted && value->text == "true") return true;
  if (!value->quoted && value->text == "false") return false;
  problems_->Add(value->place, fmt::format("{} must be true or false, this is '{}'", key, value->text));
  return std::nullopt;
}

std::optional<int64_t> YamlMap::Int(const std::string& key, int64_t min, int64_t max) {
  const YamlValue* value = Scalar(key, "a whole number");
  if (value == nullptr) return std::nullopt;
  const auto number = NumberIn<int64_t>(value->text);
  if (number && *number >= min && *number <= max && !value->quoted) return number;
  problems_->Add(value->place, fmt::format("{} must be a whole number from {} to {}, this is '{}'", key, min,
                                           max, value->text));
  return std::nullopt;
}

std::optional<double> YamlMap::Number(const std::string& key, double min, double max) {
  const YamlValue* value = Scalar(key, "a number");
  if (value == nullptr) return std::nullopt;
  const auto number = NumberIn<double>(value->text);
  if (number && *number >= min && *number <= max && !value->quoted) return number;
  problems_->Add(value->place,
                 fmt::format("{} must be a number from {} to {}, this is '{}'", key, min, max, value->text));
  return std::nullopt;
}

std::optional<int64_t> YamlMap::Bytes(const std::string& key) {
  return Parsed(key, "an amount of data", &ParseBytes);
}
std::optional<int64_t> YamlMap::BytesPerSecond(const std::string& key) {
  return Parsed(key, "a rate like 5GB/s", &ParseBytesPerSecond);
}
std::optional<godwit::Duration> YamlMap::Duration(const std::string& key) {
  return Parsed(key, "a duration", &ParseDuration);
}
std::optional<Timestamp> YamlMap::Time(const std::string& key) {
  return Parsed(key, "a time", &ParseTimestamp);
}

std::optional<std::string> YamlMap::Choice(const std::string& key, const std::vector<std::string>& choices) {
  const YamlValue* value = Scalar(key, "a word");
  if (value == nullptr) return std::nullopt;
  if (std::find(choices.begin(), choices.end(), value->text) != choices.end()) return value->text;
  const auto nearest = NearestWord(value->text, choices);
  problems_->Add(value->place,
                 fmt::format("{} must be one of {}, this is '{}'{}", key, fmt::join(choices, ", "),
                             value->text, nearest ? fmt::format(": did you mean '{}'?", *nearest) : ""));
  return std::nullopt;
}

std::vector<std::string> YamlMap::Texts(const std::string& key) {
  const YamlValue* value = Value(key);
  if (value == nullptr || value->kind == YamlValue::Kind::kNull) return {};
  if (value->kind == YamlValue::Kind::kScalar) return {value->text};
  if (value->kind == YamlValue::Kind::kMap) {
    problems_->Add(value->place, fmt::format("{} must be a list of texts, this is a map", key));
    return {};
  }
  std::vector<std::string> texts;
  for (const YamlValue& item : value->items) {
    if (auto text = TextOf(item, key, *problems_)) texts.push_back(std::move(*text));
  }
  return texts;
}

const std::vector<YamlValue>& YamlMap::List(const std::string& key) {
  const YamlValue* value = Value(key);
  if (value == nullptr || value->kind == YamlValue::Kind::kNull) return kNoItems;
  if (value->kind == YamlValue::Kind::kList) return value->items;
  problems_->Add(value->place, fmt::format("{} must be a list (- item), this is {}", key, KindName(*value)));
  return kNoItems;
}

const std::vector<YamlEntry>& YamlMap::Map(const std::string& key) {
  const YamlValue* value = Value(key);
  if (value == nullptr || value->kind == YamlValue::Kind::kNull) return kNoEntries;
  if (value->kind == YamlValue::Kind::kMap) return value->entries;
  problems_->Add(value->place,
                 fmt::format("{} must be a map (key: value), this is {}", key, KindName(*value)));
  return kNoEntries;
}

std::string YamlMap::RequiredText(const std::string& key) {
  if (Has(key)) return Text(key).value_or("");
  problems_->Add(value_->place, fmt::format("{} needs '{}'", what_, key));
  return "";
}

const YamlValue& YamlMap::Required(const std::string& key) {
  const YamlValue* value = Value(key);
  if (value != nullptr) return *value;
  problems_->Add(value_->place, fmt::format("{} needs '{}'", what_, key));
  return kNull;
}

YamlPlace YamlMap::PlaceOf(const std::string& key) const {
  const YamlValue* value = value_->Find(key);
  return value == nullptr ? value_->place : value->place;
}

void YamlMap::Finish() {
  std::sort(known_.begin(), known_.end());
  known_.erase(std::unique(known_.begin(), known_.end()), known_.end());
  for (const YamlEntry& entry : value_->entries) {
    if (std::binary_search(known_.begin(), known_.end(), entry.key)) continue;
    const auto nearest = NearestWord(entry.key, known_);
    problems_->Add(entry.place, fmt::format("{} has no '{}': {}", what_, entry.key,
                                            nearest ? fmt::format("did you mean '{}'?", *nearest)
                                                    : fmt::format("known are {}", fmt::join(known_, ", "))));
  }
}

std::optional<std::string> TextOf(const YamlValue& value, const std::string& what, YamlProblems& problems) {
  if (value.kind == YamlValue::Kind::kScalar) return value.text;
  problems.Add(value.place, fmt::format("{}: a text is wanted, this is {}", what, KindName(value)));
  return std::nullopt;
}

}  // namespace godwit::config
