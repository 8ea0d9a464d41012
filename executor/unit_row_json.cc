#include <nlohmann/json.hpp>

#include "executor/unit_row.h"

namespace godwit::executor {

using Json = nlohmann::json;

NLOHMANN_JSON_SERIALIZE_ENUM(Decision, {{Decision::kNone, "none"},
                                        {Decision::kCommit, "commit"},
                                        {Decision::kCancel, "cancel"}})
NLOHMANN_JSON_SERIALIZE_ENUM(RunMode,
                             {{RunMode::kOld, "old"}, {RunMode::kBoth, "both"}, {RunMode::kNew, "new"}})
NLOHMANN_DEFINE_TYPE_NON_INTRUSIVE(Deadline, boot_id, since_boot_ns)
NLOHMANN_DEFINE_TYPE_NON_INTRUSIVE(Freeze, generation, begun, ended, begun_ns, milliseconds)
NLOHMANN_DEFINE_TYPE_NON_INTRUSIVE(Evidence, generation, seal_generation, boot_id, since_boot_ns, manifests)
NLOHMANN_DEFINE_TYPE_NON_INTRUSIVE(DualRunDifference, partition, columns, sample, due, cause, waived_by)
NLOHMANN_DEFINE_TYPE_NON_INTRUSIVE(Shadow, cursors, compared, equal_cycles)
NLOHMANN_DEFINE_TYPE_NON_INTRUSIVE(ReplicaEntry, from_location, from_fingerprint, to_location, to_fingerprint,
                                   bytes, computed)

namespace {

Result<UnitRow> Read(const Json& json) {
  UnitRow row;
  const std::optional<UnitState> state = ParseUnitState(json.at("state").get<std::string>());
  if (!state) return Corrupt("unknown unit state " + json.at("state").dump());
  row.state = *state;
  row.from = json.at("from") == "source" ? Side::kSource : Side::kTarget;
  json.at("generation").get_to(row.generation);
  json.at("seal_generation").get_to(row.seal_generation);
  json.at("decision").get_to(row.decision);
  json.at("operations").get_to(row.operations);
  json.at("attempts").get_to(row.attempts);
  json.at("plan_hash").get_to(row.plan_hash);
  json.at("freeze_deadline").get_to(row.freeze_deadline);
  row.freeze_ended = json.value("freeze_ended", Deadline{});
  if (json.contains("evidence")) row.evidence = json.at("evidence").get<Evidence>();
  if (json.contains("shadow")) row.shadow = json.at("shadow").get<Shadow>();
  json.at("differences").get_to(row.differences);
  json.at("modes").get_to(row.modes);
  json.at("freezes").get_to(row.freezes);
  json.at("disabled").get_to(row.disabled);
  row.handed_over = json.value("handed_over", std::set<std::string>{});
  json.at("held").get_to(row.held);
  json.at("held_why").get_to(row.held_why);
  json.at("cancel_requested").get_to(row.cancel_requested);
  json.at("reverse_requested").get_to(row.reverse_requested);
  json.at("complete_requested").get_to(row.complete_requested);
  json.at("retry_requested").get_to(row.retry_requested);
  json.at("switch_approved").get_to(row.switch_approved);
  if (json.contains("cutover_not_before")) {
    GODWIT_TRY_ASSIGN(row.cutover_not_before,
                      ParseTimestamp(json.at("cutover_not_before").get<std::string>()));
  }
  json.at("folded").get_to(row.folded);
  // Not in files of earlier versions.
  row.switch_approved_by = json.value("switch_approved_by", "");
  row.approval_wanted = json.value("approval_wanted", false);
  row.breaker_why = json.value("breaker_why", "");
  if (json.contains("switch_approved_at")) {
    GODWIT_TRY_ASSIGN(row.switch_approved_at,
                      ParseTimestamp(json.at("switch_approved_at").get<std::string>()));
  }
  return row;
}

}  // namespace

Json ToJson(const UnitRow& row) {
  Json json = {{"state", UnitStateName(row.state)},
               {"from", SideName(row.from)},
               {"generation", row.generation},
               {"seal_generation", row.seal_generation},
               {"decision", row.decision},
               {"operations", row.operations},
               {"attempts", row.attempts},
               {"plan_hash", row.plan_hash},
               {"freeze_deadline", row.freeze_deadline},
               {"freeze_ended", row.freeze_ended},
               {"differences", row.differences},
               {"modes", row.modes},
               {"freezes", row.freezes},
               {"disabled", row.disabled},
               {"handed_over", row.handed_over},
               {"held", row.held},
               {"held_why", row.held_why},
               {"cancel_requested", row.cancel_requested},
               {"reverse_requested", row.reverse_requested},
               {"complete_requested", row.complete_requested},
               {"retry_requested", row.retry_requested},
               {"switch_approved", row.switch_approved},
               {"folded", row.folded}};
  if (row.evidence) json["evidence"] = *row.evidence;
  if (row.shadow) json["shadow"] = *row.shadow;
  if (!row.switch_approved_by.empty()) json["switch_approved_by"] = row.switch_approved_by;
  if (row.switch_approved_at) json["switch_approved_at"] = FormatTimestamp(*row.switch_approved_at);
  if (row.approval_wanted) json["approval_wanted"] = true;
  if (!row.breaker_why.empty()) json["breaker_why"] = row.breaker_why;
  if (row.cutover_not_before) json["cutover_not_before"] = FormatTimestamp(*row.cutover_not_before);
  return json;
}

Result<UnitRow> UnitRowFromJson(const Json& json) {
  try {
    return Read(json);
  } catch (const Json::exception& error) {
    return Corrupt(std::string("a unit's row in the state file cannot be read: ") + error.what());
  }
}

Json ToJson(const OpenIntent& intent) {
  return {{"sequence", intent.sequence},
          {"generation", intent.generation},
          {"state", UnitStateName(intent.state)},
          {"action", ToJson(intent.action)}};
}

Result<OpenIntent> OpenIntentFromJson(const Json& json) {
  try {
    const std::optional<UnitState> state = ParseUnitState(json.at("state").get<std::string>());
    if (!state) return Corrupt("unknown unit state " + json.at("state").dump());
    GODWIT_TRY_ASSIGN(Action action, ActionFromJson(json.at("action")));
    return OpenIntent{json.at("sequence").get<int64_t>(), json.at("generation").get<int64_t>(), *state,
                      std::move(action)};
  } catch (const Json::exception& error) {
    return Corrupt(std::string("an open intent in the state file cannot be read: ") + error.what());
  }
}

Json ToJson(const ReplicaEntry& entry) { return entry; }

Result<ReplicaEntry> ReplicaEntryFromJson(const Json& json) {
  try {
    return json.get<ReplicaEntry>();
  } catch (const Json::exception& error) {
    return Corrupt(std::string("a replica's entry in the state file cannot be read: ") + error.what());
  }
}

}  // namespace godwit::executor
