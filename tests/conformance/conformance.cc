#include "tests/conformance/conformance.h"

namespace godwit::executor::conformance {

GTEST_ALLOW_UNINSTANTIATED_PARAMETERIZED_TEST(Conformance);

namespace {

constexpr int kPollsMax = 10'000;

}  // namespace

std::string Conformance::LocationOf(Side side, const TableName& table, const std::string& partition) {
  const auto partitions = world().At(side).catalog.ListPartitions(table, "", 1000);
  EXPECT_TRUE(partitions.ok()) << partitions.error().message;
  if (!partitions.ok()) return "";
  for (const PartitionMeta& each : *partitions) {
    if (each.name == partition) return each.location;
  }
  ADD_FAILURE() << table.Text() << " has no partition '" << partition << "'";
  return "";
}

CopyStatus Conformance::AwaitCopy(const std::string& tag) {
  for (int i = 0; i < kPollsMax; ++i) {
    const Result<CopyStatus> status = world().copier.Poll(tag);
    EXPECT_TRUE(status.ok()) << status.error().message;
    if (!status.ok() || status->state != CopyState::kRunning) return status.ok() ? *status : CopyStatus{};
    outside().LetTimePass();
  }
  ADD_FAILURE() << "copy " << tag << " does not end";
  return {};
}

}  // namespace godwit::executor::conformance
