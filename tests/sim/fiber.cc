#include "tests/sim/fiber.h"

#if defined(__has_feature)
#if __has_feature(address_sanitizer)
#define __SANITIZE_ADDRESS__  // as g++ says it
#endif
#endif
#ifdef __SANITIZE_ADDRESS__
#include <sanitizer/common_interface_defs.h>
#else
namespace {
void __sanitizer_start_switch_fiber(void**, const void*, size_t) {}
void __sanitizer_finish_switch_fiber(void*, const void**, size_t*) {}
}  // namespace
#endif

namespace godwit::sim {
namespace {

using boost::context::detail::forced_unwind;

constexpr size_t kStackBytes = 256 * 1024;

Fiber* current = nullptr;

boost::context::pooled_fixedsize_stack& Stacks() {
  static boost::context::pooled_fixedsize_stack stacks(kStackBytes);
  return stacks;
}

}  // namespace

Fiber* Fiber::Current() { return current; }

std::shared_ptr<Fiber> Fiber::Start(std::function<void()> body) {
  auto made = std::make_shared<Fiber>();
  Fiber* self = made.get();
  const boost::context::stack_context stack = Stacks().allocate();
  self->stack_ = {static_cast<const char*>(stack.sp) - stack.size, stack.size};
  made->context_ =
      boost::context::fiber(std::allocator_arg, boost::context::preallocated(stack.sp, stack.size, stack),
                            Stacks(), [self, body = std::move(body)](boost::context::fiber&& back) {
                              self->Arrive(nullptr);
                              self->back_ = std::move(back);
                              try {
                                body();
                              } catch (const forced_unwind&) {
                                self->Leave(nullptr);
                                throw;
                              }
                              self->Leave(nullptr);
                              return std::move(self->back_);
                            });
  made->Resume();
  return made;
}

// Tells the address sanitizer whose stack is next.
void Fiber::Leave(void** keep) { __sanitizer_start_switch_fiber(keep, caller_.bottom, caller_.size); }
void Fiber::Arrive(void* kept) { __sanitizer_finish_switch_fiber(kept, &caller_.bottom, &caller_.size); }

void Fiber::Suspend() {
  void* kept = nullptr;
  Leave(&kept);
  try {
    back_ = std::move(back_).resume();
  } catch (const forced_unwind&) {  // killed
    Arrive(kept);
    throw;
  }
  Arrive(kept);
}

void Fiber::Enter(const std::function<void()>& enter) {
  void* kept = nullptr;
  __sanitizer_start_switch_fiber(&kept, stack_.bottom, stack_.size);
  enter();
  __sanitizer_finish_switch_fiber(kept, nullptr, nullptr);
}

void Fiber::Resume() {
  if (!context_) return;
  Fiber* before = std::exchange(current, this);
  boost::context::fiber running = std::move(context_);
  Enter([&] { running = std::move(running).resume(); });
  context_ = std::move(running);
  current = before;
}

void Fiber::Kill() {
  if (!context_) return;
  Enter([&] { context_ = {}; });
}

}  // namespace godwit::sim
