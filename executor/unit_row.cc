#include "executor/unit_row.h"

#include <fmt/format.h>

#include <nlohmann/json.hpp>

#include "executor/defence.h"

namespace godwit::executor {
namespace {

using Json = nlohmann::json;
using state::Record;
using state::RecordKind;

Error Disagreement(const Record& record, const std::string& what) {
  return Corrupt(fmt::format("journal record {} of unit {}: {}", record.sequence, record.entry.unit, what));
}

void ForgetApproval(UnitRow& row) {
  row.switch_approved = row.approval_wanted = false;
  row.switch_approved_by.clear();
  row.switch_approved_at.reset();
}

void EndFreeze(const Record& record, UnitRow& row) {
  if (row.freezes.empty() || !row.freezes.back().ended.empty()) return;
  Freeze& freeze = row.freezes.back();
  freeze.ended = record.entry.wall;
  row.freeze_ended = {record.entry.boot_id, record.entry.since_boot_ns};
  if (record.entry.boot_id == row.freeze_deadline.boot_id) {
    freeze.milliseconds = (record.entry.since_boot_ns - freeze.begun_ns) / 1'000'000;
  }
}

// What was received at `to` is from now on what `to` would send back.
void TurnReplicasRound(const UnitSpec& spec, const ReplicaReader& replicas, const UnitRow& row,
                       std::vector<ReplicaChange>& changes) {
  for (const TableName& table : spec.tables) {
    for (const auto& [partition, old] : replicas.Entries(row.from, table)) {
      changes.push_back({row.from, table, partition, std::nullopt});
    }
    for (const auto& [partition, entry] : replicas.Entries(row.to(), table)) {
      changes.push_back({row.from, table, partition,
                         ReplicaEntry{entry.to_location, entry.to_fingerprint, entry.from_location,
                                      entry.from_fingerprint, entry.bytes, entry.computed}});
    }
  }
}

Status CheckTransition(const Record& record, const Json& body, Event event, const UnitRow& row) {
  if (event == Event::kCommitted && row.decision != Decision::kCommit) {
    return Disagreement(record, "switching without the decision to commit");
  }
  if (event == Event::kCancelled && IsFrozen(row.state) && row.decision != Decision::kCancel) {
    return Disagreement(record, "cancelling a freeze without the decision to cancel");
  }
  if (event == Event::kFreezeBegun && record.entry.generation != row.generation + 1) {
    return Disagreement(record, "a freeze must begin the next generation");
  }
  if (body.contains("to") && body["to"] != UnitStateName(*Next(row.state, event))) {
    return Disagreement(record, "it leads to another state than it says");
  }
  return Ok();
}

void BeginFreeze(const Record& record, const Json& body, UnitRow& row) {
  row.generation = record.entry.generation;
  row.decision = Decision::kNone;
  row.evidence.reset();
  row.freeze_deadline = {record.entry.boot_id, body.at("deadline_ns").get<int64_t>()};
  row.disabled = body.at("disabled").get<std::set<std::string>>();
  row.handed_over.clear();
  row.freezes.push_back({row.generation, record.entry.wall, "", record.entry.since_boot_ns, 0});
  ++row.attempts;
}

Status FoldTransition(const Record& record, const Json& body, const UnitSpec& spec,
                      const ReplicaReader& replicas, UnitRow& row, std::vector<ReplicaChange>& changes) {
  const std::optional<Event> event = ParseEvent(body.at("event").get<std::string>());
  if (!event) return Disagreement(record, "unknown event " + body.at("event").dump());
  GODWIT_TRY_ASSIGN(const UnitState to, Next(row.state, *event));
  GODWIT_TRY(CheckTransition(record, body, *event, row));
  switch (*event) {
    case Event::kPlanAccepted: row.plan_hash = body.at("plan_hash").get<std::string>(); break;
    case Event::kFreezeBegun: BeginFreeze(record, body, row); break;
    case Event::kCaughtUp: ++row.seal_generation; break;
    case Event::kUnequal:
    case Event::kGuardFailed: row.evidence.reset(); break;
    case Event::kCommitted: TurnReplicasRound(spec, replicas, row, changes); break;
    case Event::kThawed:
    case Event::kGaveUp:
      EndFreeze(record, row);
      row.evidence.reset();
      row.shadow.reset();
      row.cancel_requested = false;
      break;
    case Event::kResumed:
      EndFreeze(record, row);
      row.attempts = 0;
      row.shadow.reset();
      ForgetApproval(row);
      break;
    case Event::kReturned:
      EndFreeze(record, row);
      row.from = row.to();
      row.attempts = 0;
      ForgetApproval(row);
      break;
    case Event::kReversalBegun:
      row.from = row.to();
      row.attempts = 0;
      row.reverse_requested = false;
      break;
    case Event::kRetried:
      row.attempts = 0;
      row.retry_requested = false;
      break;
    case Event::kCompletedByApproval: row.complete_requested = false; break;
    case Event::kStarted:
    case Event::kCopied:
    case Event::kFrozen:
    case Event::kProven:
    case Event::kCancelled:
    case Event::kRouted: break;
  }
  row.state = to;
  return Ok();
}

Status FoldIntent(const Record& record, const Json& body, UnitRow& row) {
  GODWIT_TRY_ASSIGN(Action action, ActionFromJson(body));
  const auto* pause = std::get_if<SetPaused>(&action);
  if (pause != nullptr && !pause->paused && pause->side == row.to() && row.state == UnitState::kUnfreezing)
    row.handed_over.insert(pause->job);
  if (!row.open
           .emplace(record.entry.op,
                    OpenIntent{record.sequence, record.entry.generation, row.state, std::move(action)})
           .second) {
    return Disagreement(record, "its operation is open already");
  }
  ++row.operations;
  return Ok();
}

Result<std::vector<PartitionCopy>> PartitionsOf(const Json& body) {
  std::vector<PartitionCopy> partitions;
  for (const Json& each : body.at("partitions")) {
    GODWIT_TRY_ASSIGN(PartitionCopy partition, PartitionCopyFromJson(each));
    partitions.push_back(std::move(partition));
  }
  return partitions;
}

void FoldPublished(const Publish& publish, UnitRow& row, std::vector<ReplicaChange>& changes) {
  std::vector<PartitionCopy>& waiting = row.unpublished[publish.table];
  for (const PartitionCopy& partition : publish.partitions) {
    std::erase_if(waiting, [&](const PartitionCopy& other) { return other.to == partition.to; });
    changes.push_back({publish.side, publish.table, partition.name,
                       ReplicaEntry{partition.from, partition.from_fingerprint, partition.to,
                                    partition.to_fingerprint, partition.bytes, false}});
  }
  if (waiting.empty()) row.unpublished.erase(publish.table);
  for (const std::string& name : publish.dropped) {
    changes.push_back({publish.side, publish.table, name, std::nullopt});
  }
}

Status FoldOutcome(const Record& record, const Json& body, UnitRow& row,
                   std::vector<ReplicaChange>& changes) {
  const auto found = row.open.find(record.entry.op);
  if (found == row.open.end() || found->second.sequence != record.entry.reference) {
    return Disagreement(record, "an outcome without its intent");
  }
  const OpenIntent intent = std::move(found->second);
  row.open.erase(found);
  const std::string outcome = body.at("outcome").get<std::string>();
  if (outcome != "done" && outcome != "already") return Ok();  // refused, absent, overtaken: nothing is there
  if (const auto* copy = std::get_if<StartCopy>(&intent.action)) {
    GODWIT_TRY_ASSIGN(std::vector<PartitionCopy> partitions, PartitionsOf(body));
    std::vector<PartitionCopy>& waiting = row.unpublished[copy->table];
    waiting.insert(waiting.end(), partitions.begin(), partitions.end());
    if (waiting.empty()) row.unpublished.erase(copy->table);
  } else if (const auto* publish = std::get_if<Publish>(&intent.action)) {
    FoldPublished(*publish, row, changes);
  }
  return Ok();
}

void FoldConsistent(const Record& record, const Json& body, UnitRow& row) {
  Evidence evidence{
      row.generation, row.seal_generation, record.entry.boot_id, record.entry.since_boot_ns, {}};
  for (const auto& [table, pair] : body.at("manifests").items()) {
    evidence.manifests[table] = {pair.at(0).get<std::string>(), pair.at(1).get<std::string>()};
  }
  row.evidence = std::move(evidence);
}

Status FoldAdopted(const Json& body, const UnitRow& row, std::vector<ReplicaChange>& changes) {
  GODWIT_TRY_ASSIGN(const TableName table, ParseTableName(body.at("table").get<std::string>()));
  GODWIT_TRY_ASSIGN(const std::vector<PartitionCopy> partitions, PartitionsOf(body));
  for (const PartitionCopy& partition : partitions) {
    changes.push_back({row.to(), table, partition.name,
                       ReplicaEntry{partition.from, partition.from_fingerprint, partition.to,
                                    partition.to_fingerprint, partition.bytes, true}});
  }
  return Ok();
}

// A waiver covers the columns that it was given for, no others.
DualRunDifference FoldDifference(const Json& body, const DualRunDifference& before) {
  DualRunDifference now{
      body.at("partition").get<std::string>(), body.at("columns").get<std::vector<std::string>>(),
      body.at("sample").get<std::string>(),    body.at("due").get<std::string>(),
      body.at("cause").get<std::string>(),     ""};
  const bool covered = std::all_of(now.columns.begin(), now.columns.end(), [&](const std::string& column) {
    return std::find(before.columns.begin(), before.columns.end(), column) != before.columns.end();
  });
  if (covered && now.columns.empty() == before.columns.empty()) now.waived_by = before.waived_by;
  return now;
}

Status FoldEvidence(const Record& record, const Json& body, UnitRow& row,
                    std::vector<ReplicaChange>& changes) {
  const std::string type = body.at("type").get<std::string>();
  if (type == "consistent") {
    FoldConsistent(record, body, row);
  } else if (type == "adopted") {
    return FoldAdopted(body, row, changes);
  } else if (type == "shadow_started") {
    row.shadow = Shadow{body.at("cursors").get<std::map<std::string, std::string>>(), "", 0};
  } else if (type == "cycle") {
    if (!row.shadow) return Disagreement(record, "a cycle was compared without a dual run");
    row.shadow->compared = body.at("due").get<std::string>();
    row.shadow->equal_cycles = body.at("equal").get<bool>() ? row.shadow->equal_cycles + 1 : 0;
  } else if (type == "difference") {
    const std::string table = body.at("table").get<std::string>();
    row.differences[table] = FoldDifference(body, row.differences[table]);
  } else {
    return Disagreement(record, "unknown evidence " + type);
  }
  return Ok();
}

Status FoldDecision(const Record& record, const Json& body, UnitRow& row) {
  if (record.entry.generation != row.generation) return Ok();  // about a generation that is over
  const std::string decision = body.at("decision").get<std::string>();
  if (decision != "commit" && decision != "cancel")
    return Disagreement(record, "unknown decision " + decision);
  if (row.decision != Decision::kNone && Stands(Defence::kArbiter))
    return Disagreement(record, "a second decision");
  row.decision = decision == "commit" ? Decision::kCommit : Decision::kCancel;
  return Ok();
}

Status FoldControl(const Record& record, const Json& body, UnitRow& row) {
  const std::string verb = body.at("verb").get<std::string>();
  if (verb == "hold" || verb == "pause") {
    row.held = true;
    row.held_why = body.value("comment", verb);
  } else if (verb == "resume") {
    row.held = false;
    row.held_why.clear();
    row.breaker_why.clear();
  } else if (verb == "cancel") {
    row.cancel_requested = !IsCommitted(row.state) && !IsTerminal(row.state);
  } else if (verb == "reverse") {
    row.reverse_requested = row.state == UnitState::kProbation;
  } else if (verb == "complete") {
    row.complete_requested = row.state == UnitState::kProbation;
  } else if (verb == "retry") {
    row.retry_requested = row.state == UnitState::kAborted || row.state == UnitState::kReversed;
    row.held = false;
    row.held_why.clear();
  } else if (verb == "cutover_at") {
    GODWIT_TRY_ASSIGN(const Timestamp at, ParseTimestamp(body.at("at").get<std::string>()));
    row.cutover_not_before = at;
  } else if (verb == "mode") {
    const std::optional<RunMode> mode = ParseRunMode(body.at("mode").get<std::string>());
    if (!mode) return Disagreement(record, "unknown run mode");
    row.modes[body.at("job").get<std::string>()] = *mode;
  } else if (verb == "waive") {
    const auto found = row.differences.find(body.at("table").get<std::string>());
    if (found != row.differences.end()) found->second.waived_by = body.at("by").get<std::string>();
  } else if (verb == "want_approval") {
    ForgetApproval(row);
    row.approval_wanted = true;
  } else if (verb == "breaker_open") {
    row.breaker_why = body.value("comment", verb);
  } else if (verb == "breaker_closed") {
    row.breaker_why.clear();
  } else {
    return Disagreement(record, "unknown command " + verb);
  }
  return Ok();
}

// A signature under another plan says nothing about this one.
void FoldApproval(const Record& record, const Json& body, UnitRow& row) {
  const std::string plan = body.value("plan_hash", "");
  if (!plan.empty() && !row.plan_hash.empty() && plan != row.plan_hash) return;
  ForgetApproval(row);
  row.switch_approved = true;
  row.switch_approved_by = body.value("by", "");
  const Result<Timestamp> at = ParseTimestamp(record.entry.wall);
  if (at.ok()) row.switch_approved_at = *at;
}

Status FoldBody(const Record& record, const Json& body, const UnitSpec& spec, const ReplicaReader& replicas,
                UnitRow& row, std::vector<ReplicaChange>& changes) {
  switch (record.entry.kind) {
    case RecordKind::kTransition: return FoldTransition(record, body, spec, replicas, row, changes);
    case RecordKind::kIntent: return FoldIntent(record, body, row);
    case RecordKind::kOutcome: return FoldOutcome(record, body, row, changes);
    case RecordKind::kEvidence: return FoldEvidence(record, body, row, changes);
    case RecordKind::kDecision: return FoldDecision(record, body, row);
    case RecordKind::kControl: return FoldControl(record, body, row);
    case RecordKind::kApproval:
      if (body.at("what") == "switch") FoldApproval(record, body, row);
      return Ok();
    case RecordKind::kEpoch:
    case RecordKind::kNote: return Ok();
  }
  return Ok();
}

}  // namespace

Status Fold(const Record& record, const UnitSpec& spec, const ReplicaReader& replicas, UnitRow& row,
            std::vector<ReplicaChange>& changes) {
  if (record.sequence <= row.folded) return Disagreement(record, "it was folded already");
  try {
    GODWIT_TRY(FoldBody(record, Json::parse(record.entry.body), spec, replicas, row, changes));
  } catch (const Json::exception& error) {
    return Disagreement(record, error.what());
  }
  row.folded = record.sequence;
  return Ok();
}

const char* DecisionName(Decision decision) {
  switch (decision) {
    case Decision::kNone: return "none";
    case Decision::kCommit: return "commit";
    case Decision::kCancel: return "cancel";
  }
  return "none";
}

}  // namespace godwit::executor
