// tests/sim/fiber.h — code that stops in the middle and goes on later, in virtual time. Destroying a fiber
// that has not ended unwinds its stack: that is how a killed process forgets what it was doing.
#pragma once

#include <boost/context/fiber.hpp>
#include <boost/context/pooled_fixedsize_stack.hpp>
#include <functional>
#include <memory>
#include <utility>

namespace godwit::sim {

class Fiber {
 public:
  Fiber() = default;
  Fiber(const Fiber&) = delete;
  Fiber& operator=(const Fiber&) = delete;
  ~Fiber() { Kill(); }

  // Begins at once and runs until its first Suspend.
  static std::shared_ptr<Fiber> Start(std::function<void()> body);
  // The fiber that runs now; null outside of all.
  static Fiber* Current();

  // Called inside: gives control back to whoever resumed it.
  void Suspend();
  // Called outside. Does nothing once it has ended or was killed.
  void Resume();
  void Kill();
  bool alive() const { return static_cast<bool>(context_); }

 private:
  struct Stack {
    const void* bottom = nullptr;
    size_t size = 0;
  };
  void Leave(void** keep);
  void Arrive(void* kept);
  void Enter(const std::function<void()>& enter);

  Stack stack_, caller_;
  boost::context::fiber context_;
  boost::context::fiber back_;
};

}  // namespace godwit::sim
