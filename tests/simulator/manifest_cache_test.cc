// What the cache says is what a reader of the world would say, after whatever is done to the table.
#include "simulator/manifest_cache.h"

#include <gtest/gtest.h>

namespace godwit::simulator {
namespace {

using executor::Manifest;
using executor::Side;
using executor::TableName;

class ManifestCacheTest : public ::testing::Test {
 protected:
  ManifestCacheTest() : world_(Timestamp{}, "source", "target"), cache_(world_) {
    executor::TableMeta meta;
    meta.name = orders_;
    meta.partition_keys = {{"dt", "string", ""}};
    meta.location = "/source/ods.db/orders";
    world_.source.catalog.Put(meta);
    for (const char* day : {"dt=2026-01-01", "dt=2026-01-03"}) Write(day, "part-0");
  }

  void Write(const std::string& partition, const std::string& file) {
    const std::string location = "/source/ods.db/orders/" + partition;
    ASSERT_TRUE(world_.source.storage.Write(location, file, "a row\n").ok());
    world_.source.catalog.PutPartition(orders_, {partition, location, {}, {}});
    cache_.Touch(Side::kSource, orders_, partition);
  }

  void ExpectTrue(size_t partitions) {
    executor::Site site = world_.source.ports();
    const Result<Manifest> kept = cache_.Read(Side::kSource, orders_);
    const Result<Manifest> read = executor::ReadManifest(site, orders_);
    ASSERT_TRUE(kept.ok() && read.ok());
    EXPECT_EQ(kept->partitions.size(), partitions);
    EXPECT_EQ(kept->Digest(), read->Digest());
    EXPECT_EQ(kept->Bytes(), read->Bytes());
    EXPECT_EQ(kept->parameters, read->parameters);
    EXPECT_EQ(kept->files_open_for_write, read->files_open_for_write);
  }

  const TableName orders_{"ods", "orders"};
  executor::sim::SimWorld world_;
  ManifestCache cache_;
};

TEST_F(ManifestCacheTest, SeesWhatWasWrittenDroppedAndPromised) {
  ExpectTrue(2);
  Write("dt=2026-01-02", "part-1");  // between the two
  ExpectTrue(3);
  Write("dt=2026-01-01", "part-2");  // one more file
  ExpectTrue(3);
  world_.source.catalog.DropPartition(orders_, "dt=2026-01-03");
  cache_.Touch(Side::kSource, orders_, "dt=2026-01-03");
  ExpectTrue(2);
  world_.source.catalog.SetParameter(orders_, "watermark", "2026-01-02");  // needs no telling
  ExpectTrue(2);
}

TEST_F(ManifestCacheTest, KeepsNothingWhileAFileIsOpen) {
  const std::string location = "/source/ods.db/orders/dt=2026-01-01";
  world_.source.storage.SetOpen(location, "part-0", true);
  ExpectTrue(2);
  world_.source.storage.SetOpen(location, "part-0", false);
  ExpectTrue(2);
}

TEST_F(ManifestCacheTest, SaysThatATableIsNotThere) {
  EXPECT_FALSE(cache_.Read(Side::kTarget, orders_).ok());
}

}  // namespace
}  // namespace godwit::simulator
