#include "sources/traced_text.h"

#include <algorithm>

namespace godwit::sources {
namespace {

uint32_t NewlinesIn(std::string_view text) {
  return static_cast<uint32_t>(std::count(text.begin(), text.end(), '\n'));
}

}  // namespace

void TracedText::Append(std::string_view text, Place place) {
  if (text.empty()) return;
  const auto offset = static_cast<uint32_t>(text_.size());
  text_ += text;
  // A piece that goes on where the last one ended is part of it.
  if (pieces_.empty() || end_ != place) pieces_.push_back({offset, place});
  end_ = {place.file, place.line + NewlinesIn(text)};
}

void TracedText::Append(const TracedText& other) {
  const auto offset = static_cast<uint32_t>(text_.size());
  text_ += other.text_;
  for (const Piece& piece : other.pieces_) pieces_.push_back({offset + piece.offset, piece.place});
  if (!other.empty()) end_ = other.end_;
}

TracedText TracedText::Slice(size_t begin, size_t length) const {
  TracedText slice;
  if (begin >= text_.size()) return slice;
  const size_t end = length < text_.size() - begin ? begin + length : text_.size();
  slice.text_ = text_.substr(begin, end - begin);
  slice.pieces_.push_back({0, PlaceAt(begin)});
  for (const Piece& piece : pieces_) {
    if (piece.offset > begin && piece.offset < end) {
      slice.pieces_.push_back({piece.offset - static_cast<uint32_t>(begin), piece.place});
    }
  }
  slice.end_ = slice.PlaceAt(slice.text_.size());
  return slice;
}

TracedText TracedText::Trimmed() const {
  const size_t begin = text_.find_first_not_of(" \t\r\n");
  if (begin == std::string::npos) return {};
  return Slice(begin, text_.find_last_not_of(" \t\r\n") - begin + 1);
}

TracedText TracedText::WithoutEndingNewlines() const {
  const size_t last = text_.find_last_not_of("\r\n");
  return last == std::string::npos ? TracedText() : Slice(0, last + 1);
}

Place TracedText::PlaceAt(size_t offset) const {
  if (pieces_.empty()) return {};
  offset = std::min(offset, text_.size());
  const auto after =
      std::upper_bound(pieces_.begin(), pieces_.end(), offset,
                       [](size_t wanted, const Piece& piece) { return wanted < piece.offset; });
  const Piece& piece = after == pieces_.begin() ? pieces_.front() : *std::prev(after);
  const std::string_view before = std::string_view(text_).substr(piece.offset, offset - piece.offset);
  return {piece.place.file, piece.place.line + NewlinesIn(before)};
}

}  // namespace godwit::sources
