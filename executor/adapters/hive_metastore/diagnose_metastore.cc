#include "executor/adapters/hive_metastore/diagnose_metastore.h"

#include <fmt/format.h>

#include <algorithm>

#include "executor/adapters/hive_metastore/hive_catalog.h"

namespace godwit::executor {

namespace {

using Findings = std::vector<Finding>;

void Add(Findings& findings, Severity severity, std::string check, std::string text,
         std::string remedy = "") {
  findings.push_back({severity, "metastore." + std::move(check), std::move(text), std::move(remedy)});
}

bool CheckConnection(MetastoreClient& client, Findings& findings) {
  HiveCatalog catalog(client);
  const auto identity = catalog.Identity();
  if (!identity.ok()) {
    Add(findings, Severity::kProblem, "connection", identity.error().message,
        "check the addresses, the firewall, and that the server wants neither SASL nor TLS");
    return false;
  }
  std::string version;
  (void)client.Read("version", [&](MetastoreStub& stub) { stub.getVersion(version); });
  Add(findings, Severity::kGood, "connection", fmt::format("{} answers, version {}", *identity, version));
  if (client.config().uris.size() == 1) {
    Add(findings, Severity::kNote, "ha",
        "one metastore address is known: while it is down the migration waits",
        "list the others in the site's `uris` if there are any");
  }
  return true;
}

std::string Setting(MetastoreClient& client, const std::string& name) {
  std::string value;
  const Status read =
      client.Read("setting " + name, [&](MetastoreStub& stub) { stub.get_config_value(value, name, ""); });
  return read.ok() ? value : "";
}

void CheckNotifications(MetastoreClient& client, Findings& findings) {
  hms::CurrentNotificationEventId id;
  const Status read =
      client.Read("notification log", [&](MetastoreStub& stub) { stub.get_current_notificationEventId(id); });
  if (read.ok()) {
    Add(findings, Severity::kGood, "notifications",
        fmt::format("the notification log stands at {}", id.eventId));
  } else {
    Add(findings, Severity::kNote, "notifications", read.error().message,
        "not needed: file listings decide what changed");
  }
}

// A 4.0 server hands out external tables where managed ones are asked for.
void CheckTranslation(MetastoreClient& client, Findings& findings) {
  const std::string transformer = Setting(client, "metastore.metadata.transformer.class");
  if (transformer.find("Transformer") == transformer.npos) return;
  Add(findings, Severity::kNote, "translation",
      "this metastore makes managed tables that are not transactional external ones "
      "(external.table.purge=TRUE)",
      "let databases lie outside its managed folder (metastore.warehouse.dir), or it refuses the tables");
}

// "/a/b" holds "/a/b" and "/a/b/c".
bool Holds(const TableMeta& outer, const TableMeta& inner) {
  return (inner.location + "/").starts_with(outer.location + "/");
}

void CheckDatabase(MetastoreClient& client, const std::string& database, size_t& budget,
                   std::vector<TableMeta>& tables, Findings& findings) {
  HiveCatalog catalog(client);
  const auto there = catalog.GetDatabase(database);
  if (!there.ok() || !*there) {
    Add(findings, Severity::kNote, "database", fmt::format("database {} is not there yet", database));
    return;
  }
  std::vector<std::string> names;
  (void)client.Read("tables of " + database,
                    [&](MetastoreStub& stub) { stub.get_all_tables(names, database); });
  for (const std::string& name : names) {
    if (budget == 0) return;
    --budget;
    const auto table = catalog.GetTable({database, name});
    if (!table.ok() || !*table) continue;
    tables.push_back(**table);
    const auto reason = (*table)->storage.find("unsupported");
    if (reason == (*table)->storage.end()) continue;
    Add(findings, Severity::kWarning, "table",
        fmt::format("{}.{} will not be moved: {}", database, name, reason->second),
        "move it by its own tools");
  }
}

void CheckFunctions(MetastoreClient& client, const std::string& database, Findings& findings) {
  std::vector<std::string> names;
  if (!client.Read("functions", [&](MetastoreStub& stub) { stub.get_functions(names, database, "*"); }).ok())
    return;
  for (const std::string& name : names) {
    hms::Function function;
    const Status read =
        client.Read("function", [&](MetastoreStub& stub) { stub.get_function(function, database, name); });
    if (!read.ok()) continue;
    std::string jars;
    for (const hms::ResourceUri& uri : function.resourceUris) jars += (jars.empty() ? "" : ", ") + uri.uri;
    Add(findings, Severity::kNote, "function",
        fmt::format("{}.{} is {} from {}", database, name, function.className,
                    jars.empty() ? "the class path" : jars),
        fmt::format("copy the jar, then at the target: CREATE FUNCTION {}.{} AS '{}' USING JAR '…'", database,
                    name, function.className));
  }
}

}  // namespace

std::vector<Finding> FindSharedFolders(std::vector<TableMeta> tables) {
  std::erase_if(tables, [](const TableMeta& table) { return table.location.empty(); });
  // With the separator at its end a folder stands right before all that lies in it.
  std::ranges::sort(tables, {},
                    [](const TableMeta& table) { return std::make_pair(table.location + "/", table.name); });
  Findings findings;
  std::vector<const TableMeta*> around;  // the folders that hold the table in turn, outermost first
  for (const TableMeta& table : tables) {
    while (!around.empty() && !Holds(*around.back(), table)) around.pop_back();
    const auto outer = std::find_if(around.rbegin(), around.rend(), [&](const TableMeta* each) {
      return each->partition_keys.empty() || each->location == table.location;
    });
    if (outer != around.rend()) {
      const bool same = (*outer)->location == table.location;
      Add(findings, Severity::kWarning, "folder",
          fmt::format("the files of {} are files of {} too: {} is {} folder", table.name.Text(),
                      (*outer)->name.Text(), table.location, same ? "their" : "inside its"),
          "what is written to one changes both: let them move together (`godwit plan edit merge`), or give "
          "one "
          "a folder of its own");
    }
    around.push_back(&table);
  }
  return findings;
}

std::vector<Finding> DiagnoseMetastore(MetastoreClient& client, const std::vector<std::string>& databases) {
  Findings findings;
  if (!CheckConnection(client, findings)) return findings;
  CheckNotifications(client, findings);
  CheckTranslation(client, findings);
  size_t budget = kTablesDiagnosedMax;
  std::vector<TableMeta> tables;
  for (const std::string& database : databases) {
    CheckDatabase(client, database, budget, tables, findings);
    CheckFunctions(client, database, findings);
  }
  std::ranges::move(FindSharedFolders(std::move(tables)), std::back_inserter(findings));
  return findings;
}

}  // namespace godwit::executor
