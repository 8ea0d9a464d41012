// tests/sim/people.h — the people around a simulated migration: they approve when they get to it, look after
// what waits for them, and give orders at any time.
#pragma once

#include <optional>
#include <string>

#include "tests/sim/scene.h"

namespace godwit::sim {

class People {
 public:
  explicit People(const Scene& scene) : scene_(scene) {}

  // They come by again and again, as long as faults go on.
  void PlanVisits();
  void PlanApprovals();
  // An order that nobody asked for, about this unit or any.
  void OrderSomething(std::optional<size_t> unit = std::nullopt);
  // Everything that waits for a person gets one.
  void LookAfterAll();
  // The owner accepts what both sides computed differently.
  void Waive();

 private:
  void Visit();
  void AskForDualRun(const executor::UnitSpec& unit);
  void Say(const std::string& unit, const std::string& verb, const std::string& table = "");
  void Approve(const std::string& unit);
  void Write(const std::string& unit, state::RecordKind kind, const std::string& body);

  const Scene& scene_;
};

}  // namespace godwit::sim
