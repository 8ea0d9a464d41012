#include "lineage/names.h"

#include <gtest/gtest.h>

namespace godwit::lineage {
namespace {

TEST(TableName, IsLowerCaseAndQualified) {
  EXPECT_EQ(TableName("Orders", "DW"), "dw.orders");
  EXPECT_EQ(TableName("ods.Orders", "dw"), "ods.orders");
  EXPECT_EQ(TableName("orders", ""), "orders");
  EXPECT_EQ(TableName("spark_catalog.dw.orders", ""), "dw.orders");
  EXPECT_EQ(TableName("hive.orders", ""), "hive.orders") << "a database of that name";
  EXPECT_EQ(TableName("$db.t_{{ ds }}", ""), "${db}.t_${ds}");
  EXPECT_EQ(TableName("t_${a.b}", "dw"), "dw.t_${a.b}") << "a dot inside of a pattern";
}
TEST(FamilyKey, ForgetsWhatVariablesAreCalled) {
  EXPECT_EQ(FamilyKey("dw.tmp_${dt}"), FamilyKey("dw.tmp_${date:+%F}"));
  EXPECT_EQ(FamilyKey("${a}${b}.t"), "*.t");
  EXPECT_FALSE(IsFamily("dw.t"));
}
TEST(FolderName, StopsAtPartitionsDatesAndFiles) {
  EXPECT_EQ(FolderName("hdfs://nn:8020/origin/db/orders/2024-01-01"), "/origin/db/orders");
  EXPECT_EQ(FolderName("/warehouse/ods.db/orders/dt=2024-01-01/part-00000"), "/warehouse/ods.db/orders");
  EXPECT_EQ(FolderName("/origin/orders/${do_date}/"), "/origin/orders");
  EXPECT_EQ(FolderName("${ROOT}/ods/x/*.gz"), "/ods/x");
  EXPECT_EQ(FolderName("s3://bucket/a/b"), "/bucket/a/b");
  EXPECT_EQ(FolderName("2024/x"), "");
}

}  // namespace
}  // namespace godwit::lineage
