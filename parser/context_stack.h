// parser/context_stack.h — memory for the parser's rule contexts. Rules end in the reverse order of their
// beginnings, so a stack is enough, and no statement, however long, needs more of it than its depth.
#pragma once

#include <antlr4-runtime/antlr4-runtime.h>

#include <cstddef>
#include <memory>
#include <new>
#include <vector>

namespace godwit::parser {

class ContextStack {
 public:
  ContextStack() = default;
  ~ContextStack() { Clear(); }
  ContextStack(const ContextStack&) = delete;
  ContextStack& operator=(const ContextStack&) = delete;

  // The name and shape that the generated parser expects of its tracker.
  template <typename T>
  T* createInstance(antlr4::ParserRuleContext* parent, size_t state) {
    static_assert(sizeof(T) <= kSlotBytes);
    if (size_ == chunks_.size() * kSlotsPerChunk) chunks_.push_back(std::make_unique<Chunk>());
    T* context = new (Slot(size_)) T(parent, state);
    ++size_;
    return context;
  }

  void Pop() {
    std::launder(reinterpret_cast<antlr4::ParserRuleContext*>(Slot(--size_)))->~ParserRuleContext();
  }
  void Clear() {
    while (size_ > 0) Pop();
  }

 private:
  static constexpr size_t kSlotBytes = 192;
  static constexpr size_t kSlotsPerChunk = 128;
  struct alignas(std::max_align_t) Chunk {
    std::byte bytes[kSlotBytes * kSlotsPerChunk];
  };
  void* Slot(size_t index) {
    return chunks_[index / kSlotsPerChunk]->bytes + kSlotBytes * (index % kSlotsPerChunk);
  }

  std::vector<std::unique_ptr<Chunk>> chunks_;
  size_t size_ = 0;
};

}  // namespace godwit::parser
