// planner/json_read.h — reads JSON values with errors that name the place. The first mistake stays; what is
// read after it does not matter.
#pragma once

#include <simdjson.h>

#include <cstddef>
#include <cstdint>
#include <functional>
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

// A value somewhere in a document. It knows where by what it lies in, which has to live as long: a plan has
// hundreds of thousands of values, and nobody asks for their paths.
class JsonValue {
 public:
  JsonValue(simdjson::dom::element value, Mistake& mistake) : value_(value), mistake_(&mistake) {}
  JsonValue(simdjson::dom::element value, const JsonValue& object, const char* key)
      : value_(value), mistake_(object.mistake_), parent_(&object), key_(key) {}
  JsonValue(simdjson::dom::element value, const JsonValue& list, size_t index)
      : value_(value), mistake_(list.mistake_), parent_(&list), index_(index) {}

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
  template <typename Use>
  void Each(const Use& each) const {
    simdjson::dom::array list;
    if (value_.get_array().get(list)) return Wrong("a list is expected");
    size_t index = 0;
    for (const simdjson::dom::element entry : list) {
      if (mistake_->any()) return;
      each(JsonValue(entry, *this, index++));
    }
  }

  bool IsNumber() const { return value_.is_number(); }
  bool IsObject() const { return value_.is_object(); }
  simdjson::dom::element json() const { return value_; }
  // "units[3].bytes"; "" for the document.
  std::string path() const;
  Mistake& mistake() const { return *mistake_; }
  void Wrong(const std::string& what) const {
    if (!mistake_->any()) mistake_->Note(path(), what);
  }

 private:
  simdjson::dom::element value_;
  Mistake* mistake_;
  const JsonValue* parent_ = nullptr;
  const char* key_ = nullptr;  // in an object
  size_t index_ = 0;           // in a list
};

// An object being read key by key. At its end, keys that were not asked for, or that are there twice, are a
// mistake.
class JsonFields {
 public:
  explicit JsonFields(const JsonValue& value);
  ~JsonFields();
  JsonFields(const JsonFields&) = delete;
  JsonFields& operator=(const JsonFields&) = delete;

  // Leaves `out` as it is where the key is missing.
  template <typename T>
  void Get(const char* key, T& out) {
    With(key, [&](const JsonValue& value) { value.To(out); });
  }
  // The key has to be there.
  template <typename T>
  void Need(const char* key, T& out) {
    if (!With(key, [&](const JsonValue& value) { value.To(out); })) {
      value_.Wrong(std::string("`") + key + "` is missing");
    }
  }
  template <typename Use>
  void Each(const char* key, const Use& each) {
    With(key, [&](const JsonValue& value) { value.Each(each); });
  }
  // The value of a key that may be missing.
  template <typename Use>
  bool With(const char* key, const Use& use) {
    simdjson::dom::element found;
    if (!Find(key, found)) return false;
    use(JsonValue(found, value_, key));
    return true;
  }

 private:
  bool Find(const char* key, simdjson::dom::element& found);

  const JsonValue& value_;
  simdjson::dom::object object_;
  bool is_object_;
  size_t present_ = 0;  // of the keys asked for
  std::vector<std::string_view> known_;
};

// Parses and reads a document. Errors: kInvalidInput, for JSON that does not parse with its place. Cost:
// about 15 ms for 10 MB, and what `read` costs.
Status ReadJson(std::string_view text, const std::function<void(const JsonValue&)>& read);

}  // namespace godwit::planner
