#include <fmt/format.h>

#include <algorithm>

#include "executor/defence.h"
#include "executor/location_map.h"
#include "executor/turn.h"

namespace godwit::executor {
namespace {

constexpr size_t kComparedPartitionsMax = 200;
constexpr char kOpParameter[] = "godwit.op";

// --- Definitions ---

Result<std::string> LocationAt(const UnitView& view, const std::string& location, Side receiver) {
  std::optional<std::string> mapped = MapLocation(view.policy().location_map, location, receiver);
  if (mapped) return *std::move(mapped);
  return InvalidInput("location " + location +
                      " lies outside every entry of location_map: add one that covers it");
}

bool SameDefinition(const TableMeta& a, const TableMeta& b) {
  return a.columns == b.columns && a.partition_keys == b.partition_keys && a.storage == b.storage &&
         a.view_text == b.view_text;
}

// True once the database is there.
bool EnsureDatabase(Turn& turn, const std::string& name, Side receiver, Nanoseconds since) {
  const auto* there = turn.LookSince(LookAtDatabase{receiver, name}, since);
  if (there == nullptr) return false;
  if (there->has_value()) return true;
  const auto* here = turn.LookSince(LookAtDatabase{Other(receiver), name}, since);
  if (here == nullptr) return false;
  if (!here->has_value()) {
    turn.Hold("database " + name + " does not exist at " + SideName(Other(receiver)));
    return false;
  }
  DatabaseMeta database = **here;
  Result<std::string> location = LocationAt(turn.view, database.location, receiver);
  if (!location.ok()) {
    turn.Hold(location.error().message);
    return false;
  }
  database.location = *location;
  turn.Do(CreateDatabase{receiver, std::move(database)});
  return false;
}

void WishTable(Turn& turn, const TableMeta& here, Side receiver, Nanoseconds since) {
  if (!EnsureDatabase(turn, here.name.db, receiver, since)) return;
  TableMeta table = here;
  if (here.kind != TableKind::kView) {
    Result<std::string> location = LocationAt(turn.view, here.location, receiver);
    if (!location.ok()) {
      turn.Hold(location.error().message);
      return;
    }
    table.location = *location;
  }
  // The travelling parameters of a table promise data (watermarks, statistics): they follow it. A view's are
  // part of its definition.
  if (here.kind == TableKind::kView) {
    table.parameters = TravellingParameters(here.parameters);
  } else {
    table.parameters.clear();
  }
  turn.Do(CreateTable{receiver, std::move(table)});
}

// True once the definition at `receiver` equals the other side's. `is_view` tells whether there is data to
// copy.
bool EnsureDefinition(Turn& turn, const TableName& name, Side receiver, Nanoseconds since, bool& is_view) {
  const auto* here = turn.LookSince(LookAtTable{Other(receiver), name}, since);
  const auto* there = turn.LookSince(LookAtTable{receiver, name}, since);
  if (here == nullptr || there == nullptr) return false;
  if (!here->has_value()) {
    turn.Hold(
        fmt::format("table {} does not exist at {}: plan again", name.Text(), SideName(Other(receiver))));
    return false;
  }
  is_view = (*here)->kind == TableKind::kView;
  if ((*here)->kind == TableKind::kTransactional || (*here)->kind == TableKind::kOther) {
    const auto reason = (*here)->storage.find("unsupported");
    turn.Hold(fmt::format(
        "table {} cannot be moved by copying files: {}", name.Text(),
        reason != (*here)->storage.end() ? reason->second : "it is transactional, or of an unknown kind"));
    return false;
  }
  if (!there->has_value()) {
    WishTable(turn, **here, receiver, since);
    return false;
  }
  const bool ours = (*there)->parameters.contains(kOpParameter) || turn.view.row.from == receiver ||
                    turn.view.row.from == Side::kTarget;
  if (!ours) {
    turn.Hold(
        fmt::format("table {} exists at {} already and was not made by godwit: rename or drop it there, then "
                    "`godwit unit retry {}`",
                    name.Text(), SideName(receiver), turn.view.spec.id));
    return false;
  }
  if ((*there)->partition_keys != (*here)->partition_keys) {
    turn.Hold(fmt::format("table {} has other partition keys at {}", name.Text(), SideName(receiver)));
    return false;
  }
  if (!SameDefinition(**here, **there)) {
    TableMeta wanted = **here;
    wanted.location.clear();
    wanted.parameters.clear();
    turn.Do(AlterTable{receiver, std::move(wanted), turn.view.publishing()});
    return false;
  }
  return true;
}

// --- Copies under way ---

nlohmann::json PartitionsToJson(const std::vector<PartitionCopy>& partitions) {
  nlohmann::json json = nlohmann::json::array();
  for (const PartitionCopy& partition : partitions) json.push_back(ToJson(partition));
  return json;
}

// The listing by which the copy was ordered. If the copy does not equal it, the table may be another by now;
// in a state that looks once the same copy would be ordered again and again.
Question ListingBehind(const StartCopy& copy) {
  return LookAtManifest{copy.direction == Direction::kToTarget ? Side::kSource : Side::kTarget, copy.table};
}

void ConcludeFailed(Turn& turn, const std::string& op, const StartCopy& copy, const std::string& why) {
  turn.wish.conclusions.push_back({op, {{"outcome", "failed"}, {"error", why}}, true, ListingBehind(copy)});
}

void ConcludeVerified(Turn& turn, const std::string& op, const StartCopy& copy,
                      const std::vector<VerifiedPartition>& verified) {
  std::vector<PartitionCopy> equal;
  nlohmann::json problems = nlohmann::json::array();
  bool differs = false;
  for (const VerifiedPartition& each : verified) {
    if (each.verdict == CopyVerdict::kEqual || !Stands(Defence::kVerifiedCopies)) {
      equal.push_back(each.partition);
    } else {
      problems.push_back(fmt::format("{}/{}: {}", copy.table.Text(), each.partition.name, each.message));
      differs = differs || each.verdict == CopyVerdict::kDiffers;
    }
  }
  nlohmann::json body = {{"outcome", "done"}, {"partitions", PartitionsToJson(equal)}};
  std::optional<Question> untrue;
  if (!problems.empty()) {
    body["problems"] = std::move(problems);
    untrue = ListingBehind(copy);
  }
  turn.wish.conclusions.push_back({op, std::move(body), differs, std::move(untrue)});
}

void AdvanceCopy(Turn& turn, const std::string& op, const StartCopy& copy) {
  const auto* status = turn.Look(LookAtCopy{copy.tag}, turn.view.policy().look_again);
  if (status == nullptr) return;
  switch (status->state) {
    case CopyState::kRunning: return turn.AskAgainEvery(LookAtCopy{copy.tag}, turn.view.ask_every());
    case CopyState::kAbsent:
      if (!turn.view.begun.contains(op)) return;  // the engine looks its submission up, and submits again
      return ConcludeFailed(turn, op, copy, "nobody knows it any more");
    case CopyState::kFailed:
    case CopyState::kCancelled: return ConcludeFailed(turn, op, copy, status->message);
    case CopyState::kSucceeded: break;
  }
  const auto* verified =
      turn.Look(VerifyCopy{copy.direction, copy.partitions}, turn.view.policy().evidence_age_max);
  if (verified != nullptr) ConcludeVerified(turn, op, copy, *verified);
}

// Looks after the table's copies; returns the partitions that are on their way.
std::set<std::string> AdvanceCopies(Turn& turn, const TableName& table) {
  std::set<std::string> on_their_way;
  for (const auto& [op, intent] : turn.view.row.open) {
    const auto* copy = std::get_if<StartCopy>(&intent.action);
    if (copy == nullptr || copy->table != table) continue;
    for (const PartitionCopy& partition : copy->partitions) on_their_way.insert(partition.name);
    AdvanceCopy(turn, op, *copy);
  }
  const auto waiting = turn.view.row.unpublished.find(table);
  if (waiting != turn.view.row.unpublished.end()) {
    for (const PartitionCopy& partition : waiting->second) on_their_way.insert(partition.name);
  }
  return on_their_way;
}

int CopiesUnderWay(const Turn& turn) {
  auto copies = [](const auto& actions, auto action_of) {
    return std::count_if(actions.begin(), actions.end(), [&](const auto& each) {
      return std::holds_alternative<StartCopy>(action_of(each));
    });
  };
  return static_cast<int>(
      copies(turn.view.row.open, [](const auto& each) -> const Action& { return each.second.action; }) +
      copies(turn.wish.actions, [](const Action& action) -> const Action& { return action; }));
}

// --- What differs ---

struct Difference {
  std::vector<const PartitionState*> copy;  // by name
  std::vector<std::string> drop;
};

bool EntryHolds(const ReplicaEntry& entry, const PartitionState& from) {
  return entry.from_fingerprint == from.fingerprint && entry.from_location == from.location;
}

// What must be copied as far as the sending side alone tells.
Difference DifferenceFrom(const std::map<std::string, ReplicaEntry>& entries, const Manifest& from) {
  Difference difference;
  for (const PartitionState& partition : from.partitions) {
    const auto entry = entries.find(partition.name);
    if (entry == entries.end() || !EntryHolds(entry->second, partition))
      difference.copy.push_back(&partition);
  }
  return difference;
}

// What the receiving side shows that the entries do not promise.
void AddDifferenceAt(const std::map<std::string, ReplicaEntry>& entries, const Manifest& from,
                     const Manifest& to, Difference& difference) {
  for (const PartitionState& partition : from.partitions) {
    const auto entry = entries.find(partition.name);
    if (entry == entries.end()) continue;  // listed already
    const PartitionState* there = FindPartition(to, partition.name);
    if (there == nullptr || there->fingerprint != entry->second.to_fingerprint ||
        there->location != entry->second.to_location) {
      if (EntryHolds(entry->second, partition)) difference.copy.push_back(&partition);
    }
  }
  for (const PartitionState& partition : to.partitions) {
    if (FindPartition(from, partition.name) == nullptr) difference.drop.push_back(partition.name);
  }
  std::sort(difference.copy.begin(), difference.copy.end(),
            [](const PartitionState* a, const PartitionState* b) { return a->name < b->name; });
}

// --- Wishes ---

void WishPublish(Turn& turn, const TableName& table, Side receiver, const Manifest* from, const Manifest* to,
                 const Difference& difference) {
  Publish publish{receiver, table, turn.view.publishing(), {}, {}, {}};
  const auto waiting = turn.view.row.unpublished.find(table);
  size_t left_waiting = 0;
  if (waiting != turn.view.row.unpublished.end()) {
    const size_t count = std::min(waiting->second.size(), kPublishedPartitionsMax);
    publish.partitions.assign(waiting->second.begin(),
                              waiting->second.begin() + static_cast<ptrdiff_t>(count));
    left_waiting = waiting->second.size() - count;
  }
  const size_t dropped = std::min(difference.drop.size(), kPublishedPartitionsMax);
  publish.dropped.assign(difference.drop.begin(), difference.drop.begin() + static_cast<ptrdiff_t>(dropped));
  // Parameters promise the data that was there when they were read: they go with the last of it.
  const bool complete = from != nullptr && to != nullptr && left_waiting == 0 &&
                        dropped == difference.drop.size() && difference.copy.empty();
  if (complete || (from != nullptr && to != nullptr && !Stands(Defence::kWatermarkLast))) {
    for (const auto& [key, value] : from->parameters) {
      const auto there = to->parameters.find(key);
      if (there == to->parameters.end() || there->second != value) publish.parameters[key] = value;
    }
  }
  std::sort(publish.partitions.begin(), publish.partitions.end(),
            [](const PartitionCopy& a, const PartitionCopy& b) { return a.name < b.name; });
  if (publish.partitions.empty() && publish.dropped.empty() && publish.parameters.empty()) return;
  const auto* seal =
      turn.Look(LookAtBarrier{receiver, table, Party::kCopiers}, turn.view.policy().evidence_age_max);
  if (seal == nullptr) return;
  if (seal->closed) {
    turn.Do(SetBarrier{receiver, table, Party::kCopiers, false, publish.token});
    return;
  }
  turn.Do(std::move(publish));
}

// The calendar forbids copies just now. Those of a frozen unit go on: its writers are waiting.
bool CopiesAreBlackedOut(Turn& turn) {
  if (IsFrozen(turn.view.row.state)) return false;
  for (const Blackout& blackout : turn.view.migration.blackouts) {
    if (!blackout.stops_copies) continue;
    const auto now = FindBlackout({blackout}, turn.view.wall, Duration(0));
    if (!now) continue;
    turn.WaitFor("the black-out of copies until " + FormatTimestamp(now->until) + " to end");
    turn.LookAgainIn(now->until - turn.view.wall);
    return true;
  }
  return false;
}

// Wishes as many copies as the limits allow, in packages of neighbouring partitions.
void WishCopies(Turn& turn, const TableName& table, Side receiver,
                const std::vector<const PartitionState*>& partitions, Nanoseconds since) {
  const auto* database = turn.LookSince(LookAtDatabase{receiver, table.db}, since);
  if (database == nullptr) return;
  if (!database->has_value()) {
    turn.Hold("database " + table.db + " vanished from " + SideName(receiver));
    return;
  }
  if (partitions.empty() || CopiesAreBlackedOut(turn)) return;
  const Policy& policy = turn.view.policy();
  size_t next = 0;
  while (next < partitions.size() && CopiesUnderWay(turn) < policy.copies_per_unit_max) {
    StartCopy copy{table,
                   receiver == Side::kTarget ? Direction::kToTarget : Direction::kToSource,
                   "",
                   {},
                   turn.view.bytes_per_second_max};
    int64_t bytes = 0;
    for (; next < partitions.size() && copy.partitions.size() < policy.partitions_per_copy_max; ++next) {
      const PartitionState& partition = *partitions[next];
      if (!copy.partitions.empty() && bytes + partition.bytes > policy.bytes_per_copy_max) break;
      bytes += partition.bytes;
      copy.partitions.push_back({partition.name, partition.location, (*database)->location,
                                 partition.fingerprint, "", "", partition.bytes, partition.files,
                                 partition.parameters, partition.storage});
    }
    turn.Do(std::move(copy));
  }
}

// --- Rows that jobs at the receiving side computed ---

bool IsAskedFor(const UnitView& view, const TableName& table) {
  return std::any_of(view.asking.begin(), view.asking.end(), [&](const auto& asked) {
    const auto* compare = std::get_if<CompareRows>(&asked.first);
    return compare != nullptr && compare->table == table;
  });
}

// Takes partitions with equal rows out of `partitions` and into evidence. False while comparisons are under
// way.
bool AdoptEqualRows(Turn& turn, const TableName& table, const Manifest& to,
                    std::vector<const PartitionState*>& partitions, Nanoseconds since) {
  CompareRows unknown{table, {}};
  std::vector<PartitionCopy> adopted;
  std::vector<const PartitionState*> differing;
  for (const PartitionState* partition : partitions) {
    const PartitionState* there = FindPartition(to, partition->name);
    if (there == nullptr) {
      differing.push_back(partition);
      continue;
    }
    const auto* compared = turn.view.answers.Find(CompareRows{table, {partition->name}}, since);
    if (compared == nullptr) {
      if (unknown.partitions.size() < kComparedPartitionsMax) unknown.partitions.push_back(partition->name);
    } else if (compared->front().source == compared->front().target) {
      adopted.push_back({partition->name, partition->location, there->location, partition->fingerprint,
                         there->fingerprint, "", there->bytes, there->files, there->parameters,
                         there->storage});
    } else {
      differing.push_back(partition);
    }
  }
  if (!unknown.partitions.empty()) {
    if (!IsAskedFor(turn.view, table)) turn.wish.questions.push_back(std::move(unknown));
    return false;
  }
  if (!adopted.empty()) {
    turn.wish.evidence.push_back(
        {{"type", "adopted"}, {"table", table.Text()}, {"partitions", PartitionsToJson(adopted)}});
    return false;  // the entries have to be folded first
  }
  partitions = std::move(differing);
  return true;
}

}  // namespace

bool SyncsBack(const UnitView& view) {
  return view.row.from == Side::kSource || Stands(Defence::kReverseSync);
}

std::string CopyTagPrefix(const std::string& unit) { return "godwit:" + unit + ":"; }

void NameAttempt(StartCopy& copy, const std::string& unit, int64_t generation, const std::string& op) {
  copy.tag = CopyTagPrefix(unit) + std::to_string(generation) + ":" + op;
  for (PartitionCopy& partition : copy.partitions) {
    const std::string& own = Stands(Defence::kOwnFolder) ? op : unit;
    partition.to = fmt::format("{}/{}/{}/{}", partition.to, kAttemptFolder, copy.table.name, own);
    if (!partition.name.empty()) partition.to += "/" + partition.name;
  }
}

bool Replicate(Turn& turn, const TableName& table, Side receiver, CopyRule rule, Nanoseconds since) {
  bool is_view = false;
  if (!EnsureDefinition(turn, table, receiver, since, is_view)) return false;
  if (is_view) return turn.LookSince(LookAtManifest{Other(receiver), table}, since) != nullptr;
  if (rule == CopyRule::kLeaveRows || !SyncsBack(turn.view)) return true;

  const std::set<std::string> on_their_way = AdvanceCopies(turn, table);
  const std::map<std::string, ReplicaEntry>& entries = turn.view.replicas.Entries(receiver, table);
  const Manifest* from = turn.LookSince(LookAtManifest{Other(receiver), table}, since);
  if (from == nullptr) return false;
  Difference difference = DifferenceFrom(entries, *from);
  std::erase_if(difference.copy,
                [&](const PartitionState* each) { return on_their_way.contains(each->name); });
  const Manifest* to = nullptr;
  const bool look_at_both =
      rule == CopyRule::kAdoptOrCopy || (difference.copy.empty() && on_their_way.empty());
  if (look_at_both) {
    to = turn.LookSince(LookAtManifest{receiver, table}, since);
    if (to == nullptr) return false;
    AddDifferenceAt(entries, *from, *to, difference);
    std::erase_if(difference.copy,
                  [&](const PartitionState* each) { return on_their_way.contains(each->name); });
    if (rule == CopyRule::kAdoptOrCopy && !AdoptEqualRows(turn, table, *to, difference.copy, since))
      return false;
  }
  const size_t wishes = turn.wish.actions.size() + turn.wish.questions.size();
  WishPublish(turn, table, receiver, from, to, difference);
  if (!turn.view.held()) WishCopies(turn, table, receiver, difference.copy, since);
  const bool in_step = to != nullptr && difference.copy.empty() && difference.drop.empty() &&
                       on_their_way.empty() &&
                       wishes == turn.wish.actions.size() + turn.wish.questions.size();
  if (in_step) turn.wish.in_step.insert(table);
  return in_step;
}

int64_t DifferenceInBytes(const UnitView& view) {
  int64_t bytes = 0;
  for (const TableName& table : view.spec.tables) {
    const auto* from = view.answers.Find(LookAtManifest{view.row.from, table}, view.state_since);
    if (from == nullptr) continue;
    for (const PartitionState* partition :
         DifferenceFrom(view.replicas.Entries(view.row.to(), table), *from).copy) {
      bytes += partition->bytes;
    }
  }
  return bytes;
}

}  // namespace godwit::executor
