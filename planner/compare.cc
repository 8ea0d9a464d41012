#include "planner/compare.h"

#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <nlohmann/json.hpp>

#include "planner/request_json.h"

namespace godwit::planner {
namespace {

using Names = std::vector<std::string>;

// What a unit consists of, by name.
Names ContentOf(const Plan& plan, const Unit& unit) {
  Names names;
  for (TableId id : unit.tables) names.push_back(NameIn(plan, id));
  for (JobId id : unit.jobs) names.push_back("job " + NameIn(plan, id));
  std::ranges::sort(names);
  return names;
}

constexpr size_t kNone = ~size_t{0};

// Units by what they hold, and what is where.
struct Contents {
  explicit Contents(const Plan& plan) {
    for (size_t i = 0; i < plan.units.size(); ++i) {
      Names names = ContentOf(plan, plan.units[i]);
      for (const std::string& name : names) place[name] = i;
      unit_with.emplace(std::move(names), i);
    }
  }
  std::map<Names, size_t> unit_with;
  std::map<std::string, size_t> place;
};

size_t FindIn(const auto& numbers, const auto& key) {
  const auto found = numbers.find(key);
  return found == numbers.end() ? kNone : found->second;
}

Names ChangedWishes(const Plan& before, const Plan& after) {
  const auto fields = [](const Plan& plan) {
    std::string text;
    WriteRequest(plan.request, [&](std::string_view piece) { text += piece; });
    return nlohmann::ordered_json::parse(text);
  };
  const nlohmann::ordered_json a = fields(before), b = fields(after);
  Names changed;
  for (const auto& [key, value] : a.items()) {
    if (b[key] != value) changed.push_back(fmt::format("{}: {} -> {}", key, value.dump(), b[key].dump()));
  }
  return changed;
}

// What is with other things, or in another wave.
std::vector<MovedThing> Moved(const Plan& before, const Contents& a, const Plan& after, const Contents& b) {
  std::vector<size_t> twin(after.units.size(), kNone);  // the unit before that held the same
  for (const auto& [names, unit] : b.unit_with) twin[unit] = FindIn(a.unit_with, names);
  std::vector<MovedThing> moved;
  const auto look = [&](const std::string& name, size_t from, size_t to) {
    MovedThing thing{name, "", "", "", ""};
    if (from != kNone) {
      thing.unit_before = before.units[from].id;
      thing.wave_before = before.waves[Index(before.units[from].wave)].id;
    }
    if (to != kNone) {
      thing.unit_after = after.units[to].id;
      thing.wave_after = after.waves[Index(after.units[to].wave)].id;
    }
    const bool same_company = to != kNone && from != kNone && twin[to] == from;
    if (!same_company || thing.wave_before != thing.wave_after) moved.push_back(std::move(thing));
  };
  for (const auto& [name, unit] : a.place) look(name, unit, FindIn(b.place, name));
  for (const auto& [name, unit] : b.place) {
    if (!a.place.contains(name)) look(name, kNone, unit);
  }
  std::ranges::sort(moved, {}, &MovedThing::name);
  return moved;
}

using Cuts = std::map<std::pair<std::string, std::string>, int64_t>;

Cuts CutsOf(const Plan& plan) {
  Cuts cuts;
  for (const CutEdge& edge : plan.cut_edges) {
    cuts[{NameIn(plan, edge.table), NameIn(plan, edge.job)}] = edge.bytes_per_day;
  }
  return cuts;
}

std::vector<ChangedCut> OnlyInFirst(const Cuts& first, const Cuts& second) {
  std::vector<ChangedCut> only;
  for (const auto& [ends, bytes] : first) {
    if (!second.contains(ends)) only.push_back({ends.first, ends.second, bytes});
  }
  std::ranges::stable_sort(only, std::greater<>(), &ChangedCut::bytes_per_day);
  return only;
}

}  // namespace

std::string NameIn(const Plan& plan, TableId id) {
  return plan.named ? plan.tables[Index(id)].name : fmt::format("table {}", Index(id));
}

std::string NameIn(const Plan& plan, JobId id) {
  return plan.named ? plan.jobs[Index(id)].name : fmt::format("job {}", Index(id));
}

PlanDiff ComparePlans(const Plan& before, const Plan& after) {
  PlanDiff diff;
  const Contents a(before), b(after);
  diff.request = ChangedWishes(before, after);
  diff.units_before = before.units.size();
  diff.units_after = after.units.size();
  diff.units_kept =
      std::ranges::count_if(b.unit_with, [&](const auto& unit) { return a.unit_with.contains(unit.first); });
  diff.moved = Moved(before, a, after, b);
  const Cuts cuts_before = CutsOf(before), cuts_after = CutsOf(after);
  diff.opened = OnlyInFirst(cuts_after, cuts_before);
  diff.closed = OnlyInFirst(cuts_before, cuts_after);
  return diff;
}

}  // namespace godwit::planner
