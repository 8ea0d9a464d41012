#include "planner/json_text.h"

#include <fmt/format.h>

#include <iterator>

namespace godwit::planner {
namespace {

constexpr size_t kPiece = 1 << 18;  // bytes handed on at once

}  // namespace

void JsonText::Finish() {
  out_ += '\n';
  sink_(out_);
  out_.clear();
}

void JsonText::Separate() {
  if (out_.size() >= kPiece) {
    sink_(out_);
    out_.clear();
  }
  if (after_key_) {
    after_key_ = false;
    return;
  }
  if (!first_) out_ += one_line_ > 0 ? ", " : ",";
  if (depth_ > 0 && one_line_ == 0) {
    out_ += '\n';
    out_.append(2 * depth_, ' ');
  }
  first_ = false;
}

void JsonText::Begin(char bracket) {
  Separate();
  out_ += bracket;
  ++depth_;
  first_ = true;
}

void JsonText::End(char bracket) {
  --depth_;
  if (!first_ && one_line_ == 0) {
    out_ += '\n';
    out_.append(2 * depth_, ' ');
  }
  out_ += bracket;
  first_ = false;
}

void JsonText::BeginObject() { Begin('{'); }
void JsonText::EndObject() { End('}'); }
void JsonText::BeginList() { Begin('['); }
void JsonText::EndList() { End(']'); }

void JsonText::Key(std::string_view key) {
  Text(key);
  out_ += ": ";
  after_key_ = true;
}

void JsonText::Text(std::string_view text) {
  Separate();
  out_ += '"';
  for (const char c : text) {
    if (c == '"' || c == '\\') {
      out_ += '\\';
      out_ += c;
    } else if (static_cast<unsigned char>(c) < 0x20) {
      fmt::format_to(std::back_inserter(out_), "\\u{:04x}", static_cast<int>(c));
    } else {
      out_ += c;
    }
  }
  out_ += '"';
}

void JsonText::Number(int64_t number) {
  Separate();
  const fmt::format_int text(number);
  out_.append(text.data(), text.size());
}

void JsonText::Number(uint64_t number) {
  Separate();
  const fmt::format_int text(number);
  out_.append(text.data(), text.size());
}

void JsonText::Number(double number) {
  Separate();
  fmt::format_to(std::back_inserter(out_), "{}", number);
}

void JsonText::Bool(bool value) {
  Separate();
  out_ += value ? "true" : "false";
}

}  // namespace godwit::planner
