// What a ledger remembers of a journal, and what it reads again.
#include "executor/ledger.h"

#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

#include "executor/action.h"

namespace godwit::executor {
namespace {

using Json = nlohmann::json;
using state::Entry;
using state::RecordKind;

const TableName kOrders{"ods", "orders"};

Migration OneUnit() {
  Migration migration;
  migration.plan_hash = "plan1";
  UnitSpec unit;
  unit.id = "u1";
  unit.tables = {kOrders};
  migration.units = {unit};
  return migration;
}

Entry EntryOf(RecordKind kind, const Json& body) {
  Entry entry;
  entry.unit = "u1";
  entry.kind = kind;
  entry.body = body.dump();
  entry.wall = "2026-11-23T00:00:00Z";
  entry.boot_id = "boot";
  return entry;
}

Entry TransitionOf(const std::string& event, Json body = Json::object()) {
  body["event"] = event;
  return EntryOf(RecordKind::kTransition, body);
}

PartitionCopy Partition(const std::string& name) {
  PartitionCopy partition;
  partition.name = name;
  partition.from = "/old/" + name;
  partition.to = "/new/" + name;
  partition.from_fingerprint = "f-" + name;
  partition.to_fingerprint = "t-" + name;
  partition.bytes = 7;
  return partition;
}

class LedgerTest : public testing::Test {
 protected:
  LedgerTest() : migration_(OneUnit()), journal_(state::MakeMemoryJournal()) {
    Must(ledger_.Load());
    Entry begin;
    begin.kind = RecordKind::kEpoch;
    begin.body = "{}";
    epoch_ = *journal_->TakeOver(begin);
    Must(ledger_.CatchUp());
    Must(ledger_.Append(epoch_,
                        {TransitionOf("plan_accepted", {{"plan_hash", "plan1"}}), TransitionOf("started")}));
  }

  template <typename T>
  static void Must(const Result<T>& result) {
    ASSERT_TRUE(result.ok()) << result.error().message;
  }

  // What publishing a partition writes down.
  std::vector<Entry> Published(const std::string& name) {
    const std::vector<PartitionCopy> partitions = {Partition(name)};
    const int64_t next = journal_->GetHead()->sequence + 1;
    Entry intent =
        EntryOf(RecordKind::kIntent, ToJson(Action(Publish{Side::kTarget, kOrders, 1, partitions, {}, {}})));
    intent.op = "publish-" + name;
    Entry outcome = EntryOf(RecordKind::kOutcome, {{"outcome", "done"}});
    outcome.op = intent.op;
    outcome.reference = next;
    return {intent, outcome};
  }

  std::string Known(Side to = Side::kTarget) const {
    std::string names;
    for (const auto& [name, entry] : ledger_.Entries(to, kOrders))
      names += name + "=" + entry.to_fingerprint + " ";
    return names;
  }

  const Migration migration_;
  const std::unique_ptr<state::Journal> journal_;
  Ledger ledger_{migration_, *journal_, /*keep_facts=*/true};
  int64_t epoch_ = 0;
};

TEST_F(LedgerTest, DroppedReplicasAreReadAgain) {
  Must(ledger_.LoadReplicas(0));
  Must(ledger_.Append(epoch_, Published("ds=1")));
  EXPECT_EQ(Known(), "ds=1=t-ds=1 ");
  ledger_.DropReplicas(0);
  EXPECT_EQ(Known(), "");
  Must(ledger_.Append(epoch_, Published("ds=2")));
  EXPECT_EQ(Known(), "") << "half of the entries would be taken for all of them";
  Must(ledger_.LoadReplicas(0));
  EXPECT_EQ(Known(), "ds=1=t-ds=1 ds=2=t-ds=2 ");
}

TEST_F(LedgerTest, ReplicasOfRecordsThatAnotherProcessWroteAreNotLost) {
  Must(ledger_.Append(epoch_, Published("ds=1")));
  Must(journal_->Append(0, std::nullopt, Published("ds=2"), nullptr));  // without facts, as others write
  Must(ledger_.CatchUp());
  EXPECT_EQ(Known(), "");
  Must(ledger_.LoadReplicas(0));
  EXPECT_EQ(Known(), "ds=1=t-ds=1 ds=2=t-ds=2 ");
}

TEST_F(LedgerTest, ASwitchTurnsReplicasRoundThatWereNotLoaded) {
  Must(ledger_.Append(epoch_, Published("ds=1")));
  Entry frozen = TransitionOf("freeze_begun", {{"deadline_ns", 1}, {"disabled", Json::array()}});
  frozen.generation = 1;
  Must(ledger_.Append(epoch_, {TransitionOf("copied"), frozen}));
  Entry commit = EntryOf(RecordKind::kDecision, {{"decision", "commit"}});
  commit.generation = 1;
  for (const Entry& entry :
       {TransitionOf("frozen"), TransitionOf("caught_up"), TransitionOf("proven"), commit}) {
    Must(ledger_.Append(epoch_, {entry}));
  }
  ledger_.DropReplicas(0);
  Must(ledger_.Append(epoch_, {TransitionOf("committed")}));
  EXPECT_EQ(Known(Side::kSource), "ds=1=f-ds=1 ");
  const Result<std::string> wrong = VerifyFacts(migration_, *journal_);
  Must(wrong);
  EXPECT_EQ(*wrong, "");
}

}  // namespace
}  // namespace godwit::executor
