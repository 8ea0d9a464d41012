// What holds for every warehouse, tried on random ones.
#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include <numeric>

#include "planner/make_plan.h"
#include "planner/plan_json.h"
#include "tests/planner/plan_check.h"
#include "tests/planner/random_workload.h"

namespace godwit::planner {
namespace {

Workload AnyWorkload(double hard_share) {
  WorkloadShape shape;
  shape.tables = *rc::gen::inRange(1, 60);
  shape.jobs = *rc::gen::inRange(1, 60);
  shape.cycle_share = *rc::gen::element(0.0, 0.05, 0.3);
  shape.residence_share = *rc::gen::element(0.0, 0.1);
  shape.hard_share = hard_share;
  return RandomWorkload(shape, *rc::gen::arbitrary<uint64_t>());
}

Request AnyRequest() {
  Request request;
  request.unit_max = {*rc::gen::element(0.01, 0.05, 0.2, 0.5, 1.0), 0};
  request.order = *rc::gen::element(OrderRule::kFree, OrderRule::kUpstreamFirst);
  request.alpha = *rc::gen::element(1.0, 3.0, 100.0);
  request.objective = *rc::gen::element(Objective::kReads, Objective::kSyncOnce, Objective::kDualRun);
  request.unit_overhead = *rc::gen::element(0.0, 0.25, 2.0);
  request.waves.pilot = *rc::gen::arbitrary<bool>();
  return request;
}

RC_GTEST_PROP(Plan, IsValid, ()) {
  const Workload workload = AnyWorkload(*rc::gen::element(0.0, 0.3));
  const Result<Plan> plan = MakePlan(workload, AnyRequest(), {});
  if (!plan.ok()) RC_FAIL(plan.error().message);
  RC_ASSERT(WrongWith(workload, *plan) == std::string());
}

RC_GTEST_PROP(Plan, IsTheSameForTheSameArgumentsAndAfterBeingWrittenAndRead, ()) {
  const Workload workload = AnyWorkload(0.1);
  const Request request = AnyRequest();
  const Result<Plan> plan = MakePlan(workload, request, {});
  RC_ASSERT(plan.ok());
  const std::string text = PlanText(*plan);
  RC_ASSERT(PlanText(*MakePlan(workload, request, {})) == text);
  const Result<Plan> read = ReadPlan(text);
  if (!read.ok()) RC_FAIL(read.error().message);
  RC_ASSERT(*read == *plan);
}

// A unit may use a larger cap or not, so what can be had does not get dearer. `unit_overhead` counts in caps:
// it shrinks as the cap grows, so that a unit takes the same fixed time.
double CrossingAt(const Workload& workload, double cap) {
  Request request;
  request.unit_max = {cap, 0};
  request.unit_overhead = 0.01 / cap;
  const Result<Plan> plan = MakePlan(workload, request, {});
  RC_ASSERT(plan.ok());
  return (*plan).totals.cost.crossing;
}

RC_GTEST_PROP(Plan, GetsNoDearerWithALargerCap, ()) {
  WorkloadShape shape{14, 14, 0.05, 0, 0};  // small enough to be solved exactly
  const Workload workload = RandomWorkload(shape, *rc::gen::arbitrary<uint64_t>());
  // No table is larger than a cap: those count as half of one, and change what a cap means.
  double largest = 0, all = 0;
  for (const Table& table : workload.tables) {
    largest = std::max(largest, static_cast<double>(table.bytes));
    all += static_cast<double>(table.bytes);
  }
  const double least = largest / all * 1.000001;
  double before = CrossingAt(workload, std::min(1.0, least));
  for (double cap = least * 1.2; cap < 1; cap *= 1.2) {
    const double crossing = CrossingAt(workload, cap);
    RC_ASSERT(crossing <= before * (1 + 1e-9));
    before = crossing;
  }
}

// The same warehouse with its tables and jobs numbered otherwise.
Workload Relabelled(const Workload& workload, uint64_t seed) {
  arrange::Random random(seed);
  std::vector<uint32_t> tables(workload.tables.size()), jobs(workload.jobs.size());
  std::iota(tables.begin(), tables.end(), 0U);
  std::iota(jobs.begin(), jobs.end(), 0U);
  random.Shuffle(tables);
  random.Shuffle(jobs);
  Workload other = workload;
  for (uint32_t t = 0; t < tables.size(); ++t) other.tables[tables[t]] = workload.tables[t];
  for (uint32_t j = 0; j < jobs.size(); ++j) other.jobs[jobs[j]] = workload.jobs[j];
  for (Access& access : other.accesses) {
    access.table = TableId{tables[Index(access.table)]};
    access.job = JobId{jobs[Index(access.job)]};
  }
  random.Shuffle(other.accesses);
  return other;
}

double Crossing(const Workload& workload, OrderRule order) {
  Request request;
  request.unit_max = {0.1, 0};
  request.order = order;
  return (*MakePlan(workload, request, {})).totals.cost.crossing;
}

// Exactly where components are solved exactly.
RC_GTEST_PROP(Plan, OfASmallWarehouseCostsTheSameWhateverTheNumbers, ()) {
  const Workload workload = RandomWorkload({14, 14, 0.05, 0, 0}, *rc::gen::arbitrary<uint64_t>());
  const OrderRule order = *rc::gen::element(OrderRule::kFree, OrderRule::kUpstreamFirst);
  const double cost = Crossing(workload, order);
  const double other = Crossing(Relabelled(workload, *rc::gen::arbitrary<uint64_t>()), order);
  RC_ASSERT(std::abs(cost - other) <= 1e-6 * (cost + 1e-12));
}

// Nearly, where they are searched: the sum over many warehouses.
TEST(Plan, OfALargerWarehouseCostsAboutTheSameWhateverTheNumbers) {
  for (const OrderRule order : {OrderRule::kFree, OrderRule::kUpstreamFirst}) {
    double sum = 0, relabelled = 0;
    for (uint64_t seed = 1; seed <= 6; ++seed) {
      const Workload workload = RandomWorkload({400, 400, 0.05, 0, 0}, seed);
      sum += Crossing(workload, order);
      relabelled += Crossing(Relabelled(workload, seed), order);
    }
    EXPECT_NEAR(sum, relabelled, 0.03 * sum);
  }
}

std::vector<TableId> SomeTables(const Workload& workload) {
  std::vector<TableId> tables;
  for (int i = *rc::gen::inRange(1, 4); i > 0; --i) {
    const TableId table{*rc::gen::inRange(0U, static_cast<uint32_t>(workload.tables.size()))};
    if (workload.table(table).residence == Residence::kMoves) tables.push_back(table);
  }
  return tables;
}

RC_GTEST_PROP(Plan, RespectsEdits, ()) {
  const Workload workload = AnyWorkload(*rc::gen::element(0.0, 0.3));
  Edit edit;
  edit.kind = *rc::gen::element(EditKind::kMerge, EditKind::kSplit, EditKind::kPin);
  edit.tables = SomeTables(workload);
  RC_PRE(!edit.tables.empty());
  const Request request = AnyRequest();
  const Result<Plan> before = MakePlan(workload, request, {});
  RC_ASSERT(before.ok());
  edit.wave = *rc::gen::inRange(0U, static_cast<uint32_t>((*before).waves.size()));
  const Result<Plan> plan = MakePlan(workload, request, {edit});
  if (!plan.ok()) RC_FAIL(plan.error().message);
  const Placement placement = PlacementOf(workload, *plan);
  const uint32_t place = placement.of_table[Index(edit.tables.front())];
  for (TableId table : edit.tables) RC_ASSERT(placement.of_table[Index(table)] == place);
  const Unit& unit = (*plan).units[place];
  if (edit.kind == EditKind::kPin) {
    RC_ASSERT(unit.pinned);
    RC_ASSERT(Index(unit.wave) ==
              std::min<uint32_t>(edit.wave, static_cast<uint32_t>((*plan).waves.size()) - 1));
  }
}

}  // namespace
}  // namespace godwit::planner
