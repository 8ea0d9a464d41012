// planner/json_read.h — reads JSON values with errors that name the place. The first mistake stays; what is
// read after it does not matter.
#pragma once

#include <cstdint>
#include <functional>
#include <nlohmann/json.hpp>
#include <string>
#include <string_view>
#include <type_traits>
#include <vector>

#include "base/result.h"
#include "planner/terms.h"
#include "planner/words.h"

namespace godwit::planner {

class Mistake {
 public:
  void Note(const std::string& path, const std::string& what) {
    if (text_.empty()) text_ = (path.empty() ? "the document" : path) + ": " + what;
  }
  bool any() const { return !text_.empty(); }
  Status status() const { return any() ? Status(InvalidInput(text_)) : Ok(); }

 private:
  std::string text_;
};

// A value somewhere in a document.
class JsonValue {
 public:
  JsonValue(const nlohmann::json& value, std::string path, Mistake& mistake)
      : value_(&value), path_(std::move(path)), mistake_(&mistake) {}

  void To(bool& out) const;
  void To(int64_t& out) const;
  void To(int32_t& out) const;
  void To(int16_t& out) const;
  void To(uint64_t& out) const;
  void To(double& out) const;
  void To(std::string& out) const;
  void To(Seconds& out) const;  // a number
  template <typename Word>
  requires std::is_enum_v<Word>
  void To(Word& out) const {
    std::string text;
    To(text);
    if (mistake_->any()) return;
    Result<Word> word = FromWord<Word>(text);
    if (word.ok()) {
      out = *word;
    } else {
      Wrong(word.error().message);
    }
  }

  // Calls `each` on every entry of a list.
  void Each(const std::function<void(const JsonValue&)>& each) const;

  bool IsNumber() const { return value_->is_number(); }
  const nlohmann::json& json() const { return *value_; }
  const std::string& path() const { return path_; }
  Mistake& mistake() const { return *mistake_; }
  void Wrong(const std::string& what) const { mistake_->Note(path_, what); }

 private:
  const nlohmann::json* value_;
  std::string path_;
  Mistake* mistake_;
};

// An object being read key by key. At its end, keys that were not asked for are a mistake.
class JsonFields {
 public:
  explicit JsonFields(const JsonValue& value);
  ~JsonFields();
  JsonFields(const JsonFields&) = delete;
  JsonFields& operator=(const JsonFields&) = delete;

  // Leaves `out` as it is where the key is missing.
  template <typename T>
  void Get(const char* key, T& out) {
    if (const nlohmann::json* found = Find(key)) At(key, *found).To(out);
  }
  // The key has to be there.
  template <typename T>
  void Need(const char* key, T& out) {
    if (const nlohmann::json* found = Find(key)) {
      At(key, *found).To(out);
    } else {
      value_.Wrong(std::string("`") + key + "` is missing");
    }
  }
  void Each(const char* key, const std::function<void(const JsonValue&)>& each) {
    if (const nlohmann::json* found = Find(key)) At(key, *found).Each(each);
  }
  // The value of a key that may be missing.
  bool With(const char* key, const std::function<void(const JsonValue&)>& use) {
    const nlohmann::json* found = Find(key);
    if (found) use(At(key, *found));
    return found != nullptr;
  }

 private:
  const nlohmann::json* Find(const char* key);
  JsonValue At(const char* key, const nlohmann::json& found) const;

  const JsonValue& value_;
  std::vector<std::string> known_;
};

// Parses and reads a document. Errors: kInvalidInput, for JSON that does not parse with its place.
Status ReadJson(std::string_view text, const std::function<void(const JsonValue&)>& read);

}  // namespace godwit::planner
