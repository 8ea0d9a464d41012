#include <algorithm>

#include "tests/conformance/conformance.h"

namespace godwit::executor::conformance {
namespace {

const TableName kOrders{"ods", "orders"};
constexpr char kDay[] = "dt=2026-11-01";

// The same table at both sites, its one partition in these files.
GivenWorld Rows(const std::vector<GivenFile>& source, const std::vector<GivenFile>& target) {
  GivenWorld given;
  given.source.tables = {{"ods.orders", {"dt"}, {{kDay, source}}, {}}};
  given.target.tables = {{"ods.orders", {"dt"}, {{kDay, target}}, {}}};
  return given;
}

class Digests {
 public:
  Digests(World& world)
      : source_(world.source.query_engine.Digest(kOrders, {kDay})),
        target_(world.target.query_engine.Digest(kOrders, {kDay})) {}
  bool ok() const { return source_.ok() && target_.ok() && source_->size() == 1 && target_->size() == 1; }
  const RowsDigest& source() const { return source_->front(); }
  const RowsDigest& target() const { return target_->front(); }

 private:
  Result<std::vector<RowsDigest>> source_;
  Result<std::vector<RowsDigest>> target_;
};

TEST_P(Conformance, RowsAreEqualInAnyOrderAndAnyFiles) {
  if (lacks().rows) GTEST_SKIP();
  Make(Rows({{"part-0", "1,a\n2,b\n"}, {"part-1", "3,c\n"}}, {{"part-7", "3,c\n1,a\n2,b\n"}}));
  const Digests digests(world());
  ASSERT_TRUE(digests.ok());
  EXPECT_EQ(digests.source().rows, 3);
  EXPECT_EQ(digests.source(), digests.target());
}

TEST_P(Conformance, ARowTwiceIsNotTheSameRowOnce) {
  if (lacks().rows) GTEST_SKIP();
  Make(Rows({{"part-0", "1,a\n1,a\n2,b\n2,b\n"}}, {{"part-0", "1,a\n1,a\n1,a\n2,b\n"}}));
  const Digests digests(world());
  ASSERT_TRUE(digests.ok());
  EXPECT_EQ(digests.source().rows, digests.target().rows);
  EXPECT_NE(digests.source().digest, digests.target().digest);
}

TEST_P(Conformance, PartitionsAreDigestedInTheOrderAsked) {
  if (lacks().rows) GTEST_SKIP();
  GivenWorld given;
  given.source.tables = {{"ods.orders",
                          {"dt"},
                          {{"dt=1", {{"p", "1,a\n"}}}, {"dt=2", {{"p", "1,a\n2,b\n"}}}, {"dt=3", {}}},
                          {}}};
  Make(given);
  GODWIT_ASSERT_OK(const auto digests, world().source.query_engine.Digest(kOrders, {"dt=3", "dt=2", "dt=1"}));
  ASSERT_EQ(digests.size(), 3u);
  EXPECT_EQ(digests[0].rows, 0);
  EXPECT_EQ(digests[1].rows, 2);
  EXPECT_EQ(digests[2].rows, 1);
}

TEST_P(Conformance, NoAnswerIsNotAnEmptyAnswer) {
  if (lacks().rows) GTEST_SKIP();
  Make(Rows({}, {}));
  EXPECT_FALSE(world().source.query_engine.Digest({"ods", "nothing"}, {""}).ok());
  EXPECT_FALSE(world().source.query_engine.Digest(kOrders, {"dt=1999-01-01"}).ok());
}

TEST_P(Conformance, DifferingRowsAreShownWithTheColumnToBlame) {
  if (lacks().rows) GTEST_SKIP();
  Make(Rows({{"part-0", "1,a\n2,b\n3,c\n"}}, {{"part-0", "1,a\n2,x\n3,c\n"}}));
  GODWIT_ASSERT_OK(const auto difference, world().comparer.Compare(kOrders, kDay, 10));
  ASSERT_EQ(difference.rows.size(), 2u);
  for (const RowDifference& row : difference.rows) {
    EXPECT_NE(row.source_count, row.target_count);
    EXPECT_NE(row.row.find(row.source_count > 0 ? "b" : "x"), std::string::npos) << row.row;
  }
  EXPECT_EQ(difference.columns, std::vector<std::string>{"word"});
}

TEST_P(Conformance, EqualRowsHaveNoDifference) {
  if (lacks().rows) GTEST_SKIP();
  Make(Rows({{"part-0", "1,a\n2,b\n"}}, {{"part-0", "2,b\n1,a\n"}}));
  GODWIT_ASSERT_OK(const auto difference, world().comparer.Compare(kOrders, kDay, 10));
  EXPECT_TRUE(difference.rows.empty());
  EXPECT_TRUE(difference.columns.empty());
}

TEST_P(Conformance, ADifferenceIsShownUpToItsLimit) {
  if (lacks().rows) GTEST_SKIP();
  std::string lines;
  for (int i = 0; i < 50; ++i) lines += std::to_string(i) + ",a\n";
  Make(Rows({{"part-0", lines}}, {}));
  GODWIT_ASSERT_OK(const auto difference, world().comparer.Compare(kOrders, kDay, 5));
  EXPECT_EQ(difference.rows.size(), 5u);
}

}  // namespace
}  // namespace godwit::executor::conformance
