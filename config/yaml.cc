#include "config/yaml.h"

#include <fmt/format.h>
#include <yaml-cpp/eventhandler.h>
#include <yaml-cpp/exceptions.h>
#include <yaml-cpp/parser.h>

#include <algorithm>
#include <sstream>
#include <unordered_map>
#include <unordered_set>

#include "base/utf8.h"

namespace godwit::config {
namespace {

Error At(const std::string& file, YamlPlace place, const std::string& message) {
  return InvalidInput(fmt::format("{}:{}:{}: {}", file, place.line, place.column, message));
}

YamlPlace PlaceOf(const YAML::Mark& mark) { return {mark.line + 1, mark.column + 1}; }

YamlPlace PlaceOfOffset(std::string_view text, size_t offset) {
  const std::string_view before = text.substr(0, offset);
  const auto lines = std::count(before.begin(), before.end(), '\n');
  const size_t newline = before.rfind('\n');
  const size_t column = newline == std::string_view::npos ? offset : offset - newline - 1;
  return {static_cast<int>(lines) + 1, static_cast<int>(column) + 1};
}

// What the builder throws to stop yaml-cpp; caught in ParseYaml.
struct Refused {
  YamlPlace place;
  std::string message;
};

// Builds the tree from yaml-cpp's events. A map's keys and values arrive alternately.
class Builder : public YAML::EventHandler {
 public:
  explicit Builder(YamlUse use) : foreign_(use == YamlUse::kForeign) {}
  void OnDocumentStart(const YAML::Mark&) override {}
  void OnDocumentEnd() override {}
  void OnNull(const YAML::Mark& mark, YAML::anchor_t anchor) override {
    Check(mark, "", anchor);
    Add(Make(YamlValue::Kind::kNull, mark), anchor);
  }
  void OnAlias(const YAML::Mark& mark, YAML::anchor_t anchor) override {
    if (!foreign_) throw Refused{PlaceOf(mark), "aliases (*name) are not read: write the value out"};
    const auto found = anchors_.find(anchor);  // one that is still open holds itself: nothing
    if (found == anchors_.end()) return Add(Make(YamlValue::Kind::kNull, mark), 0);
    values_ += found->second.second;
    CheckCount(mark);
    Add(YamlValue(found->second.first), 0);
  }
  void OnScalar(const YAML::Mark& mark, const std::string& tag, YAML::anchor_t anchor,
                const std::string& value) override {
    Check(mark, tag, anchor);
    YamlValue scalar = Make(YamlValue::Kind::kScalar, mark);
    scalar.text = value;
    scalar.quoted = tag == "!";
    Add(std::move(scalar), anchor);
  }
  void OnSequenceStart(const YAML::Mark& mark, const std::string& tag, YAML::anchor_t anchor,
                       YAML::EmitterStyle::value) override {
    Open(YamlValue::Kind::kList, mark, tag, anchor);
  }
  void OnSequenceEnd() override { Close(); }
  void OnMapStart(const YAML::Mark& mark, const std::string& tag, YAML::anchor_t anchor,
                  YAML::EmitterStyle::value) override {
    Open(YamlValue::Kind::kMap, mark, tag, anchor);
  }
  void OnMapEnd() override { Close(); }

  YamlValue root;

 private:
  // A list or map that is being filled; `key` waits for its value.
  struct Level {
    YamlValue value;
    bool has_key = false;
    std::string key;
    YamlPlace key_place;
    std::unordered_set<std::string> keys;
    std::vector<YamlEntry> merged;  // of merge keys
    YAML::anchor_t anchor = 0;
    size_t values_before = 0;
  };

  void CheckCount(const YAML::Mark& mark) const {
    if (values_ > kYamlValuesMax) throw Refused{PlaceOf(mark), "aliases that make too many values"};
  }

  YamlValue Make(YamlValue::Kind kind, const YAML::Mark& mark) {
    ++values_;
    YamlValue value;
    value.kind = kind;
    value.place = PlaceOf(mark);
    return value;
  }

  void Check(const YAML::Mark& mark, const std::string& tag, YAML::anchor_t anchor) const {
    if (foreign_) return;
    if (anchor != 0) throw Refused{PlaceOf(mark), "anchors (&name) are not read: write the value out"};
    if (!tag.empty() && tag != "!" && tag != "?") {
      throw Refused{PlaceOf(mark), fmt::format("tags ({}) are not read: leave it out", tag)};
    }
  }

  void Open(YamlValue::Kind kind, const YAML::Mark& mark, const std::string& tag, YAML::anchor_t anchor) {
    Check(mark, tag, anchor);
    if (levels_.size() >= static_cast<size_t>(kYamlDepthMax)) {
      throw Refused{PlaceOf(mark), fmt::format("nested deeper than {}", kYamlDepthMax)};
    }
    if (!levels_.empty() && levels_.back().value.kind == YamlValue::Kind::kMap && !levels_.back().has_key) {
      throw Refused{PlaceOf(mark), "a key must be a single word or text"};
    }
    Level level;
    level.anchor = anchor;
    level.values_before = values_;
    level.value = Make(kind, mark);
    levels_.push_back(std::move(level));
  }

  void Close() {
    Level& level = levels_.back();
    for (YamlEntry& entry : level.merged) {  // what the map says itself goes before
      if (level.keys.insert(entry.key).second) level.value.entries.push_back(std::move(entry));
    }
    YamlValue value = std::move(level.value);
    const YAML::anchor_t anchor = levels_.back().anchor;
    const size_t before = levels_.back().values_before;
    levels_.pop_back();
    Add(std::move(value), anchor, values_ - before);
  }

  // `count`: how many values it is, with those inside.
  void Add(YamlValue value, YAML::anchor_t anchor, size_t count = 1) {
    if (anchor != 0) anchors_[anchor] = {value, count};
    if (levels_.empty()) {
      root = std::move(value);
      return;
    }
    Level& level = levels_.back();
    if (level.value.kind == YamlValue::Kind::kList) {
      level.value.items.push_back(std::move(value));
    } else if (level.has_key && level.key == "<<" && foreign_) {
      Merge(value, level);
    } else if (level.has_key) {
      level.value.entries.push_back({std::move(level.key), level.key_place, std::move(value)});
      level.has_key = false;
    } else {
      TakeKey(level, std::move(value));
    }
  }

  static void Merge(const YamlValue& value, Level& level) {
    level.has_key = false;
    level.merged.insert(level.merged.end(), value.entries.begin(), value.entries.end());
    for (const YamlValue& item : value.items) {
      level.merged.insert(level.merged.end(), item.entries.begin(), item.entries.end());
    }
  }

  void TakeKey(Level& level, YamlValue key) const {
    if (key.kind != YamlValue::Kind::kScalar) throw Refused{key.place, "a key must be a single word or text"};
    if (key.text == "<<" && !key.quoted && !foreign_) {
      throw Refused{key.place, "merge keys (<<) are not read: write the values out"};
    }
    if (key.text != "<<" && !level.keys.insert(key.text).second && !foreign_) {
      throw Refused{key.place, fmt::format("'{}' stands twice in this map: keep one", key.text)};
    }
    level.has_key = true;
    level.key = std::move(key.text);
    level.key_place = key.place;
  }

  const bool foreign_;
  std::vector<Level> levels_;
  std::unordered_map<YAML::anchor_t, std::pair<YamlValue, size_t>> anchors_;  // with how many values it is
  size_t values_ = 0;
};

// Rejects what a second document would hide.
struct NothingMore : Builder {
  using Builder::Builder;
  void OnDocumentStart(const YAML::Mark& mark) override {
    throw Refused{PlaceOf(mark), "a second document (---): only one is read"};
  }
};

}  // namespace

const YamlValue* YamlValue::Find(std::string_view key) const {
  for (const YamlEntry& entry : entries) {
    if (entry.key == key) return &entry.value;
  }
  return nullptr;
}

Result<YamlValue> ParseYaml(const std::string& file, std::string_view text, YamlUse use) {
  if (text.size() > kYamlBytesMax) {
    return InvalidInput(fmt::format("{}: {} bytes: at most {} are read", file, text.size(), kYamlBytesMax));
  }
  if (const auto offset = FirstInvalidUtf8(text)) {
    return At(file, PlaceOfOffset(text, *offset), "not UTF-8: save the file as UTF-8");
  }
  if (const size_t offset = text.find('\0'); offset != std::string_view::npos) {
    return At(file, PlaceOfOffset(text, offset), "a zero byte: this is not a text file");
  }
  std::istringstream stream{std::string(text)};
  try {
    YAML::Parser parser(stream);
    Builder builder(use);
    parser.HandleNextDocument(builder);
    NothingMore nothing_more(use);
    parser.HandleNextDocument(nothing_more);
    return std::move(builder.root);
  } catch (const Refused& refused) {
    return At(file, refused.place, refused.message);
  } catch (const YAML::Exception& error) {
    return At(file, PlaceOf(error.mark), error.msg);
  }
}

}  // namespace godwit::config
