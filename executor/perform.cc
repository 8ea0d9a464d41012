#include "executor/action.h"

namespace godwit::executor {
namespace {

constexpr char kOpParameter[] = "godwit.op";

Publication PublicationOf(const Publish& publish, const std::string& op) {
  Publication publication{publish.table, {}, publish.dropped, publish.parameters, op, publish.token};
  for (const PartitionCopy& partition : publish.partitions) {
    publication.partitions.push_back({partition.name, partition.to, partition.parameters, partition.storage});
  }
  return publication;
}

CopyRequest RequestOf(const StartCopy& copy) {
  CopyRequest request{copy.tag, copy.direction, {}, copy.bytes_per_second_max};
  for (const PartitionCopy& partition : copy.partitions) {
    request.items.push_back({partition.from, partition.to});
    request.bytes += partition.bytes;
  }
  return request;
}

struct Performer {
  const std::string& op;
  World& world;

  Result<Effect> operator()(const CreateDatabase& a) const {
    return world.At(a.side).catalog.CreateDatabase(a.database);
  }
  Result<Effect> operator()(const CreateTable& a) const {
    return world.At(a.side).catalog.CreateTable(a.table, op);
  }
  Result<Effect> operator()(const AlterTable& a) const {
    return world.At(a.side).catalog.AlterTable(a.table, op, a.token);
  }
  Result<Effect> operator()(const StartCopy& a) const { return world.copier.Submit(RequestOf(a)); }
  Result<Effect> operator()(const Publish& a) const {
    return world.At(a.side).catalog.Publish(PublicationOf(a, op));
  }
  Result<Effect> operator()(const SetBarrier& a) const {
    return world.At(a.side).barrier.Set(a.table, a.party, a.closed, a.token);
  }
  Result<Effect> operator()(const SetPaused& a) const {
    return world.At(a.side).scheduler.SetPaused(a.job, a.paused, a.token);
  }
  Result<Effect> operator()(const SetGuard& a) const {
    return world.At(a.side).scheduler.SetGuard(a.job, a.closed, a.token);
  }
  Result<Effect> operator()(const SetCursor& a) const {
    return world.At(a.side).scheduler.SetCursor(a.job, a.was, a.cursor, a.token);
  }
  Result<Effect> operator()(const SetRoute& a) const {
    return world.At(a.side).catalog.SetRoute(a.table, a.route);
  }
  Result<Effect> operator()(const CancelCopy& a) const { return world.copier.Cancel(a.tag); }
};

Sighting FromToken(Token seen, Token ours, bool as_wanted) {
  if (seen > ours) return Sighting::kOvertaken;
  return seen == ours && as_wanted ? Sighting::kDone : Sighting::kNotDone;
}

bool SameDefinition(const TableMeta& a, const TableMeta& b) {
  return a.columns == b.columns && a.partition_keys == b.partition_keys && a.storage == b.storage &&
         a.view_text == b.view_text;
}

struct Looker {
  const std::string& op;
  World& world;

  Result<Sighting> operator()(const CreateDatabase& a) const {
    GODWIT_TRY_ASSIGN(const auto database, world.At(a.side).catalog.GetDatabase(a.database.name));
    return database ? Sighting::kDone : Sighting::kNotDone;
  }

  Result<Sighting> operator()(const CreateTable& a) const {
    GODWIT_TRY_ASSIGN(const auto table, world.At(a.side).catalog.GetTable(a.table.name));
    if (!table) return Sighting::kNotDone;
    const auto marker = table->parameters.find(kOpParameter);
    return marker != table->parameters.end() && marker->second == op ? Sighting::kDone : Sighting::kOvertaken;
  }

  Result<Sighting> operator()(const AlterTable& a) const {
    GODWIT_TRY_ASSIGN(const auto table, world.At(a.side).catalog.GetTable(a.table.name));
    if (!table) return Sighting::kOvertaken;
    return SameDefinition(*table, a.table) ? Sighting::kDone : Sighting::kNotDone;
  }

  Result<Sighting> operator()(const StartCopy& a) const {
    GODWIT_TRY_ASSIGN(const CopyStatus status, world.copier.Poll(a.tag));
    return status.state == CopyState::kAbsent ? Sighting::kNotDone : Sighting::kDone;
  }

  Result<Sighting> operator()(const Publish& a) const {
    for (const PartitionCopy& wanted : a.partitions) {
      GODWIT_TRY_ASSIGN(const auto location, LocationOf(a, wanted.name));
      if (location != wanted.to) return Sighting::kNotDone;
    }
    for (const std::string& name : a.dropped) {
      GODWIT_TRY_ASSIGN(const auto location, LocationOf(a, name));
      if (location) return Sighting::kNotDone;
    }
    GODWIT_TRY_ASSIGN(const auto table, world.At(a.side).catalog.GetTable(a.table));
    if (!table) return Sighting::kOvertaken;
    for (const auto& [key, value] : a.parameters) {
      const auto found = table->parameters.find(key);
      if (found == table->parameters.end() || found->second != value) return Sighting::kNotDone;
    }
    return Sighting::kDone;
  }

  Result<Sighting> operator()(const SetBarrier& a) const {
    GODWIT_TRY_ASSIGN(const BarrierStatus status, world.At(a.side).barrier.Get(a.table, a.party));
    return FromToken(status.token, a.token, status.closed == a.closed);
  }

  Result<Sighting> operator()(const SetPaused& a) const {
    GODWIT_TRY_ASSIGN(const JobStatus status, world.At(a.side).scheduler.GetJob(a.job));
    if (status.token == 0) return status.paused == a.paused ? Sighting::kDone : Sighting::kNotDone;
    return FromToken(status.token, a.token, status.paused == a.paused);
  }

  Result<Sighting> operator()(const SetGuard& a) const {
    GODWIT_TRY_ASSIGN(const JobStatus status, world.At(a.side).scheduler.GetJob(a.job));
    return FromToken(status.guard_token, a.token, status.guard_closed == a.closed);
  }

  Result<Sighting> operator()(const SetCursor& a) const {
    GODWIT_TRY_ASSIGN(const JobStatus status, world.At(a.side).scheduler.GetJob(a.job));
    if (status.cursor == a.cursor) return Sighting::kDone;
    const bool overtaken = status.token > a.token || !status.paused || status.cursor != a.was;
    return overtaken ? Sighting::kOvertaken : Sighting::kNotDone;
  }

  Result<Sighting> operator()(const SetRoute& a) const {
    GODWIT_TRY_ASSIGN(const Route route, world.At(a.side).catalog.GetRoute(a.table));
    return FromToken(route.token, a.route.token, route.site == a.route.site);
  }

  Result<Sighting> operator()(const CancelCopy& a) const {
    GODWIT_TRY_ASSIGN(const CopyStatus status, world.copier.Poll(a.tag));
    return status.state == CopyState::kRunning ? Sighting::kNotDone : Sighting::kDone;
  }

 private:
  // Where a partition stands now; nothing if it is not there.
  Result<std::optional<std::string>> LocationOf(const Publish& publish, const std::string& name) const {
    GODWIT_TRY_ASSIGN(const auto partition, world.At(publish.side).catalog.GetPartition(publish.table, name));
    if (!partition) return std::optional<std::string>();
    return std::optional<std::string>(partition->location);
  }
};

}  // namespace

Result<Effect> Perform(const Action& action, const std::string& op, World& world) {
  return std::visit(Performer{op, world}, action);
}

Result<Sighting> LookUp(const Action& action, const std::string& op, World& world) {
  return std::visit(Looker{op, world}, action);
}

}  // namespace godwit::executor
