// Rows compared through real Spark Thrift servers.
#include <gtest/gtest.h>

#include "executor/adapters/hive_server/row_comparison.h"
#include "executor/adapters/hive_server/row_sql.h"
#include "tests/e2e/real/stack_file.h"

namespace godwit::executor {
namespace {

class RowsReal : public testing::Test {
 protected:
  void SetUp() override {
    stack_ = StackFile();
    if (stack_["source"]["spark"] == "" || stack_["target"]["spark"] == "")
      GTEST_SKIP() << "the stack has no Spark";
    source_ = Engine("source");
    target_ = Engine("target");
    for (SparkEngine* engine : {source_.get(), target_.get()}) {
      ASSERT_OK(engine->session().Query("CREATE DATABASE IF NOT EXISTS rows_real"));
      ASSERT_OK(engine->session().Query("DROP TABLE IF EXISTS rows_real.t"));
      ASSERT_OK(engine->session().Query(
          "CREATE TABLE rows_real.t (id BIGINT, d DOUBLE, ts TIMESTAMP, m MAP<STRING, INT>, s STRUCT<a: INT, "
          "b: "
          "ARRAY<MAP<INT, DOUBLE>>>, b BINARY) PARTITIONED BY (dt STRING, h INT) STORED AS PARQUET"));
    }
  }

  std::unique_ptr<SparkEngine> Engine(const std::string& side) {
    const std::string address = stack_[side]["spark"];
    HiveServerConfig config;
    config.host = address.substr(0, address.find(':'));
    config.port = std::stoi(address.substr(address.find(':') + 1));
    return std::make_unique<SparkEngine>(config);
  }

  void Insert(SparkEngine& engine, const std::string& partition, const std::string& select) {
    ASSERT_OK(engine.session().Query("INSERT INTO rows_real.t PARTITION(" + partition + ") " + select));
  }

  static std::string Row(const std::string& id, const std::string& d, const std::string& m,
                         const std::string& rest = "") {
    return "SELECT " + id + ", " + d + ", timestamp'2026-11-22 10:00:00.123456', " + m +
           ", named_struct('a', CAST(NULL AS INT), 'b', array(map(1, 0.5D))), X'00FF'" + rest;
  }

  nlohmann::json stack_;
  std::unique_ptr<SparkEngine> source_, target_;
  const TableName kTable{"rows_real", "t"};
};

TEST_F(RowsReal, EqualRowsInAnotherOrderAndFormHaveEqualDigests) {
  Insert(*source_, "dt='a b', h=1",
         Row("1", "0.0D", "map('x', 1, 'y', 2)") + " UNION ALL " + Row("2", "double('NaN')", "map()"));
  Insert(*source_, "dt='a b', h=2", Row("3", "1.5D", "NULL"));
  Insert(*target_, "dt='a b', h=1", Row("2", "double('NaN')", "map()"));
  Insert(*target_, "dt='a b', h=1", Row("1", "-0.0D", "map('y', 2, 'x', 1)"));
  Insert(*target_, "dt='a b', h=2", Row("3", "1.5D", "NULL"));
  const std::vector<std::string> partitions = {"dt=a b/h=2", "dt=a b/h=1"};
  auto a = source_->Digest(kTable, partitions);
  auto b = target_->Digest(kTable, partitions);
  ASSERT_OK(a);
  ASSERT_OK(b);
  EXPECT_EQ(*a, *b);
  EXPECT_EQ((*a)[0].rows, 1);
  EXPECT_EQ((*a)[1].rows, 2);
  EXPECT_FALSE(source_->Digest(kTable, {"dt=none/h=9"}).ok());
}

TEST_F(RowsReal, NullsInOtherColumnsAndRepeatedRowsDiffer) {
  Insert(*source_, "dt='x', h=1", Row("NULL", "1.0D", "NULL") + " UNION ALL " + Row("1", "1.0D", "NULL"));
  Insert(*target_, "dt='x', h=1", Row("1", "1.0D", "NULL") + " UNION ALL " + Row("1", "1.0D", "NULL"));
  EXPECT_NE(*source_->Digest(kTable, {"dt=x/h=1"}), *target_->Digest(kTable, {"dt=x/h=1"}));
  SparkRowComparer comparer(*source_, *target_);
  auto difference = comparer.Compare(kTable, "dt=x/h=1", 10);
  ASSERT_OK(difference);
  ASSERT_EQ(difference->rows.size(), 2u);
  EXPECT_EQ(difference->columns, std::vector<std::string>{"id"});
  for (const RowDifference& row : difference->rows)
    std::cerr << row.row << " " << row.source_count << " " << row.target_count << "\n";
}

TEST_F(RowsReal, RefusalIsNotEquality) {
  auto digest = source_->Digest({"rows_real", "missing"}, {""});
  ASSERT_FALSE(digest.ok());
  std::cerr << digest.error().message << "\n";
}

}  // namespace
}  // namespace godwit::executor
