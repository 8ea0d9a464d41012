#include <nlohmann/json.hpp>

#include "executor/action.h"

namespace godwit::executor {

// nlohmann's hooks: found by argument-dependent lookup.
using Json = nlohmann::json;

NLOHMANN_JSON_SERIALIZE_ENUM(Side, {{Side::kSource, "source"}, {Side::kTarget, "target"}})
NLOHMANN_JSON_SERIALIZE_ENUM(Direction,
                             {{Direction::kToTarget, "to_target"}, {Direction::kToSource, "to_source"}})
NLOHMANN_JSON_SERIALIZE_ENUM(Party, {{Party::kWriters, "writers"}, {Party::kCopiers, "copiers"}})
NLOHMANN_JSON_SERIALIZE_ENUM(TableKind, {{TableKind::kManaged, "managed"},
                                         {TableKind::kExternal, "external"},
                                         {TableKind::kView, "view"},
                                         {TableKind::kTransactional, "transactional"},
                                         {TableKind::kOther, "other"}})

static void to_json(Json& json, const TableName& table) { json = table.Text(); }
static void from_json(const Json& json, TableName& table) {
  Result<TableName> parsed = ParseTableName(json.get_ref<const std::string&>());
  if (!parsed.ok()) throw std::invalid_argument(parsed.error().message);
  table = *parsed;
}
NLOHMANN_DEFINE_TYPE_NON_INTRUSIVE(Column, name, type, comment)
NLOHMANN_DEFINE_TYPE_NON_INTRUSIVE(DatabaseMeta, name, location, owner, parameters)
NLOHMANN_DEFINE_TYPE_NON_INTRUSIVE(TableMeta, name, kind, owner, columns, partition_keys, location, view_text,
                                   parameters, storage)
NLOHMANN_DEFINE_TYPE_NON_INTRUSIVE(PartitionCopy, name, from, to, from_fingerprint, to_fingerprint, content,
                                   bytes, files, parameters, storage)
NLOHMANN_DEFINE_TYPE_NON_INTRUSIVE(Route, site, token)
NLOHMANN_DEFINE_TYPE_NON_INTRUSIVE(CreateDatabase, side, database)
NLOHMANN_DEFINE_TYPE_NON_INTRUSIVE(CreateTable, side, table)
NLOHMANN_DEFINE_TYPE_NON_INTRUSIVE(AlterTable, side, table, token)
NLOHMANN_DEFINE_TYPE_NON_INTRUSIVE(StartCopy, table, direction, tag, partitions, bytes_per_second_max)
NLOHMANN_DEFINE_TYPE_NON_INTRUSIVE(Publish, side, table, token, partitions, dropped, parameters)
NLOHMANN_DEFINE_TYPE_NON_INTRUSIVE(SetBarrier, side, table, party, closed, token)
NLOHMANN_DEFINE_TYPE_NON_INTRUSIVE(SetPaused, side, job, paused, token)
NLOHMANN_DEFINE_TYPE_NON_INTRUSIVE(SetGuard, side, job, closed, token)
NLOHMANN_DEFINE_TYPE_NON_INTRUSIVE(SetCursor, side, job, was, cursor, token)
NLOHMANN_DEFINE_TYPE_NON_INTRUSIVE(SetRoute, side, table, route)
NLOHMANN_DEFINE_TYPE_NON_INTRUSIVE(CancelCopy, tag)

namespace {

// Tries the alternatives one after the other until the name fits.
template <size_t index = 0>
Action Read(const std::string& name, const Json& arguments) {
  if constexpr (index == std::variant_size_v<Action>) {
    throw std::invalid_argument("unknown action " + name);
  } else {
    using Alternative = std::variant_alternative_t<index, Action>;
    if (name == ActionName(Action(Alternative{}))) return arguments.get<Alternative>();
    return Read<index + 1>(name, arguments);
  }
}

}  // namespace

Json ToJson(const Action& action) {
  Json json = std::visit([](const auto& alternative) { return Json(alternative); }, action);
  json["action"] = ActionName(action);
  return json;
}

Result<Action> ActionFromJson(const Json& json) {
  try {
    return Read(json.at("action").get<std::string>(), json);
  } catch (const std::exception& error) {
    return Corrupt(std::string("the journal holds an action that this godwit cannot read: ") + error.what());
  }
}

Json ToJson(const PartitionCopy& partition) { return partition; }

Result<PartitionCopy> PartitionCopyFromJson(const Json& json) {
  try {
    return json.get<PartitionCopy>();
  } catch (const std::exception& error) {
    return Corrupt(std::string("the journal holds a partition that this godwit cannot read: ") +
                   error.what());
  }
}

}  // namespace godwit::executor
