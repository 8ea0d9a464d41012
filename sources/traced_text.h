// sources/traced_text.h — text that knows where each part of it was written.
//
// A statement that a shell script builds from a here-document, two variables and a sourced file still has to
// be reported at the line that a person can edit. So every piece keeps its origin while texts are joined.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace godwit::sources {

// Position in the file list of one reading (ScriptFacts::files).
enum class FileId : uint32_t {};

struct Place {
  FileId file{};
  uint32_t line = 1;  // 1-based
  bool operator==(const Place&) const = default;
};

class TracedText {
 public:
  TracedText() = default;
  // `text` stands at `place` as written: each newline in it is one in the file.
  TracedText(std::string_view text, Place place) { Append(text, place); }

  const std::string& text() const { return text_; }
  bool empty() const { return text_.empty(); }

  void Append(std::string_view text, Place place);
  void Append(const TracedText& other);
  // The part from `begin` on, at most `length` long.
  TracedText Slice(size_t begin, size_t length = std::string::npos) const;
  // Without white space at both ends; without newlines at the end.
  TracedText Trimmed() const;
  TracedText WithoutEndingNewlines() const;

  // Where the byte at `offset` was written; the end for larger ones. Cost: log of the pieces, plus the
  // distance to the piece's begin.
  Place PlaceAt(size_t offset) const;

  struct Piece {
    uint32_t offset;  // its first byte in the text
    Place place;
    bool operator==(const Piece&) const = default;
  };
  // Sorted by offset.
  const std::vector<Piece>& pieces() const { return pieces_; }

 private:
  std::string text_;
  std::vector<Piece> pieces_;
  Place end_;  // where the next byte of the last piece would stand
};

}  // namespace godwit::sources
