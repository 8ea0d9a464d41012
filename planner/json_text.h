// planner/json_text.h — writes JSON: keys in the order they are written, one line for each entry of a long
// list.
#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <string_view>

namespace godwit::planner {

// Takes text piece by piece.
using TextSink = std::function<void(std::string_view)>;

class JsonText {
 public:
  explicit JsonText(TextSink sink) : sink_(std::move(sink)) {}

  void BeginObject();
  void EndObject();
  void BeginList();
  void EndList();
  // The same, with all they hold on one line.
  void BeginLineObject() { BeginObject(), ++one_line_; }
  void EndLineObject() { EndObject(), --one_line_; }
  void BeginLineList() { BeginList(), ++one_line_; }
  void EndLineList() { EndList(), --one_line_; }

  void Key(std::string_view key);
  void Text(std::string_view text);  // UTF-8
  void Number(int64_t number);
  void Number(uint64_t number);
  void Number(double number);  // the shortest text that reads back as the same number
  void Bool(bool value);

  void Put(std::string_view key, std::string_view text) { Key(key), Text(text); }
  void Put(std::string_view key, const char* text) { Key(key), Text(text); }
  void Put(std::string_view key, int64_t number) { Key(key), Number(number); }
  void Put(std::string_view key, int32_t number) { Key(key), Number(int64_t{number}); }
  void Put(std::string_view key, uint64_t number) { Key(key), Number(number); }
  void Put(std::string_view key, double number) { Key(key), Number(number); }
  void Put(std::string_view key, bool value) { Key(key), Bool(value); }

  // Ends the document and hands on what is left.
  void Finish();

 private:
  void Separate();
  void Begin(char bracket);
  void End(char bracket);

  TextSink sink_;
  std::string out_;  // not yet handed on
  int depth_ = 0;
  int one_line_ = 0;
  bool first_ = true;  // nothing yet in this object or list
  bool after_key_ = false;
};

}  // namespace godwit::planner
