#include "tests/sim/fiber.h"

namespace godwit::sim {
namespace {

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
  made->context_ = boost::context::fiber(std::allocator_arg, Stacks(),
                                         [self, body = std::move(body)](boost::context::fiber&& back) {
                                           self->back_ = std::move(back);
                                           body();
                                           return std::move(self->back_);
                                         });
  made->Resume();
  return made;
}

void Fiber::Suspend() { back_ = std::move(back_).resume(); }

void Fiber::Resume() {
  if (!context_) return;
  Fiber* before = std::exchange(current, this);
  boost::context::fiber running = std::move(context_);
  running = std::move(running).resume();
  context_ = std::move(running);
  current = before;
}

}  // namespace godwit::sim
