// A plan carried out by the real engine between two sites in memory, some times over.
#include "simulator/simulate_plan.h"

#include <gtest/gtest.h>

#include "planner/make_plan.h"
#include "simulator/line.h"
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

TEST(SimulatePlan, IsTheSameWhateverTheThreads) {
  const planner::Plan plan = Shop();
  SimulationOptions options;
  options.runs = 3;
  const Result<PlanForecast> one = SimulatePlan(plan, {}, options);
  options.threads = 3;
  const Result<PlanForecast> three = SimulatePlan(plan, {}, options);
  EXPECT_EQ((*one).duration.p95, (*three).duration.p95);
  EXPECT_EQ((*one).freeze.p50, (*three).freeze.p50);
}

TEST(SimulatePlan, KeepsToThePlansTimesAndBlackouts) {
  planner::Plan plan = Shop();
  // Nothing may be cut over on the first three days, whatever the plan's times were.
  plan.request.blackouts = {{planner::Seconds(0), planner::Seconds(3 * 86400), false, false, "audit"}};
  plan.units.back().cutover.at = planner::Seconds(5 * 86400);
  SimulationOptions options;
  options.runs = 2;
  const Result<PlanForecast> forecast = SimulatePlan(plan, {}, options);
  ASSERT_TRUE(forecast.ok()) << forecast.error().message;
  EXPECT_EQ((*forecast).finished, 2);
  for (const UnitForecast& unit : (*forecast).units) EXPECT_GE(unit.first_cutover, 72h) << unit.unit;
  EXPECT_GE((*forecast).units.back().first_cutover, 120h);
  EXPECT_LE((*forecast).units.back().first_cutover, 144h);
}

TEST(SimulatePlan, EndsWhenUnitsCompleteByThemselves) {
  executor::Policy policy;
  policy.complete_by_itself = true;
  SimulationOptions options;
  options.runs = 2;
  const planner::Plan plan = Shop();
  const Result<PlanForecast> forecast = SimulatePlan(plan, policy, options);
  ASSERT_TRUE(forecast.ok()) << forecast.error().message;
  EXPECT_EQ((*forecast).finished, 2);
  EXPECT_EQ((*forecast).duration.p95, (*SimulatePlan(plan, {}, options)).duration.p95)
      << "the last cut-over is when it was";
}

TEST(SimulatePlan, TellsWhatTheLinkCarriesByHour) {
  const Result<PlanForecast> forecast = SimulatePlan(Shop(), {}, {});
  ASSERT_TRUE(forecast.ok());
  double copied = 0, synced = 0;
  for (const LinkHour& hour : (*forecast).link) {
    copied += hour.copied;
    synced += hour.synced;
    EXPECT_LE(hour.copied + hour.synced, 10e6 * 3600 * 2) << "the rate varies, but not that much";
  }
  EXPECT_GE(copied, 100e9) << "the bulk of 111 GB";
  EXPECT_GE(copied + synced, 111e9 - 1000);
}

TEST(Line, HasTheRateOfEachHour) {
  planner::Bandwidth bandwidth{1000, std::vector<double>(168, 1.0)};
  for (size_t hour = 8; hour < 20; ++hour) bandwidth.hour_of_week[hour] = 0;  // of Monday
  const Result<Line> line = Line::Make(bandwidth, *ParseTimestamp("2026-01-05"), 1);
  ASSERT_TRUE(line.ok());
  EXPECT_EQ(std::chrono::round<std::chrono::seconds>((*line).Arrival(0s, 5000)), 5s);
  EXPECT_EQ(std::chrono::round<std::chrono::minutes>((*line).Arrival(7h, 2 * 3'600'000)), 21h);
  const int64_t week = int64_t{1000} * 3600 * (168 - 12);
  EXPECT_EQ(std::chrono::round<std::chrono::hours>((*line).Arrival(0s, 2 * week)), 2 * 7 * 24h);
  bandwidth.hour_of_week.assign(168, 0);
  EXPECT_FALSE(Line::Make(bandwidth, *ParseTimestamp("2026-01-05"), 1).ok());
}

TEST(SimulatePlan, NeedsNames) {
  planner::Plan plan = Shop();
  plan.named = false;
  EXPECT_FALSE(SimulatePlan(plan, {}, {}).ok());
}

}  // namespace
}  // namespace godwit::simulator
