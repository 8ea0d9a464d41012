#include "lineage/snapshot.h"

#include <gtest/gtest.h>

namespace godwit::lineage {
namespace {

constexpr char kText[] = R"({"version": 1, "taken_at": "2024-05-01T00:00:00Z",
  "tables": [{"name": "dw.b", "bytes": 10}, {"name": "DW.a", "owner": "ann", "partitions": 3, "columns": ["x"]}],
  "jobs": [{"name": "j", "owner": "ann", "runs": [{"start": "2024-05-01T01:00:00Z", "seconds": 60}]}]})";

TEST(Snapshot, IsReadSortedAndWrittenBack) {
  const auto snapshot = ParseSnapshot("s.json", kText);
  ASSERT_TRUE(snapshot.ok()) << snapshot.error().message;
  ASSERT_NE(snapshot->Find("dw.a"), nullptr);
  EXPECT_EQ(snapshot->Find("dw.a")->owner, "ann");
  EXPECT_EQ(snapshot->tables[1].bytes, 10);
  EXPECT_EQ(snapshot->runs.at(0).start, 1714525200);
  const std::string text = SnapshotToJson(*snapshot);
  const auto again = ParseSnapshot("s.json", text);
  ASSERT_TRUE(again.ok());
  EXPECT_EQ(SnapshotToJson(*again), text);
}

TEST(Snapshot, NamesTheEntryThatIsWrong) {
  const auto message = [](const char* text) {
    const auto snapshot = ParseSnapshot("s.json", text);
    return snapshot.ok() ? "(no error)" : snapshot.error().message;
  };
  EXPECT_EQ(message(R"({"version": 1, "tables": [{"name": "a", "byte": 1}]})"),
            "s.json: table 0: has no 'byte': did you mean 'bytes'?");
  EXPECT_EQ(message(R"({"version": 1, "tables": [{"bytes": 1}]})"), "s.json: table 0: needs name");
  EXPECT_EQ(message(R"({"version": 1, "tables": [{"name": "a", "bytes": -1}]})"),
            "s.json: table 0: bytes must be a whole number, not below 0");
  EXPECT_EQ(message(R"({"version": 1, "tables": [{"name": "a"}, {"name": "A"}]})"),
            "s.json: a stands twice: keep one");
  EXPECT_EQ(message(R"({"version": 2, "tables": []})"), "s.json: version must be 1");
  EXPECT_EQ(message("[]"), "s.json: not a JSON object: see docs/snapshot_format.md");
}

}  // namespace
}  // namespace godwit::lineage
