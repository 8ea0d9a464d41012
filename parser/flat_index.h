// parser/flat_index.h — 64-bit key → 32-bit value, in one flat array. Forgetting everything is O(1), so that
// one index serves statement after statement.
#pragma once

#include <cstdint>
#include <vector>

namespace godwit::parser {

inline uint64_t IndexKey(uint32_t high, uint32_t low) { return (static_cast<uint64_t>(high) << 32) | low; }

class FlatIndex {
 public:
  static constexpr uint32_t kNone = UINT32_MAX;

  void Clear() {
    size_ = 0;
    if (++generation_ == 0 || slots_.size() > kKeptMax) {
      std::vector<Slot>(kFirst).swap(slots_);
      generation_ = 1;
    }
  }

  // The value kept for `key`; keeps `value` and returns it if there was none.
  uint32_t FindOrAdd(uint64_t key, uint32_t value) {
    if (2 * (size_ + 1) > slots_.size()) Grow();
    Slot& slot = SlotOf(key);
    if (slot.generation != generation_) {
      slot = {key, value, generation_};
      ++size_;
    }
    return slot.value;
  }

  uint32_t Find(uint64_t key) {
    if (size_ == 0) return kNone;
    const Slot& slot = SlotOf(key);
    return slot.generation == generation_ ? slot.value : kNone;
  }

 private:
  struct Slot {
    uint64_t key = 0;
    uint32_t value = 0;
    uint32_t generation = 0;
  };
  static constexpr size_t kFirst = 64;
  static constexpr size_t kKeptMax = 1 << 16;

  Slot& SlotOf(uint64_t key) {
    const uint64_t mixed = key * 0x9E3779B97F4A7C15u;
    size_t i = (mixed >> 32) & (slots_.size() - 1);
    while (slots_[i].generation == generation_ && slots_[i].key != key) i = (i + 1) & (slots_.size() - 1);
    return slots_[i];
  }

  void Grow() {
    std::vector<Slot> old(slots_.size() < kFirst ? kFirst : slots_.size() * 2);
    old.swap(slots_);
    for (const Slot& slot : old) {
      if (slot.generation == generation_) SlotOf(slot.key) = slot;
    }
  }

  std::vector<Slot> slots_;
  size_t size_ = 0;
  uint32_t generation_ = 1;
};

}  // namespace godwit::parser
