// A plan carried out by the real engine between two sites in memory, some times over.
#include "simulator/simulate_plan.h"

#include <gtest/gtest.h>

#include "planner/make_plan.h"
#include "tests/planner/warehouse_text.h"

namespace godwit::simulator {
namespace {

using namespace std::chrono_literals;

planner::Plan PlanOf(const std::string& text) {
  const Result<planner::Warehouse> warehouse = planner::ReadWarehouse(text);
  EXPECT_TRUE(warehouse.ok());
  return *planner::MakePlan((*warehouse).workload, (*warehouse).request, {});
}

planner::Plan Shop() {
  return PlanOf(R"({"cap": "70GB", "bandwidth": {"rate": "10MB/s"}}
table ods.orders 60GB changed=1GB
table dwd.orders 50GB changed=1GB
table mart.daily 1GB changed=1GB
job load -> ods.orders cron=0_1_*_*_* run=20m
job clean ods.orders -> dwd.orders cron=0_2_*_*_* run=40m repeat=idempotent
job daily dwd.orders -> mart.daily cron=0_4_*_*_* run=10m
)");
}

TEST(SimulatePlan, MovesEverythingAndTellsHowLongItTakes) {
  const planner::Plan plan = Shop();
  SimulationOptions options;
  options.runs = 5;
  const Result<PlanForecast> forecast = SimulatePlan(plan, {}, options);
  ASSERT_TRUE(forecast.ok()) << forecast.error().message;
  EXPECT_EQ((*forecast).finished, 5);
  // 111 GB at 10 MB/s take three hours, give or take the noise; what changes meanwhile comes on top.
  EXPECT_GE((*forecast).duration.p50, 2h);
  EXPECT_LE((*forecast).duration.p95, 12h);
  EXPECT_GE((*forecast).copied_bytes, plan.totals.bytes - 1000) << "partitions round down";
  EXPECT_GT((*forecast).freeze.p50, 0s);
  EXPECT_LE((*forecast).longest_freeze.p95, 30min) << "no freeze outlives its budget";
  ASSERT_EQ((*forecast).units.size(), plan.units.size());
  for (const UnitForecast& unit : (*forecast).units) {
    EXPECT_EQ(unit.switched, 5) << unit.unit;
    EXPECT_LE(unit.cutover.p50, unit.cutover.p95) << unit.unit;
  }
}

TEST(SimulatePlan, IsTheSameForTheSameSeedAndAnotherForAnother) {
  const planner::Plan plan = Shop();
  SimulationOptions options;
  options.runs = 2;
  const Result<PlanForecast> first = SimulatePlan(plan, {}, options), again = SimulatePlan(plan, {}, options);
  options.seed = 99;
  const Result<PlanForecast> other = SimulatePlan(plan, {}, options);
  EXPECT_EQ((*first).duration.p95, (*again).duration.p95);
  EXPECT_NE((*first).duration.p95, (*other).duration.p95);
}

TEST(SimulatePlan, NeedsNames) {
  planner::Plan plan = Shop();
  plan.named = false;
  EXPECT_FALSE(SimulatePlan(plan, {}, {}).ok());
}

}  // namespace
}  // namespace godwit::simulator
