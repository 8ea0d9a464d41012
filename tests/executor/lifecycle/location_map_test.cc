#include "executor/location_map.h"

#include <gtest/gtest.h>

namespace godwit::executor {
namespace {

TEST(LocationMap, LongestFolderThatHoldsItIsReplaced) {
  const LocationMap map = {{"hdfs://a:9000", "hdfs://b"}, {"hdfs://a:9000/w", "hdfs://b/new"}};
  EXPECT_EQ(MapLocation(map, "hdfs://a:9000/w/db", Side::kTarget), "hdfs://b/new/db");
  EXPECT_EQ(MapLocation(map, "hdfs://a:9000/w", Side::kTarget), "hdfs://b/new");
  EXPECT_EQ(MapLocation(map, "hdfs://a:9000/w2/db", Side::kTarget), "hdfs://b/w2/db");
  EXPECT_EQ(MapLocation(map, "hdfs://b/new/db", Side::kSource), "hdfs://a:9000/w/db");
}

TEST(LocationMap, NeighboursOfAFolderAreOutside) {
  EXPECT_FALSE(MapLocation({{"hdfs://a:9000", "hdfs://b"}}, "hdfs://a:90001/w", Side::kTarget));
  EXPECT_FALSE(MapLocation({{"/warehouse", "/w"}}, "/warehouse2/t", Side::kTarget));
  EXPECT_EQ(MapLocation({{"/warehouse/", "/w/"}}, "/warehouse/t", Side::kTarget), "/w/t");
  EXPECT_FALSE(MapLocation({}, "/t", Side::kTarget));
}

}  // namespace
}  // namespace godwit::executor
