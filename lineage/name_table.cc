#include "lineage/name_table.h"

#include <algorithm>

#include "lineage/names.h"
#include "sources/source_tree.h"

namespace godwit::lineage {
namespace {

constexpr size_t kLiteralMin = 4;      // letters a family's table part must have to be taken for a table
constexpr size_t kFamiliesMax = 5000;  // that are compared with tables

struct Parts {
  std::string database;
  std::string table;
};

Parts PartsOf(const std::string& name) {
  const size_t dot = name.rfind('.');
  if (dot == std::string::npos) return {"", name};
  return {name.substr(0, dot), name.substr(dot + 1)};
}

size_t Literals(const std::string& text) {
  return static_cast<size_t>(
      std::count_if(text.begin(), text.end(), [](char c) { return c != '*' && c != '_'; }));
}

// /…/sales.db/orders/… → sales.orders
std::string TableOfWarehousePath(const std::string& folder) {
  const size_t db = folder.find(".db/");
  if (db == std::string::npos) return "";
  const size_t begin = folder.rfind('/', db);
  const size_t table = db + 4;
  const size_t end = std::min(folder.find('/', table), folder.size());
  if (begin == std::string::npos || end == table) return "";
  return TableName(folder.substr(begin + 1, db - begin - 1) + "." + folder.substr(table, end - table), "");
}

}  // namespace

NameTable::NameTable(const Scan& scan) {
  for (const CatalogTable& table : scan.snapshot.tables) {
    AddName(table.name, false);
    AddLocation(table.location, table.name);
  }
  for (const JobRecord& job : scan.jobs) {
    for (const DefinitionRecord& definition : job.definitions) {
      AddName(definition.table, false);
      AddLocation(definition.location, definition.table);
    }
    for (const StatementRecord& statement : job.statements) {
      for (const ReadRecord& read : statement.reads) AddName(read.table, false);
      for (const WriteRecord& write : statement.writes) AddName(write.table, true);
    }
    for (const TransferRecord& transfer : job.transfers) {
      for (const std::string& read : transfer.reads) AddName(read, false);
      for (const std::string& write : transfer.writes) AddName(write, true);
    }
    for (const std::string& table : job.declared_reads) AddName(table, false);
    for (const std::string& table : job.declared_writes) AddName(table, true);
    for (const std::string& table : job.waits_for) AddName(table, false);
  }
  for (const sources::Declaration& declaration : scan.declarations) {
    for (const std::string& table : declaration.reads) AddName(table, false);
    for (const std::string& table : declaration.writes) AddName(table, true);
  }
  for (const LogLineage& log : scan.logs) {
    for (const std::string& table : log.reads) AddName(table, false);
    for (const std::string& table : log.writes) AddName(table, true);
  }
  BindFamilies();
}

void NameTable::AddName(const std::string& name, bool written) {
  if (name.starts_with("path:") || name.starts_with("external:")) return;
  if (!IsFamily(name)) {
    concrete_.insert(name);
    if (written) written_.insert(name);
    return;
  }
  const std::string key = FamilyKey(name);
  const auto [at, added] = family_.try_emplace(key, name);
  if (!added) at->second = std::min(at->second, name);
  if (written) written_.insert(key);
}

void NameTable::AddLocation(const std::string& folder, const std::string& table) {
  const std::string clean = FolderName(folder);
  // Of two tables over one folder, the first by name.
  if (clean.empty() || IsFamily(table)) return;
  const auto [at, added] = location_.try_emplace(clean, table);
  if (!added) at->second = std::min(at->second, table);
}

void NameTable::BindFamilies() {
  std::map<std::string, std::vector<std::string>> by_table, by_database;
  for (const std::string& name : concrete_) {
    const Parts parts = PartsOf(name);
    by_table[parts.table].push_back(name);
    by_database[parts.database].push_back(name);
  }
  size_t count = 0;
  for (const auto& [key, name] : family_) {
    if (++count > kFamiliesMax) return;
    const Parts parts = PartsOf(key);
    if (parts.table.find('*') == std::string::npos) {
      // ${db}.orders: the only x.orders
      const auto candidates = by_table.find(parts.table);
      if (candidates == by_table.end()) continue;
      std::vector<std::string> fitting;
      for (const std::string& each : candidates->second) {
        if (sources::MatchesGlob(parts.database, PartsOf(each).database)) fitting.push_back(each);
      }
      if (fitting.size() == 1) bound_[key] = fitting.front();
    } else if (parts.database.find('*') == std::string::npos && Literals(parts.table) >= kLiteralMin &&
               written_.count(key) != 0) {
      // dw.tmp_${dt} makes dw.tmp_20240101, if nobody else does
      for (const std::string& each : by_database[parts.database]) {
        const bool made_elsewhere = written_.count(each) != 0;
        if (!made_elsewhere && sources::MatchesGlob(parts.table, PartsOf(each).table))
          member_.try_emplace(each, name);
      }
    }
  }
}

ResolvedName NameTable::Resolve(const std::string& name) const {
  if (name.starts_with("external:")) return {name, false};
  if (name.starts_with("path:")) return ResolveFolder(name.substr(5));
  if (const auto family = member_.find(name); family != member_.end()) return {family->second, true};
  if (!IsFamily(name)) return {name, false};
  const std::string key = FamilyKey(name);
  if (const auto bound = bound_.find(key); bound != bound_.end()) return {bound->second, true};
  const auto family = family_.find(key);
  return {family == family_.end() ? name : family->second, false};
}

ResolvedName NameTable::ResolveFolder(const std::string& folder) const {
  // The table at the folder, or at one above it.
  for (std::string above = folder; !above.empty();) {
    if (const auto found = location_.find(above); found != location_.end()) return {found->second, false};
    const size_t slash = above.rfind('/');
    if (slash == std::string::npos || slash == 0) break;
    above.resize(slash);
  }
  const std::string table = TableOfWarehousePath(folder);
  if (!table.empty()) return {table, false};
  return {PathNode(folder), false};
}

}  // namespace godwit::lineage
