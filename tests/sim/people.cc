#include "tests/sim/people.h"

#include <nlohmann/json.hpp>

namespace godwit::sim {

using namespace std::chrono_literals;
using executor::UnitState;
using Json = nlohmann::json;

void People::PlanVisits() {
  scene_.world.clock.In(scene_.swarm.Between(1min, 20min), [this] {
    if (scene_.swarm.stopped()) return;
    Visit();
    PlanVisits();
  });
}

void People::Visit() {
  Swarm& swarm = scene_.swarm;
  if (swarm.Coin(0.8)) Say("", "resume");
  for (size_t i = 0; i < scene_.migration.units.size(); ++i) {
    const executor::UnitRow& row = scene_.checker.row(i);
    const std::string& id = scene_.migration.units[i].id;
    if (row.held && swarm.Coin(0.8)) Say(id, "resume");
    if (executor::IsTerminal(row.state) && row.state != UnitState::kCompleted && swarm.Coin(0.5))
      Say(id, "retry");
    if (row.state == UnitState::kProbation && swarm.Coin(0.5))
      Say(id, swarm.Coin(0.2) ? "reverse" : "complete");
  }
}

void People::PlanApprovals() {
  if (!scene_.migration.policy.switch_needs_approval) return;
  scene_.world.clock.In(scene_.swarm.Between(1min, 2h), [this] {
    Approve(scene_.AnyUnit().id);
    if (!scene_.swarm.stopped()) PlanApprovals();
  });
}

void People::OrderSomething(std::optional<size_t> about) {
  static constexpr const char* kVerbs[] = {"hold", "resume", "cancel",   "reverse", "retry",
                                           "hold", "resume", "complete", "mode"};
  const std::string verb = kVerbs[scene_.swarm.Number(std::size(kVerbs))];
  const executor::UnitSpec& unit = about ? scene_.migration.units[*about] : scene_.AnyUnit();
  if (verb == "mode") return AskForDualRun(unit);
  const bool all = (verb == "hold" || verb == "resume") && scene_.swarm.Coin(0.3);
  Say(all ? "" : unit.id, verb);
}

// Of any job: also of those that may not run twice, which is refused to them.
void People::AskForDualRun(const executor::UnitSpec& unit) {
  const std::string& job = unit.jobs[scene_.swarm.Number(unit.jobs.size())].name;
  scene_.trace("operator", "asks for a dual run of " + job);
  Write(unit.id, state::RecordKind::kControl,
        Json({{"verb", "mode"}, {"by", "operator"}, {"job", job}, {"mode", "both"}}).dump());
}

void People::LookAfterAll() {
  Say("", "resume");
  for (const executor::UnitSpec& unit : scene_.migration.units) {
    Say(unit.id, "resume");
    Approve(unit.id);
  }
  Waive();
}

void People::Waive() {
  for (size_t i = 0; i < scene_.migration.units.size(); ++i) {
    for (const auto& [table, difference] : scene_.checker.row(i).differences) {
      if (difference.waived_by.empty()) Say(scene_.migration.units[i].id, "waive", table);
    }
  }
}

void People::Say(const std::string& unit, const std::string& verb, const std::string& table) {
  scene_.trace("operator", verb + " " + unit + " " + table);
  Write(unit, state::RecordKind::kControl,
        Json({{"verb", verb}, {"by", "operator"}, {"table", table}}).dump());
}

void People::Approve(const std::string& unit) {
  scene_.trace("operator", "approves the switch of " + unit);
  Write(unit, state::RecordKind::kApproval, Json({{"what", "switch"}, {"by", "operator"}}).dump());
}

void People::Write(const std::string& unit, state::RecordKind kind, const std::string& body) {
  state::Entry entry;
  entry.unit = unit;
  entry.kind = kind;
  entry.body = body;
  if (scene_.journal.Append(0, std::nullopt, {entry}, nullptr).ok()) scene_.checker.OnRecord(entry);
}

}  // namespace godwit::sim
