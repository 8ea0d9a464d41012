#include "planner/find_name.h"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <optional>

#include "base/nearest.h"

namespace godwit::planner {
namespace {

std::optional<uint32_t> NumberIn(const std::string& text) {
  uint32_t number = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (text.empty() || error != std::errc() || end != text.data() + text.size()) return std::nullopt;
  return number;
}

// Position of the thing with this name, in a list sorted by name.
template <typename Thing>
std::optional<uint32_t> Find(const std::vector<Thing>& things, const std::string& name) {
  const auto found = std::ranges::lower_bound(things, name, {}, &Thing::name);
  if (found == things.end() || found->name != name) return std::nullopt;
  return static_cast<uint32_t>(found - things.begin());
}

Error NotFound(const char* kinds, const std::string& name, const std::vector<std::string>& known) {
  const std::optional<std::string> nearest = NearestWord(name, known);
  return InvalidInput(
      fmt::format("no {} is named `{}`{}", kinds, name, nearest ? ": did you mean `" + *nearest + "`?" : ""));
}

std::optional<TableId> TableOf(const Workload& workload, const std::string& name) {
  if (IsNamed(workload)) {
    const std::optional<uint32_t> found = Find(workload.tables, name);
    return found ? std::optional(TableId{*found}) : std::nullopt;
  }
  const std::optional<uint32_t> number = NumberIn(name);
  return number && *number < workload.tables.size() ? std::optional(TableId{*number}) : std::nullopt;
}

}  // namespace

Result<TableId> FindTable(const Workload& workload, const std::string& name) {
  if (const std::optional<TableId> found = TableOf(workload, name)) return *found;
  if (!IsNamed(workload)) {
    return InvalidInput(fmt::format("there is no table {}: they have no names, only numbers from 0 to {}",
                                    name, workload.tables.size() - 1));
  }
  std::vector<std::string> known;
  for (const Table& table : workload.tables) known.push_back(table.name);
  return NotFound("table", name, known);
}

Result<UnitId> FindUnit(const Workload& workload, const Plan& plan, const std::string& name) {
  const auto holds = [&](auto member, auto id) -> Result<UnitId> {
    for (uint32_t i = 0; i < plan.units.size(); ++i) {
      if (std::ranges::binary_search(plan.units[i].*member, id)) return UnitId{i};
    }
    return InvalidInput("`" + name + "` does not move: it is in no unit");
  };
  for (uint32_t i = 0; i < plan.units.size(); ++i) {
    if (plan.units[i].id == name) return UnitId{i};
  }
  if (const std::optional<TableId> table = TableOf(workload, name)) return holds(&Unit::tables, *table);
  if (!IsNamed(workload)) return FindTable(workload, name).error();
  if (const std::optional<uint32_t> job = Find(workload.jobs, name)) return holds(&Unit::jobs, JobId{*job});
  std::vector<std::string> known;
  for (const Table& table : workload.tables) known.push_back(table.name);
  for (const Job& job : workload.jobs) known.push_back(job.name);
  for (const Unit& unit : plan.units) known.push_back(unit.id);
  return NotFound("unit, table or job", name, known);
}

Result<WaveId> FindWave(const Plan& plan, const std::string& name) {
  for (uint32_t w = 0; w < plan.waves.size(); ++w) {
    if (plan.waves[w].id == name) return WaveId{w};
  }
  const std::optional<uint32_t> number = NumberIn(name);
  if (number && *number >= 1 && *number <= plan.waves.size()) return WaveId{*number - 1};
  return InvalidInput(fmt::format("there is no wave {}: the plan has {}", name, plan.waves.size()));
}

}  // namespace godwit::planner
