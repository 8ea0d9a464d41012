#include "tests/conformance/conformance.h"

namespace godwit::executor::conformance {
namespace {

const TableName kOrders{"ods", "orders"};
const TableName kCity{"dim", "city"};

GivenWorld OrdersAtSource() {
  GivenWorld given;
  given.source.tables = {{"ods.orders",
                          {"dt"},
                          {{"dt=2026-11-03", {{"part-0", "3,c\n"}}},
                           {"dt=2026-11-01", {{"part-0", "1,a\n"}}},
                           {"dt=2026-11-02", {}}},
                          {{"watermark", "2026-11-03"}}},
                         {"dim.city", {}, {{"", {{"part-0", "1,Oslo\n"}}}}, {}}};
  return given;
}

GivenWorld OrdersAtBoth() {
  GivenWorld given = OrdersAtSource();
  given.target.tables = {{"ods.orders", {"dt"}, {{"dt=2026-11-01", {{"part-0", "old\n"}}}}, {}},
                         {"dim.city", {}, {{"", {{"part-0", "old\n"}}}}, {}}};
  return given;
}

Publication NewPartition(const std::string& name, const std::string& location, const std::string& op,
                         Token token) {
  Publication publication;
  publication.table = kOrders;
  publication.partitions = {{name, location, {{"numRows", "7"}}}};
  publication.op = op;
  publication.token = token;
  return publication;
}

std::vector<std::string> NamesOf(const std::vector<PartitionMeta>& partitions) {
  std::vector<std::string> names;
  for (const PartitionMeta& partition : partitions) names.push_back(partition.name);
  return names;
}

TEST_P(Conformance, SitesAreToldApart) {
  Make({});
  GODWIT_ASSERT_OK(const std::string source, source_catalog().Identity());
  GODWIT_ASSERT_OK(const std::string target, target_catalog().Identity());
  EXPECT_NE(source, target);
  EXPECT_FALSE(source.empty());
  EXPECT_EQ(*source_catalog().Identity(), source);
}

TEST_P(Conformance, TablesAreListedSorted) {
  Make(OrdersAtSource());
  GODWIT_ASSERT_OK(const std::vector<TableName> tables, source_catalog().ListTables());
  EXPECT_EQ(tables, (std::vector<TableName>{kCity, kOrders}));
  GODWIT_ASSERT_OK(const std::vector<TableName> none, target_catalog().ListTables());
  EXPECT_TRUE(none.empty());
}

TEST_P(Conformance, WhatIsNotThereIsNotThere) {
  Make({});
  GODWIT_ASSERT_OK(const auto table, source_catalog().GetTable(kOrders));
  EXPECT_FALSE(table.has_value());
  GODWIT_ASSERT_OK(const auto database, source_catalog().GetDatabase("ods"));
  EXPECT_FALSE(database.has_value());
  EXPECT_REFUSED(kInvalidInput, source_catalog().ListPartitions(kOrders, "", 10));
}

TEST_P(Conformance, ATableIsAsItWasGiven) {
  Make(OrdersAtSource());
  GODWIT_ASSERT_OK(const auto table, source_catalog().GetTable(kOrders));
  ASSERT_TRUE(table.has_value());
  EXPECT_EQ(table->name, kOrders);
  EXPECT_EQ(table->kind, TableKind::kManaged);
  ASSERT_EQ(table->columns.size(), 2u);
  EXPECT_EQ(table->columns[0].name, "id");
  EXPECT_EQ(table->columns[0].type, "bigint");
  ASSERT_EQ(table->partition_keys.size(), 1u);
  EXPECT_EQ(table->partition_keys[0].name, "dt");
  EXPECT_EQ(table->parameters.at("watermark"), "2026-11-03");
  EXPECT_FALSE(table->location.empty());
}

TEST_P(Conformance, PartitionsComeInPagesByName) {
  Make(OrdersAtSource());
  GODWIT_ASSERT_OK(const auto first, source_catalog().ListPartitions(kOrders, "", 2));
  EXPECT_EQ(NamesOf(first), (std::vector<std::string>{"dt=2026-11-01", "dt=2026-11-02"}));
  GODWIT_ASSERT_OK(const auto second, source_catalog().ListPartitions(kOrders, "dt=2026-11-02", 2));
  EXPECT_EQ(NamesOf(second), (std::vector<std::string>{"dt=2026-11-03"}));
  GODWIT_ASSERT_OK(const auto third, source_catalog().ListPartitions(kOrders, "dt=2026-11-03", 2));
  EXPECT_TRUE(third.empty());
}

TEST_P(Conformance, APlainTableHasOnePartitionWithoutName) {
  Make(OrdersAtSource());
  GODWIT_ASSERT_OK(const auto table, source_catalog().GetTable(kCity));
  GODWIT_ASSERT_OK(const auto partitions, source_catalog().ListPartitions(kCity, "", 10));
  ASSERT_EQ(partitions.size(), 1u);
  EXPECT_EQ(partitions[0].name, "");
  EXPECT_EQ(partitions[0].location, table->location);
}

TEST_P(Conformance, APartitionIsFoundByName) {
  Make(OrdersAtSource());
  GODWIT_ASSERT_OK(const auto all, source_catalog().ListPartitions(kOrders, "", 10));
  GODWIT_ASSERT_OK(const auto one, source_catalog().GetPartition(kOrders, "dt=2026-11-02"));
  EXPECT_EQ(one, all[1]);
  GODWIT_ASSERT_OK(const auto plain, source_catalog().GetPartition(kCity, ""));
  ASSERT_TRUE(plain.has_value());
  EXPECT_EQ(plain->location, source_catalog().GetTable(kCity)->value().location);
  for (const auto& [table, name] : {std::pair<TableName, const char*>{kOrders, "dt=1999-01-01"},
                                    {kOrders, ""},
                                    {kCity, "dt=2026-11-02"},
                                    {{"ods", "nothing"}, ""}}) {
    GODWIT_ASSERT_OK(const auto none, source_catalog().GetPartition(table, name));
    EXPECT_FALSE(none.has_value()) << table.Text() << " " << name;
  }
}

TEST_P(Conformance, ADatabaseIsMadeOnce) {
  Make({});
  const DatabaseMeta database{
      "dws", outside().AttemptLocation(Side::kTarget, {"dws", "x"}, "a", ""), "li", {}};
  EXPECT_EFFECT(Effect::kDone, target_catalog().CreateDatabase(database));
  EXPECT_EFFECT(Effect::kAlready, target_catalog().CreateDatabase(database));
  GODWIT_ASSERT_OK(const auto there, target_catalog().GetDatabase("dws"));
  ASSERT_TRUE(there.has_value());
  EXPECT_EQ(there->owner, "li");
  EXPECT_EQ(there->location, database.location);
}

TEST_P(Conformance, ATableIsMadeOnceByOneOperation) {
  Make(OrdersAtBoth());
  GODWIT_ASSERT_OK(auto table, source_catalog().GetTable(kOrders));
  table->name.name = "orders_new";
  table->location = outside().AttemptLocation(Side::kTarget, table->name, "a", "");
  EXPECT_EFFECT(Effect::kDone, target_catalog().CreateTable(*table, "op1"));
  EXPECT_EFFECT(Effect::kAlready, target_catalog().CreateTable(*table, "op1"));
  EXPECT_REFUSED(kConflict, target_catalog().CreateTable(*table, "op2"));
  GODWIT_ASSERT_OK(const auto made, target_catalog().GetTable(table->name));
  ASSERT_TRUE(made.has_value());
  EXPECT_EQ(made->columns, table->columns);
  EXPECT_EQ(made->location, table->location);
  EXPECT_EQ(made->parameters.at("godwit.op"), "op1");
  EXPECT_EQ(made->parameters.at("watermark"), "2026-11-03");
}

TEST_P(Conformance, ATableThatSomebodyElseMadeIsLeftAlone) {
  Make(OrdersAtBoth());
  GODWIT_ASSERT_OK(const auto before, target_catalog().GetTable(kOrders));
  GODWIT_ASSERT_OK(const auto table, source_catalog().GetTable(kOrders));
  EXPECT_REFUSED(kConflict, target_catalog().CreateTable(*table, "op1"));
  GODWIT_ASSERT_OK(const auto after, target_catalog().GetTable(kOrders));
  EXPECT_EQ(*before, *after);
}

TEST_P(Conformance, AlteringKeepsWhatItDoesNotName) {
  Make(OrdersAtSource());
  GODWIT_ASSERT_OK(const auto before, source_catalog().GetTable(kOrders));
  TableMeta change = *before;
  change.columns.push_back({"note", "string", "new"});
  change.location = "elsewhere";
  change.parameters = {{"comment", "changed"}};
  EXPECT_EFFECT(Effect::kDone, source_catalog().AlterTable(change, "op1", 0));
  EXPECT_EFFECT(Effect::kAlready, source_catalog().AlterTable(change, "op1", 0));
  GODWIT_ASSERT_OK(const auto after, source_catalog().GetTable(kOrders));
  EXPECT_EQ(after->columns, change.columns);
  EXPECT_EQ(after->location, before->location);
  EXPECT_EQ(after->parameters.at("watermark"), "2026-11-03");
  EXPECT_EQ(after->parameters.at("comment"), "changed");
  GODWIT_ASSERT_OK(const auto partitions, source_catalog().ListPartitions(kOrders, "", 10));
  EXPECT_EQ(partitions.size(), 3u);
}

TEST_P(Conformance, PublishingTurnsAPartitionToItsNewFiles) {
  Make(OrdersAtBoth());
  const std::string old_location = LocationOf(Side::kTarget, kOrders, "dt=2026-11-01");
  const std::string location = outside().AttemptLocation(Side::kTarget, kOrders, "a1", "dt=2026-11-01");
  outside().WriteFile(Side::kTarget, location, "part-0", "new\n");
  Publication publication = NewPartition("dt=2026-11-01", location, "op1", 1);
  publication.parameters = {{"watermark", "2026-11-05"}};
  EXPECT_EFFECT(Effect::kDone, target_catalog().Publish(publication));
  EXPECT_EFFECT(Effect::kAlready, target_catalog().Publish(publication));
  GODWIT_ASSERT_OK(const auto partitions, target_catalog().ListPartitions(kOrders, "", 10));
  ASSERT_EQ(partitions.size(), 1u);
  EXPECT_EQ(partitions[0].location, location);
  EXPECT_EQ(partitions[0].parameters.at("godwit.op"), "op1");
  EXPECT_EQ(partitions[0].parameters.at("numRows"), "7");
  GODWIT_ASSERT_OK(const auto table, target_catalog().GetTable(kOrders));
  EXPECT_EQ(table->parameters.at("watermark"), "2026-11-05");
  EXPECT_EQ(outside().ReadFile(Side::kTarget, old_location, "part-0"), "old\n");  // nothing is deleted
}

TEST_P(Conformance, PublishingAddsAndDropsPartitions) {
  Make(OrdersAtBoth());
  const std::string old_location = LocationOf(Side::kTarget, kOrders, "dt=2026-11-01");
  const std::string location = outside().AttemptLocation(Side::kTarget, kOrders, "a1", "dt=2026-11-02");
  Publication publication = NewPartition("dt=2026-11-02", location, "op1", 1);
  publication.dropped = {"dt=2026-11-01"};
  EXPECT_EFFECT(Effect::kDone, target_catalog().Publish(publication));
  EXPECT_EFFECT(Effect::kAlready, target_catalog().Publish(publication));
  GODWIT_ASSERT_OK(const auto partitions, target_catalog().ListPartitions(kOrders, "", 10));
  EXPECT_EQ(NamesOf(partitions), (std::vector<std::string>{"dt=2026-11-02"}));
  EXPECT_EQ(outside().ReadFile(Side::kTarget, old_location, "part-0"), "old\n");
}

TEST_P(Conformance, PublishingAPlainTableMovesItsLocation) {
  Make(OrdersAtBoth());
  Publication publication;
  publication.table = kCity;
  publication.partitions = {
      {"", outside().AttemptLocation(Side::kTarget, kCity, "a1", ""), {{"numRows", "1"}}}};
  publication.op = "op1";
  EXPECT_EFFECT(Effect::kDone, target_catalog().Publish(publication));
  EXPECT_EFFECT(Effect::kAlready, target_catalog().Publish(publication));
  GODWIT_ASSERT_OK(const auto table, target_catalog().GetTable(kCity));
  EXPECT_EQ(table->location, publication.partitions[0].location);
  GODWIT_ASSERT_OK(const auto partitions, target_catalog().ListPartitions(kCity, "", 10));
  ASSERT_EQ(partitions.size(), 1u);
  EXPECT_EQ(partitions[0].location, publication.partitions[0].location);
  EXPECT_EQ(partitions[0].parameters.at("godwit.op"), "op1");
}

// The operation that made the table asks again after a crash, whatever was published since.
TEST_P(Conformance, PublishingDoesNotHideWhoMadeTheTable) {
  Make(OrdersAtSource());
  GODWIT_ASSERT_OK(auto table, source_catalog().GetTable(kCity));
  table->location = outside().AttemptLocation(Side::kTarget, kCity, "a0", "");
  ASSERT_TRUE(target_catalog()
                  .CreateDatabase({"dim", outside().AttemptLocation(Side::kTarget, kCity, "db", ""), "", {}})
                  .ok());
  EXPECT_EFFECT(Effect::kDone, target_catalog().CreateTable(*table, "op1"));
  Publication publication;
  publication.table = kCity;
  publication.partitions = {{"", outside().AttemptLocation(Side::kTarget, kCity, "a1", ""), {}}};
  publication.op = "op2";
  EXPECT_EFFECT(Effect::kDone, target_catalog().Publish(publication));
  EXPECT_EFFECT(Effect::kAlready, target_catalog().CreateTable(*table, "op1"));
}

TEST_P(Conformance, APublicationThatMakesNoSenseChangesNothing) {
  Make(OrdersAtBoth());
  const std::string location = outside().AttemptLocation(Side::kTarget, kOrders, "a1", "x");
  EXPECT_REFUSED(kInvalidInput, target_catalog().Publish(NewPartition("no partition", location, "op1", 1)));
  EXPECT_REFUSED(kInvalidInput, target_catalog().Publish(NewPartition("dt=1/hr=2", location, "op1", 1)));
  Publication unsorted = NewPartition("dt=2", location, "op1", 1);
  unsorted.partitions.push_back({"dt=1", location, {}});
  EXPECT_REFUSED(kInvalidInput, target_catalog().Publish(unsorted));
  Publication nowhere = NewPartition("dt=1", location, "op1", 1);
  nowhere.table = {"ods", "nothing"};
  EXPECT_REFUSED(kConflict, target_catalog().Publish(nowhere));
  GODWIT_ASSERT_OK(const auto partitions, target_catalog().ListPartitions(kOrders, "", 10));
  EXPECT_EQ(NamesOf(partitions), (std::vector<std::string>{"dt=2026-11-01"}));
}

TEST_P(Conformance, ASealKeepsCopiersOut) {
  Make(OrdersAtBoth());
  WriteBarrier& barrier = world().target.barrier;
  const std::string location = outside().AttemptLocation(Side::kTarget, kOrders, "a1", "dt=2026-11-09");
  EXPECT_EFFECT(Effect::kDone, barrier.Set(kOrders, Party::kCopiers, true, 4));
  EXPECT_REFUSED(kConflict, target_catalog().Publish(NewPartition("dt=2026-11-09", location, "op1", 3)));
  GODWIT_ASSERT_OK(const auto sealed, target_catalog().ListPartitions(kOrders, "", 10));
  EXPECT_EQ(NamesOf(sealed), (std::vector<std::string>{"dt=2026-11-01"}));
  // Open again: a late publication from before the seal stays out, a new one goes through.
  EXPECT_EFFECT(Effect::kDone, barrier.Set(kOrders, Party::kCopiers, false, 5));
  EXPECT_REFUSED(kConflict, target_catalog().Publish(NewPartition("dt=2026-11-09", location, "op1", 3)));
  EXPECT_EFFECT(Effect::kDone, target_catalog().Publish(NewPartition("dt=2026-11-09", location, "op2", 5)));
}

TEST_P(Conformance, ASealKeepsLateDefinitionsOut) {
  Make(OrdersAtBoth());
  WriteBarrier& barrier = world().target.barrier;
  GODWIT_ASSERT_OK(const auto before, target_catalog().GetTable(kOrders));
  TableMeta change = *before;
  change.columns.push_back({"note", "string", "new"});
  change.parameters.clear();
  EXPECT_EFFECT(Effect::kDone, barrier.Set(kOrders, Party::kCopiers, true, 4));
  EXPECT_REFUSED(kConflict, target_catalog().AlterTable(change, "op1", 3));
  EXPECT_EFFECT(Effect::kDone, barrier.Set(kOrders, Party::kCopiers, false, 5));
  EXPECT_REFUSED(kConflict, target_catalog().AlterTable(change, "op1", 3));
  GODWIT_ASSERT_OK(const auto after, target_catalog().GetTable(kOrders));
  EXPECT_EQ(after->columns, before->columns);
  EXPECT_EFFECT(Effect::kDone, target_catalog().AlterTable(change, "op2", 5));
}

TEST_P(Conformance, ABarrierForWritersDoesNotStopCopiers) {
  Make(OrdersAtBoth());
  const std::string location = outside().AttemptLocation(Side::kTarget, kOrders, "a1", "dt=2026-11-09");
  EXPECT_EFFECT(Effect::kDone, world().target.barrier.Set(kOrders, Party::kWriters, true, 9));
  EXPECT_EFFECT(Effect::kDone, target_catalog().Publish(NewPartition("dt=2026-11-09", location, "op1", 1)));
}

TEST_P(Conformance, BarriersRememberTheirToken) {
  Make(OrdersAtSource());
  WriteBarrier& barrier = world().source.barrier;
  GODWIT_ASSERT_OK(const BarrierStatus fresh, barrier.Get(kOrders, Party::kWriters));
  EXPECT_FALSE(fresh.closed);
  EXPECT_EQ(fresh.token, 0u);
  EXPECT_EFFECT(Effect::kDone, barrier.Set(kOrders, Party::kWriters, true, 2));
  EXPECT_EFFECT(Effect::kAlready, barrier.Set(kOrders, Party::kWriters, true, 2));
  EXPECT_EFFECT(Effect::kDone, barrier.Set(kOrders, Party::kWriters, true, 4));
  EXPECT_REFUSED(kConflict, barrier.Set(kOrders, Party::kWriters, false, 3));
  GODWIT_ASSERT_OK(const BarrierStatus closed, barrier.Get(kOrders, Party::kWriters));
  EXPECT_TRUE(closed.closed);
  EXPECT_EQ(closed.token, 4u);
  EXPECT_EFFECT(Effect::kDone, barrier.Set(kOrders, Party::kWriters, false, 5));
  EXPECT_REFUSED(kConflict, barrier.Set(kOrders, Party::kWriters, true, 4));
  EXPECT_FALSE(barrier.Get(kOrders, Party::kWriters)->closed);
}

TEST_P(Conformance, BarriersAreOnePerTableAndParty) {
  Make(OrdersAtSource());
  WriteBarrier& barrier = world().source.barrier;
  EXPECT_EFFECT(Effect::kDone, barrier.Set(kOrders, Party::kWriters, true, 2));
  EXPECT_FALSE(barrier.Get(kOrders, Party::kCopiers)->closed);
  EXPECT_FALSE(barrier.Get(kCity, Party::kWriters)->closed);
  EXPECT_FALSE(world().target.barrier.Get(kOrders, Party::kWriters)->closed);
}

TEST_P(Conformance, RoutesAreFenced) {
  Make(OrdersAtSource());
  EXPECT_EQ(source_catalog().GetRoute(kOrders)->site, "");
  EXPECT_EFFECT(Effect::kDone, source_catalog().SetRoute(kOrders, {"target", 3}));
  EXPECT_EFFECT(Effect::kAlready, source_catalog().SetRoute(kOrders, {"target", 3}));
  EXPECT_REFUSED(kConflict, source_catalog().SetRoute(kOrders, {"source", 2}));
  GODWIT_ASSERT_OK(const Route route, source_catalog().GetRoute(kOrders));
  EXPECT_EQ(route.site, "target");
  EXPECT_EQ(route.token, 3u);
}

}  // namespace
}  // namespace godwit::executor::conformance
