#include "planner/waves.h"

#include <algorithm>

namespace godwit::planner {
namespace {

class Grouping {
 public:
  Grouping(const WaveRules& rules, int64_t total_bytes)
      : rules_(rules), bytes_max_(rules.bytes_max.Of(total_bytes)) {}

  uint32_t Add(const WaveLoad& unit) {
    if (units_ > 0 && !Fits(unit)) {
      largest_ = std::max(largest_, bytes_);
      ++wave_;
      units_ = bytes_ = 0;
      freeze_ = Seconds{0};
    }
    ++units_;
    bytes_ += unit.bytes;
    freeze_ += unit.freeze;
    return wave_;
  }

 private:
  bool Fits(const WaveLoad& unit) const {
    if (rules_.pilot && wave_ == 0) return false;  // the pilot stays alone
    if (rules_.units_max > 0 && units_ >= rules_.units_max) return false;
    if (rules_.freeze_max > Seconds{0} && freeze_ + unit.freeze > rules_.freeze_max) return false;
    int64_t bytes_max = bytes_max_ > 0 ? bytes_max_ : INT64_MAX;
    if (rules_.pilot) bytes_max = std::min(bytes_max, 2 * largest_);
    return bytes_ + unit.bytes <= bytes_max;
  }

  const WaveRules& rules_;
  const int64_t bytes_max_;
  uint32_t wave_ = 0;
  int64_t units_ = 0;  // of the current wave, as the next two
  int64_t bytes_ = 0;
  Seconds freeze_{0};
  int64_t largest_ = 0;  // bytes of the largest wave before
};

}  // namespace

std::vector<uint32_t> GroupIntoWaves(const std::vector<WaveLoad>& units, const WaveRules& rules,
                                     int64_t total_bytes) {
  Grouping grouping(rules, total_bytes);
  std::vector<uint32_t> waves(units.size(), 0);
  int64_t last = -1;  // of the unpinned
  for (size_t i = 0; i < units.size(); ++i) {
    if (!units[i].wave) last = waves[i] = grouping.Add(units[i]);
  }
  // Waves after the last that only pinned units ask for are numbered without holes.
  std::vector<uint32_t> beyond;
  for (const WaveLoad& unit : units) {
    if (unit.wave && *unit.wave > last) beyond.push_back(*unit.wave);
  }
  std::ranges::sort(beyond);
  beyond.erase(std::ranges::unique(beyond).begin(), beyond.end());
  for (size_t i = 0; i < units.size(); ++i) {
    if (!units[i].wave) continue;
    const auto place = std::ranges::lower_bound(beyond, *units[i].wave);
    waves[i] =
        *units[i].wave <= last ? *units[i].wave : static_cast<uint32_t>(last + 1 + (place - beyond.begin()));
  }
  return waves;
}

}  // namespace godwit::planner
