#include "executor/ledger.h"

#include <fmt/format.h>

#include <nlohmann/json.hpp>
#include <optional>

namespace godwit::executor {
namespace {

using Json = nlohmann::json;
using state::Fact;
using state::Record;
using state::RecordKind;

constexpr size_t kPage = 4096;
constexpr char kRunScope[] = "run";
constexpr char kUnitScope[] = "unit";

std::string OpenScope(const std::string& unit) { return "open/" + unit; }
std::string UnpublishedScope(const std::string& unit) { return "unpublished/" + unit; }
std::string ReplicaScope(Side to, const TableName& table) {
  return fmt::format("replica/{}/{}", SideName(to), table.Text());
}

Json ToJson(const RunRow& run) {
  return {{"held", run.held},           {"held_why", run.held_why},
          {"approvals", run.approvals}, {"breaker_why", run.breaker_why},
          {"driver", run.driver},       {"began", run.began}};
}

Result<Json> ParseFact(const std::string& value) {
  Json json = Json::parse(value, nullptr, false);
  if (json.is_discarded()) return Corrupt("a fact in the state file is not JSON: " + value.substr(0, 80));
  return json;
}

void FoldRunControl(const Json& body, RunRow& run) {
  const std::string verb = body.value("verb", "");
  if (verb == "breaker_open" || verb == "breaker_closed") {
    run.breaker_why = verb == "breaker_open" ? body.value("comment", verb) : "";
    return;
  }
  run.held = verb == "hold";
  run.held_why = run.held ? body.value("comment", "") : "";
  if (!run.held) run.breaker_why.clear();
}

Status FoldRun(const Record& record, RunRow& run) {
  const Json body = Json::parse(record.entry.body, nullptr, false);
  if (body.is_discarded()) return Corrupt(fmt::format("journal record {} is not JSON", record.sequence));
  if (record.entry.kind == RecordKind::kControl) {
    FoldRunControl(body, run);
  } else if (record.entry.kind == RecordKind::kApproval) {
    run.approvals[body.value("plan_hash", "")] = body.value("by", "");
  } else if (record.entry.kind == RecordKind::kEpoch) {
    run.driver = body.value("who", "");
    if (run.began == 0) run.began = body.value("began", int64_t{0});
  }
  return Ok();
}

// Key of an unpublished partition: the table and the place of its copy, which is of one operation alone.
std::map<std::string, Json> UnpublishedByKey(const UnitRow& row) {
  std::map<std::string, Json> keyed;
  for (const auto& [table, partitions] : row.unpublished) {
    for (const PartitionCopy& partition : partitions) {
      keyed[table.Text() + " " + partition.to] = {{"table", table.Text()}, {"partition", ToJson(partition)}};
    }
  }
  return keyed;
}

void AddUnpublishedFacts(const std::string& unit, const UnitRow& before, const UnitRow& after,
                         std::vector<Fact>& facts) {
  if (before.unpublished == after.unpublished) return;
  const std::map<std::string, Json> old_keys = UnpublishedByKey(before);
  const std::map<std::string, Json> new_keys = UnpublishedByKey(after);
  for (const auto& [key, value] : new_keys) {
    if (!old_keys.contains(key)) facts.push_back({UnpublishedScope(unit), key, value.dump()});
  }
  for (const auto& [key, value] : old_keys) {
    if (!new_keys.contains(key)) facts.push_back({UnpublishedScope(unit), key, ""});
  }
}

void AddOpenFacts(const std::string& unit, const UnitRow& before, const UnitRow& after,
                  std::vector<Fact>& facts) {
  for (const auto& [op, intent] : after.open) {
    if (!before.open.contains(op)) facts.push_back({OpenScope(unit), op, ToJson(intent).dump()});
  }
  for (const auto& [op, intent] : before.open) {
    if (!after.open.contains(op)) facts.push_back({OpenScope(unit), op, ""});
  }
}

// A fact without a value: the entry is gone.
Status AddReplica(const Fact& fact, std::map<std::string, ReplicaEntry>& entries) {
  if (fact.value.empty()) {
    entries.erase(fact.key);
    return Ok();
  }
  GODWIT_TRY_ASSIGN(const Json json, ParseFact(fact.value));
  GODWIT_TRY_ASSIGN(entries[fact.key], ReplicaEntryFromJson(json));
  return Ok();
}

}  // namespace

struct Ledger::Staged {
  std::map<size_t, UnitRow> rows;
  std::map<size_t, std::vector<ReplicaChange>> changes;  // by unit
  std::optional<RunRow> run;
  int64_t newest_epoch = 0;
};

Ledger::Ledger(const Migration& migration, state::Journal& journal, bool keep_facts)
    : migration_(migration),
      journal_(journal),
      keep_facts_(keep_facts),
      rows_(migration.units.size()),
      replicas_loaded_(migration.units.size(), !keep_facts) {
  for (size_t i = 0; i < migration.units.size(); ++i) unit_by_id_[migration.units[i].id] = i;
}

Status Ledger::Load() {
  if (keep_facts_) GODWIT_TRY(LoadRows());
  GODWIT_TRY(CatchUp());
  for (size_t i = 0; i < rows_.size(); ++i) {
    if (!rows_[i].plan_hash.empty() && rows_[i].plan_hash != migration_.plan_hash) {
      return Conflict(
          fmt::format("the state folder belongs to plan {}, not to {}: use another state folder, or apply "
                      "that plan",
                      rows_[i].plan_hash.substr(0, 12), migration_.plan_hash.substr(0, 12)));
    }
  }
  return Ok();
}

Status Ledger::LoadRows() {
  GODWIT_TRY_ASSIGN(const std::vector<Fact> run, journal_.ReadFacts(kRunScope));
  for (const Fact& fact : run) {
    GODWIT_TRY_ASSIGN(const Json json, ParseFact(fact.value));
    if (fact.key == "row") {
      run_ = {json.value("held", false),
              json.value("held_why", ""),
              json.value("approvals", std::map<std::string, std::string>()),
              json.value("breaker_why", ""),
              json.value("driver", ""),
              json.value("began", int64_t{0})};
    } else if (fact.key == "head") {
      head_ = json.get<int64_t>();
    } else if (fact.key == "epoch") {
      newest_epoch_ = json.get<int64_t>();
    }
  }
  GODWIT_TRY_ASSIGN(const std::vector<Fact> units, journal_.ReadFacts(kUnitScope));
  for (const Fact& fact : units) {
    const auto unit = unit_by_id_.find(fact.key);
    if (unit == unit_by_id_.end())
      return Conflict("the state folder knows a unit " + fact.key + " that the plan does not name");
    GODWIT_TRY_ASSIGN(const Json json, ParseFact(fact.value));
    GODWIT_TRY_ASSIGN(UnitRow row, UnitRowFromJson(json));
    GODWIT_TRY_ASSIGN(const std::vector<Fact> open, journal_.ReadFacts(OpenScope(fact.key)));
    for (const Fact& each : open) {
      GODWIT_TRY_ASSIGN(const Json intent_json, ParseFact(each.value));
      GODWIT_TRY_ASSIGN(OpenIntent intent, OpenIntentFromJson(intent_json));
      row.open.emplace(each.key, std::move(intent));
    }
    GODWIT_TRY_ASSIGN(const std::vector<Fact> unpublished, journal_.ReadFacts(UnpublishedScope(fact.key)));
    for (const Fact& each : unpublished) {
      GODWIT_TRY_ASSIGN(const Json waiting, ParseFact(each.value));
      GODWIT_TRY_ASSIGN(const TableName table, ParseTableName(waiting.value("table", "")));
      GODWIT_TRY_ASSIGN(PartitionCopy partition,
                        PartitionCopyFromJson(waiting.value("partition", Json::object())));
      row.unpublished[table].push_back(std::move(partition));
    }
    rows_[unit->second] = std::move(row);
    changed_.push_back(unit->second);
  }
  return Ok();
}

// The step out of a freeze may turn the entries round: folding it has to know all of them.
Status Ledger::LoadReplicasFor(const state::Entry& entry) {
  if (entry.kind != RecordKind::kTransition) return Ok();
  const auto unit = unit_by_id_.find(entry.unit);
  if (unit == unit_by_id_.end() || !IsFrozen(rows_[unit->second].state)) return Ok();
  return LoadReplicas(unit->second);
}

Status Ledger::LoadReplicas(size_t unit) {
  if (replicas_loaded_[unit]) return Ok();
  for (const TableName& table : migration_.units[unit].tables) {
    for (const Side to : {Side::kSource, Side::kTarget}) {
      GODWIT_TRY_ASSIGN(const std::vector<Fact> facts, journal_.ReadFacts(ReplicaScope(to, table)));
      for (const Fact& fact : facts) {
        GODWIT_TRY(AddReplica(fact, replicas_[{to, table}]));
      }
      for (const Fact& fact : unkept_) {
        if (fact.scope == ReplicaScope(to, table)) GODWIT_TRY(AddReplica(fact, replicas_[{to, table}]));
      }
    }
  }
  replicas_loaded_[unit] = true;
  return Ok();
}

void Ledger::DropReplicas(size_t unit) {
  if (!keep_facts_ || !replicas_loaded_[unit]) return;
  for (const TableName& table : migration_.units[unit].tables) {
    for (const Side to : {Side::kSource, Side::kTarget}) replicas_.erase({to, table});
  }
  replicas_loaded_[unit] = false;
}

const std::map<std::string, ReplicaEntry>& Ledger::Entries(Side to, const TableName& table) const {
  static const std::map<std::string, ReplicaEntry> kNone;
  const auto found = replicas_.find({to, table});
  return found == replicas_.end() ? kNone : found->second;
}

Status Ledger::FoldInto(const Record& record, Staged& staged) const {
  if (record.entry.kind == RecordKind::kEpoch) {
    staged.newest_epoch = record.epoch;
    if (!staged.run) staged.run = run_;
    return record.entry.body.empty() ? Ok() : FoldRun(record, *staged.run);
  }
  if (record.entry.unit.empty()) {
    if (!staged.run) staged.run = run_;
    return FoldRun(record, *staged.run);
  }
  const auto unit = unit_by_id_.find(record.entry.unit);
  if (unit == unit_by_id_.end()) {
    return Conflict("the journal tells of unit " + record.entry.unit + ", which the plan does not name");
  }
  UnitRow& row = staged.rows.try_emplace(unit->second, rows_[unit->second]).first->second;
  if (record.sequence <= row.folded) return Ok();
  return Fold(record, migration_.units[unit->second], *this, row, staged.changes[unit->second]);
}

std::vector<Fact> Ledger::FactsOf(const Staged& staged, int64_t head) const {
  std::vector<Fact> facts;
  facts.push_back({kRunScope, "head", std::to_string(head)});
  facts.push_back({kRunScope, "epoch", std::to_string(std::max(newest_epoch_, staged.newest_epoch))});
  if (staged.run) facts.push_back({kRunScope, "row", ToJson(*staged.run).dump()});
  for (const auto& [unit, row] : staged.rows) {
    const std::string& id = migration_.units[unit].id;
    facts.push_back({kUnitScope, id, ToJson(row).dump()});
    AddOpenFacts(id, rows_[unit], row, facts);
    AddUnpublishedFacts(id, rows_[unit], row, facts);
  }
  for (const auto& [unit, changes] : staged.changes) {
    for (const ReplicaChange& change : changes) {
      facts.push_back({ReplicaScope(change.to, change.table), change.partition,
                       change.entry ? ToJson(*change.entry).dump() : ""});
    }
  }
  return facts;
}

void Ledger::Commit(Staged staged, int64_t head) {
  for (auto& [unit, row] : staged.rows) {
    rows_[unit] = std::move(row);
    changed_.push_back(unit);
  }
  for (auto& [unit, changes] : staged.changes) {
    if (!replicas_loaded_[unit]) continue;  // the facts have them
    for (ReplicaChange& change : changes) {
      std::map<std::string, ReplicaEntry>& entries = replicas_[{change.to, change.table}];
      if (change.entry) {
        entries[change.partition] = std::move(*change.entry);
      } else {
        entries.erase(change.partition);
      }
    }
  }
  if (staged.run) run_ = std::move(*staged.run);
  newest_epoch_ = std::max(newest_epoch_, staged.newest_epoch);
  head_ = head;
}

Result<std::set<size_t>> Ledger::CatchUp() {
  std::set<size_t> concerned;
  for (;;) {
    GODWIT_TRY_ASSIGN(const std::vector<Record> page, journal_.Read(head_, kPage));
    if (page.empty()) return concerned;
    for (const Record& record : page) {
      // One at a time: a switch turns replicas round as they stand just then.
      Staged staged;
      GODWIT_TRY(LoadReplicasFor(record.entry));
      GODWIT_TRY(FoldInto(record, staged));
      for (const auto& [unit, row] : staged.rows) concerned.insert(unit);
      if (keep_facts_) {
        const std::vector<Fact> facts = FactsOf(staged, record.sequence);
        unkept_.insert(unkept_.end(), facts.begin(), facts.end());
      }
      if (staged.run) {
        for (size_t i = 0; i < rows_.size(); ++i) concerned.insert(i);
      }
      Commit(std::move(staged), record.sequence);
    }
  }
}

Status Ledger::Append(int64_t epoch, const std::vector<state::Entry>& entries) {
  for (const state::Entry& entry : entries) GODWIT_TRY(LoadReplicasFor(entry));
  Staged staged;
  Status folded = Ok();
  int64_t head = head_;
  const auto fold = [&](const std::vector<Record>& records) {
    for (const Record& record : records) {
      if (folded.ok()) folded = FoldInto(record, staged);
    }
    head = records.back().sequence;
  };
  const state::DeriveFacts derive = [&](const std::vector<Record>& records) {
    fold(records);
    std::vector<Fact> facts = unkept_;  // what others said comes first: later facts overrule
    const std::vector<Fact> own = FactsOf(staged, head);
    facts.insert(facts.end(), own.begin(), own.end());
    return folded.ok() ? facts : std::vector<Fact>{};
  };
  GODWIT_TRY_ASSIGN(const std::vector<Record> records,
                    journal_.Append(epoch, head_, entries, keep_facts_ ? derive : state::DeriveFacts()));
  if (!keep_facts_) fold(records);
  GODWIT_TRY(std::move(folded));
  unkept_.clear();
  Commit(std::move(staged), head);
  return Ok();
}

Result<std::string> VerifyFacts(const Migration& migration, state::Journal& journal) {
  Ledger from_facts(migration, journal, true);
  Ledger from_log(migration, journal, false);
  GODWIT_TRY(from_facts.Load());
  GODWIT_TRY(from_log.Load());
  if (ToJson(from_facts.run()) != ToJson(from_log.run())) {
    return std::string("what people said of the whole migration is not what the records say");
  }
  for (size_t i = 0; i < migration.units.size(); ++i) {
    const std::string& id = migration.units[i].id;
    const UnitRow& a = from_facts.row(i);
    const UnitRow& b = from_log.row(i);
    if (ToJson(a) != ToJson(b)) return "the row of unit " + id + " is not what its records say";
    if (a.unpublished != b.unpublished || a.open.size() != b.open.size()) {
      return "the open operations of unit " + id + " are not what its records say";
    }
    GODWIT_TRY(from_facts.LoadReplicas(i));
    for (const TableName& table : migration.units[i].tables) {
      for (const Side side : {Side::kSource, Side::kTarget}) {
        if (from_facts.Entries(side, table) != from_log.Entries(side, table)) {
          return fmt::format("what stands equal of {} at {} is not what the records say", table.Text(),
                             SideName(side));
        }
      }
    }
  }
  return std::string();
}

}  // namespace godwit::executor
