// The frozen part of a unit's life: stop writers, copy what is left, prove that both sides are equal.
#include <fmt/format.h>

#include <algorithm>

#include "executor/defence.h"
#include "executor/turn.h"

namespace godwit::executor {
namespace {

// All writers paused by this generation, denied at the resource, and none seen to run.
Seen WritersAreStopped(Turn& turn) {
  const UnitRow& row = turn.view.row;
  const Token token = turn.view.closing();
  const Nanoseconds age = turn.view.policy().look_again;
  Seen stopped = Seen::kYes;
  for (const JobSpec& job : turn.view.spec.jobs) {
    for (const Side side : {row.from, row.to()}) {
      const Seen paused =
          AssertPaused(turn, side, job, true, token, age) & AssertGuard(turn, side, job, true, token, age);
      stopped = stopped & paused;
      if (paused != Seen::kYes) continue;
      const auto* status = turn.Look(LookAtJob{side, job.name}, age);
      if (status->in_flight == 0 || !Stands(Defence::kDrain)) continue;
      turn.WaitFor(fmt::format("{} runs of {} to end at {}", status->in_flight, job.name, SideName(side)));
      turn.AskAgainEvery(LookAtJob{side, job.name}, turn.view.ask_every());
      stopped = Seen::kNo;
    }
  }
  for (const TableName& table : StoredTables(turn.view.spec)) {
    for (const Side side : {row.from, row.to()}) {
      stopped = stopped & AssertBarrier(turn, side, table, Party::kWriters, true, token, age);
    }
  }
  return stopped;
}

}  // namespace

std::vector<TableName> StoredTables(const UnitSpec& spec) {
  std::vector<TableName> stored;
  for (const TableName& table : spec.tables) {
    if (!spec.views.contains(table)) stored.push_back(table);
  }
  return stored;
}

bool NothingIsLeftBehind(Turn& turn) {
  if (!Stands(Defence::kLeftBehind)) return true;
  const UnitRow& row = turn.view.row;
  const Nanoseconds age = turn.view.policy().linger_every;
  bool clean = true;
  for (const TableName& table : StoredTables(turn.view.spec)) {
    const auto* barrier = turn.Look(LookAtBarrier{row.from, table, Party::kWriters}, age);
    if (barrier == nullptr) {
      clean = false;
    } else if (barrier->closed) {
      turn.Do(SetBarrier{row.from, table, Party::kWriters, false, turn.view.opening()});
      clean = false;
    }
  }
  for (const JobSpec& job : turn.view.spec.jobs) {
    if (row.generation == 0) continue;
    const auto* status = turn.Look(LookAtJob{row.from, job.name}, turn.view.policy().look_again);
    if (status == nullptr) {
      clean = false;
      continue;
    }
    if (!status->exists) continue;
    if (status->guard_closed) {
      turn.Do(SetGuard{row.from, job.name, false, turn.view.opening()});
      clean = false;
    }
    if (status->paused && !row.disabled.contains(job.name)) {
      turn.Do(SetPaused{row.from, job.name, false, turn.view.opening()});
      clean = false;
    }
  }
  return clean;
}

// Writers of the side that does not own the unit are shut out wherever they might come from.
void KeepOtherSideShut(Turn& turn) {
  const UnitRow& row = turn.view.row;
  const Nanoseconds age = turn.view.policy().linger_every;
  const std::set<TableName> shadowed = row.shadow ? ShadowTables(turn.view) : std::set<TableName>{};
  for (const JobSpec& job : turn.view.spec.jobs) {
    const bool shadow = row.shadow && row.shadow->cursors.contains(job.name);
    const auto* status = turn.Look(LookAtJob{row.to(), job.name}, age);
    if (status == nullptr || !status->exists || status->guard_closed == !shadow) continue;
    if (!shadow && !Stands(Defence::kJobGuard)) continue;
    const Token token = shadow ? turn.view.opening() : std::max(turn.view.closing(), status->guard_token);
    turn.Do(SetGuard{row.to(), job.name, !shadow, token});
  }
  for (const TableName& table : StoredTables(turn.view.spec)) {
    const auto* there = turn.view.answers.Find(LookAtTable{row.to(), table}, turn.view.state_since);
    if (there == nullptr || !there->has_value()) continue;
    const bool shadow = shadowed.contains(table);
    const auto* barrier = turn.Look(LookAtBarrier{row.to(), table, Party::kWriters}, age);
    if (barrier == nullptr || barrier->closed == !shadow) continue;
    if (!shadow && !Stands(Defence::kWriteBarrier)) continue;
    const Token token = shadow ? turn.view.opening() : std::max(turn.view.closing(), barrier->token);
    turn.Do(SetBarrier{row.to(), table, Party::kWriters, !shadow, token});
  }
}

Seen AssertGuard(Turn& turn, Side side, const JobSpec& job, bool closed, Token token, Nanoseconds age) {
  const auto* status = turn.Look(LookAtJob{side, job.name}, age);
  if (status == nullptr) return Seen::kUnknown;
  if (closed && !Stands(Defence::kJobGuard)) return Seen::kYes;
  const bool ours = status->guard_token == token || !Stands(Defence::kGeneration);
  if (status->guard_closed == closed && ours) return Seen::kYes;
  turn.Do(SetGuard{side, job.name, closed, token});
  return Seen::kNo;
}

Seen AssertPaused(Turn& turn, Side side, const JobSpec& job, bool paused, Token token, Nanoseconds age) {
  const auto* status = turn.Look(LookAtJob{side, job.name}, age);
  if (status == nullptr) return Seen::kUnknown;
  if (!status->exists) {
    turn.Hold(fmt::format("job {} is not known at {}: deploy it there", job.name, SideName(side)));
    return Seen::kNo;
  }
  // A scheduler that keeps no tokens says 0: its word is taken, and taken again later.
  const bool ours = status->token == token || status->token == 0 || !Stands(Defence::kGeneration);
  if (status->paused == paused && ours) return Seen::kYes;
  if (paused && !Stands(Defence::kPause)) return Seen::kYes;
  turn.Do(SetPaused{side, job.name, paused, token});
  return Seen::kNo;
}

Seen AssertBarrier(Turn& turn, Side side, const TableName& table, Party party, bool closed, Token token,
                   Nanoseconds age) {
  const auto* status = turn.Look(LookAtBarrier{side, table, party}, age);
  if (status == nullptr) return Seen::kUnknown;
  if (closed && !Stands(party == Party::kWriters ? Defence::kWriteBarrier : Defence::kSeal))
    return Seen::kYes;
  const bool ours = status->token == token || !Stands(Defence::kGeneration);
  if (status->closed == closed && ours) return Seen::kYes;
  turn.Do(SetBarrier{side, table, party, closed, token});
  return Seen::kNo;
}

namespace {

// Whether a run can have been overlooked: where the scheduler may list one late, at either side.
bool RunsMayBeListedLate(const UnitView& view) {
  if (view.policy().drain_reads <= 1 || !Stands(Defence::kSecondLook)) return false;
  const auto counts_at_once = [&](Side side, const JobSpec& job) {
    const auto* status = view.answers.Find(LookAtJob{side, job.name}, view.state_since);
    return status != nullptr && status->counts_at_once;
  };
  return !std::ranges::all_of(view.spec.jobs, [&](const JobSpec& job) {
    return counts_at_once(view.row.from, job) && counts_at_once(view.row.to(), job);
  });
}

}  // namespace

void DecideFreezing(Turn& turn) {
  const UnitView& view = turn.view;
  const Seen stopped = WritersAreStopped(turn);
  if (stopped == Seen::kUnknown) turn.wish.anchor = view.anchor;
  if (stopped != Seen::kYes) return;
  if (!RunsMayBeListedLate(view)) return turn.Go(Event::kFrozen);
  turn.wish.anchor = view.anchor ? view.anchor : Anchor{"stopped", view.now, std::nullopt};
  const Nanoseconds again = turn.wish.anchor->since + DrainGaps(view.policy());
  if (view.now < again) {
    turn.LookAgainIn(again - view.now);
    turn.WaitFor("a second look that nothing runs");
    return;
  }
  bool seen_again = true;
  for (const JobSpec& job : view.spec.jobs) {
    for (const Side side : {view.row.from, view.row.to()}) {
      seen_again = turn.LookSince(LookAtJob{side, job.name}, again) != nullptr && seen_again;
    }
  }
  if (seen_again) turn.Go(Event::kFrozen);
}

void DecideFinalCopy(Turn& turn) {
  if (WritersAreStopped(turn) != Seen::kYes) return;
  const CopyRule rule = turn.view.row.shadow ? CopyRule::kAdoptOrCopy : CopyRule::kCopy;
  bool in_step = true;
  for (const TableName& table : turn.view.spec.tables) {
    const bool computed = rule == CopyRule::kAdoptOrCopy && ShadowTables(turn.view).contains(table);
    in_step = Replicate(turn, table, turn.view.row.to(), computed ? rule : CopyRule::kCopy,
                        turn.view.state_since) &&
              in_step;
    const auto* manifest =
        turn.view.answers.Find(LookAtManifest{turn.view.row.from, table}, turn.view.state_since);
    if (manifest != nullptr && manifest->files_open_for_write > 0 && Stands(Defence::kOpenFiles)) {
      turn.WaitFor(fmt::format("{} files of {} to be closed", manifest->files_open_for_write, table.Text()));
      turn.Look(LookAtManifest{turn.view.row.from, table}, turn.view.policy().look_again);
      in_step = false;
    }
  }
  for (const auto& [op, intent] : turn.view.row.open) {
    if (std::holds_alternative<Publish>(intent.action))
      in_step = false;  // nobody knows yet what became of it
  }
  if (in_step && turn.wish.actions.empty()) {
    turn.Go(Event::kCaughtUp);
  } else {
    turn.WaitFor("the last difference to be copied");
  }
}

namespace {

// Whether no copier can reach the tables at `to`: sealed by this generation of the seal, and none runs.
Seen CopiersAreShutOut(Turn& turn) {
  const UnitRow& row = turn.view.row;
  const Nanoseconds age = turn.view.policy().look_again;
  Seen shut_out = Seen::kYes;
  for (const TableName& table : StoredTables(turn.view.spec)) {
    shut_out =
        shut_out & AssertBarrier(turn, row.to(), table, Party::kCopiers, true, turn.view.sealing(), age);
  }
  if (!Stands(Defence::kSeal)) return shut_out;
  const auto* running = turn.Look(LookForCopies{CopyTagPrefix(turn.view.spec.id)}, age);
  if (running == nullptr) return shut_out & Seen::kUnknown;
  for (const std::string& tag : *running) turn.Do(CancelCopy{tag});
  return shut_out & SeenAs(running->empty());
}

// The first thing that is not as the replica's entries say; "" if all is.
std::string FirstInequality(const std::map<std::string, ReplicaEntry>& entries, const Manifest& from,
                            const Manifest& to) {
  if (from.partitions.size() != to.partitions.size()) {
    return fmt::format("{} partitions against {}", from.partitions.size(), to.partitions.size());
  }
  for (size_t i = 0; i < from.partitions.size(); ++i) {
    const PartitionState& a = from.partitions[i];
    const PartitionState& b = to.partitions[i];
    const auto entry = entries.find(a.name);
    if (a.name != b.name || entry == entries.end() || entry->second.from_fingerprint != a.fingerprint ||
        entry->second.from_location != a.location || entry->second.to_fingerprint != b.fingerprint ||
        entry->second.to_location != b.location) {
      return "partition " + a.name;
    }
  }
  for (const auto& [key, value] : from.parameters) {
    const auto there = to.parameters.find(key);
    if (there == to.parameters.end() || there->second != value) return "parameter " + key;
  }
  return "";
}

}  // namespace

void DecideWaitConsistent(Turn& turn) {
  if (CopiersAreShutOut(turn) != Seen::kYes) {
    turn.WaitFor("copiers to be shut out of the target");
    return;
  }
  const UnitRow& row = turn.view.row;
  nlohmann::json manifests = nlohmann::json::object();
  bool complete = true;
  for (const TableName& table : turn.view.spec.tables) {
    // In this state nobody asks for manifests before the seal was seen.
    const auto* from = turn.LookSince(LookAtManifest{row.from, table}, turn.view.state_since);
    const auto* to = turn.LookSince(LookAtManifest{row.to(), table}, turn.view.state_since);
    if (from == nullptr || to == nullptr) {
      complete = false;
      continue;
    }
    const std::string inequality = FirstInequality(turn.view.replicas.Entries(row.to(), table), *from, *to);
    if (!inequality.empty() && Stands(Defence::kProof) && SyncsBack(turn.view)) {
      turn.Go(Event::kUnequal, {{"table", table.Text()}, {"what", inequality}});
      return;
    }
    manifests[table.Text()] = {from->Digest(), to->Digest()};
  }
  if (!complete) {
    turn.WaitFor("both sides to be listed");
    return;
  }
  turn.wish.evidence.push_back({{"type", "consistent"}, {"manifests", std::move(manifests)}});
  turn.Go(Event::kProven);
}

}  // namespace godwit::executor
