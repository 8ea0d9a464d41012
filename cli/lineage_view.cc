#include "cli/lineage_view.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <map>
#include <set>

#include "base/bytes.h"

namespace godwit::cli {
namespace {

using lineage::AccessKind;
using lineage::Edge;
using lineage::Graph;
using lineage::JobId;
using lineage::Scan;
using lineage::Shape;
using lineage::TableId;
using lineage::TableKind;

constexpr size_t kShown = 10;  // of a list in text

struct Counts {
  std::map<TableKind, uint64_t> tables;
  std::map<std::string, uint64_t> jobs;
  std::map<std::string, uint64_t> edges;              // by provenance
  std::vector<std::pair<TableId, uint64_t>> readers;  // most first
  std::vector<TableId> multi_written, unknown_upstream, never_written, never_read;
  uint64_t unread_jobs = 0;
  uint64_t opaque_jobs = 0;
};

Counts Count(const Graph& graph) {
  Counts counts;
  for (const lineage::Table& table : graph.tables) ++counts.tables[table.kind];
  for (const lineage::Job& job : graph.jobs) {
    ++counts.jobs[sources::JobKindName(job.kind)];
    counts.unread_jobs += job.unread ? 1 : 0;
    counts.opaque_jobs += job.opaque ? 1 : 0;
  }
  for (const Edge& edge : graph.edges) ++counts.edges[edge.provenance.Text()];
  std::map<TableId, std::set<JobId>> readers, writers;
  for (const lineage::Access& access : graph.accesses) {
    if (access.kind == AccessKind::kRead)
      readers[access.table].insert(access.job);
    else if (access.rows)
      writers[access.table].insert(access.job);
  }
  for (uint32_t i = 0; i < graph.tables.size(); ++i) {
    const TableId table{i};
    if (graph.tables[i].kind == TableKind::kExternal) continue;
    if (readers.count(table) != 0) counts.readers.emplace_back(table, readers[table].size());
    if (writers.count(table) != 0 && writers[table].size() > 1) counts.multi_written.push_back(table);
    if (graph.tables[i].unknown_upstream) counts.unknown_upstream.push_back(table);
    if (writers.count(table) == 0) counts.never_written.push_back(table);
    if (readers.count(table) == 0) counts.never_read.push_back(table);
  }
  std::stable_sort(counts.readers.begin(), counts.readers.end(),
                   [](const auto& a, const auto& b) { return a.second > b.second; });
  return counts;
}

std::vector<std::string> NamesOf(const Graph& graph, const std::vector<TableId>& tables) {
  std::vector<std::string> names;
  for (const TableId table : tables) names.push_back(graph.table(table).name);
  return names;
}

std::string Shortened(const std::vector<std::string>& names) {
  if (names.empty()) return "none";
  const std::vector<std::string> shown(names.begin(),
                                       names.begin() + static_cast<long>(std::min(kShown, names.size())));
  return fmt::format("{}{}", fmt::join(shown, ", "),
                     names.size() > kShown ? fmt::format(" and {} more", names.size() - kShown) : "");
}

// Chains by size: "1", "2-5", …
std::map<std::string, uint64_t> ChainSizes(const Shape& shape) {
  std::map<std::string, uint64_t> sizes;
  for (const lineage::Chain& chain : shape.chains) {
    const size_t size = chain.tables.size();
    ++sizes[size == 1     ? "1 table"
            : size <= 5   ? "2-5 tables"
            : size <= 20  ? "6-20 tables"
            : size <= 100 ? "21-100 tables"
                          : "above 100 tables"];
  }
  return sizes;
}

bool AllRead(const Scan& scan, const Counts& counts) {
  return counts.unread_jobs == 0 && counts.opaque_jobs == 0 && scan.problems.empty();
}

std::string PlaceOf(const Scan& scan, const Graph& graph, const Edge& edge) {
  const lineage::JobRecord& record = scan.jobs[graph.job(edge.job).record];
  return edge.provenance.Only(lineage::Provenance::kDeclared) ? "" : lineage::PlaceText(record, edge.place);
}

// Lines of "table.column <- a.x, b.y" that a job's statements make of one table.
std::vector<const lineage::ColumnRecord*> ColumnsOf(const Scan& scan, const Graph& graph, const Edge& edge) {
  std::vector<const lineage::ColumnRecord*> found;
  const std::string& table = graph.table(edge.downstream).name;
  for (const lineage::StatementRecord& statement : scan.jobs[graph.job(edge.job).record].statements) {
    for (const lineage::ColumnRecord& column : statement.columns) {
      if (column.table == table) found.push_back(&column);
    }
  }
  return found;
}

std::string ColumnText(const lineage::ColumnRecord& column) {
  return fmt::format(
      "{}.{} <- {}", column.table, column.column,
      column.sources.empty() ? "(constant)" : fmt::format("{}", fmt::join(column.sources, ", ")));
}

}  // namespace

std::string StatsText(const Scan& scan, const Graph& graph, const Shape& shape) {
  const Counts counts = Count(graph);
  std::string text;
  const auto line = [&](std::string_view what, const std::string& value) {
    text += fmt::format("{:<22} {}\n", what, value);
  };
  std::vector<std::string> parts;
  for (const auto& [kind, count] : counts.tables)
    parts.push_back(fmt::format("{} {}", count, lineage::TableKindName(kind)));
  line("tables", fmt::format("{} ({})", graph.tables.size(), fmt::join(parts, ", ")));
  parts.clear();
  for (const auto& [kind, count] : counts.jobs) parts.push_back(fmt::format("{} {}", count, kind));
  line("jobs", fmt::format("{} ({})", graph.jobs.size(), fmt::join(parts, ", ")));
  parts.clear();
  for (const auto& [provenance, count] : counts.edges)
    parts.push_back(fmt::format("{} {}", count, provenance));
  line("edges", fmt::format("{} ({})", graph.edges.size(), fmt::join(parts, ", ")));
  parts.clear();
  for (const auto& [size, count] : ChainSizes(shape)) parts.push_back(fmt::format("{} of {}", count, size));
  line("chains", fmt::format("{}: {}", shape.chains.size(), fmt::join(parts, ", ")));
  if (!shape.chains.empty()) {
    const lineage::Chain& giant = shape.chains.front();
    line("largest chain",
         fmt::format("{} tables, {} jobs, {}", giant.tables.size(), giant.jobs, FormatBytes(giant.bytes)));
  }
  for (const lineage::CoreTable& core : shape.core) {
    line("core table",
         fmt::format("{} ({} jobs): without it and those above, the largest piece has {} tables",
                     graph.table(core.table).name, core.neighbours, core.largest_left));
  }
  line("cycles", std::to_string(shape.cycles.size()));
  for (size_t i = 0; i < std::min(kShown, shape.cycles.size()); ++i)
    line("", Shortened(NamesOf(graph, shape.cycles[i])));
  parts.clear();
  for (size_t i = 0; i < std::min<size_t>(5, counts.readers.size()); ++i) {
    parts.push_back(
        fmt::format("{} ({} readers)", graph.table(counts.readers[i].first).name, counts.readers[i].second));
  }
  line("hubs", fmt::format("{}", fmt::join(parts, ", ")));
  line("several writers",
       fmt::format("{}: {}", counts.multi_written.size(), Shortened(NamesOf(graph, counts.multi_written))));
  line("unknown upstream", fmt::format("{}: {}", counts.unknown_upstream.size(),
                                       Shortened(NamesOf(graph, counts.unknown_upstream))));
  const bool all_read = AllRead(scan, counts);
  line("never read", all_read ? fmt::format("{}: {}", counts.never_read.size(),
                                            Shortened(NamesOf(graph, counts.never_read)))
                              : "not known: some scripts were not read");
  line("never written", all_read ? fmt::format("{}: {}", counts.never_written.size(),
                                               Shortened(NamesOf(graph, counts.never_written)))
                                 : "not known: some scripts were not read");
  line("not read", fmt::format("{} jobs in part, {} programs without declared lineage, {} files",
                               counts.unread_jobs, counts.opaque_jobs, scan.problems.size()));
  size_t shown = 0;
  for (const lineage::JobRecord& job : scan.jobs) {
    for (const lineage::DiagnosticRecord& each : job.diagnostics) {
      if (each.kind != sources::Diagnostic::Kind::kUnread || ++shown > kShown) continue;
      text += fmt::format("  {}: {}\n", lineage::PlaceText(job, each.place), each.message);
    }
  }
  if (shown > kShown) text += fmt::format("  and {} more: godwit lint --code GW040\n", shown - kShown);
  line("disagreements", std::to_string(graph.disagreements.size()));
  for (size_t i = 0; i < std::min<size_t>(20, graph.disagreements.size()); ++i) {
    text += fmt::format("  {}: {}\n", graph.disagreements[i].job, graph.disagreements[i].message);
  }
  return text;
}

Json StatsJson(const Scan& scan, const Graph& graph, const Shape& shape) {
  const Counts counts = Count(graph);
  Json json{{"version", 1}, {"fingerprint", scan.fingerprint}};
  for (const auto& [kind, count] : counts.tables) json["tables"][lineage::TableKindName(kind)] = count;
  for (const auto& [kind, count] : counts.jobs) json["jobs"][kind] = count;
  for (const auto& [provenance, count] : counts.edges) json["edges"][provenance] = count;
  json["chains"] = ChainSizes(shape);
  if (!shape.chains.empty()) {
    json["largest_chain"] = {{"tables", shape.chains[0].tables.size()},
                             {"jobs", shape.chains[0].jobs},
                             {"bytes", shape.chains[0].bytes}};
  }
  json["core_tables"] = Json::array();
  for (const lineage::CoreTable& core : shape.core) {
    json["core_tables"].push_back({{"table", graph.table(core.table).name},
                                   {"jobs", core.neighbours},
                                   {"largest_left", core.largest_left}});
  }
  json["cycles"] = Json::array();
  for (const auto& cycle : shape.cycles) json["cycles"].push_back(NamesOf(graph, cycle));
  json["several_writers"] = NamesOf(graph, counts.multi_written);
  json["unknown_upstream"] = NamesOf(graph, counts.unknown_upstream);
  json["all_read"] = AllRead(scan, counts);
  if (AllRead(scan, counts)) {
    json["never_read"] = NamesOf(graph, counts.never_read);
    json["never_written"] = NamesOf(graph, counts.never_written);
  }
  json["unread"] = Json::array();
  for (const lineage::FileProblem& each : scan.problems) {
    json["unread"].push_back({{"file", each.file}, {"line", each.line}, {"message", each.message}});
  }
  for (const lineage::JobRecord& job : scan.jobs) {
    for (const lineage::DiagnosticRecord& each : job.diagnostics) {
      if (each.kind != sources::Diagnostic::Kind::kUnread) continue;
      const std::string file = each.place.file < job.files.size() ? job.files[each.place.file] : "";
      json["unread"].push_back({{"job", job.name},
                                {"file", file},
                                {"line", each.place.line},
                                {"message", each.message},
                                {"text", each.text}});
    }
  }
  json["disagreements"] = Json::array();
  for (const lineage::Disagreement& each : graph.disagreements)
    json["disagreements"].push_back({{"job", each.job}, {"message", each.message}});
  return json;
}

std::vector<uint32_t> EdgesOfJob(const Graph& graph, const lineage::Job& job) {
  std::vector<uint32_t> edges;
  for (uint32_t i = 0; i < graph.edges.size(); ++i) {
    if (graph.edges[i].job == graph.IdOf(job)) edges.push_back(i);
  }
  return edges;
}

std::string EdgesText(const Scan& scan, const Graph& graph, const std::vector<uint32_t>& edges,
                      const std::string& about, bool columns) {
  std::string text;
  if (const lineage::Table* table = graph.FindTable(about)) {
    text += fmt::format(
        "{}: {}{}{}{}\n", about, lineage::TableKindName(table->kind),
        table->in_catalog ? ", " + FormatBytes(table->bytes) : "",
        table->owner.empty() ? "" : ", owner " + table->owner,
        table->unknown_upstream ? ", upstream not fully known: a script that writes it was not read" : "");
  } else if (const lineage::Job* job = graph.FindJob(about)) {
    text += fmt::format("{}: {} job at {}{}{}{}\n", about, sources::JobKindName(job->kind),
                        lineage::PlaceText(scan.jobs[job->record], {0, scan.jobs[job->record].line}),
                        job->owner.empty() ? ", no owner" : ", owner " + job->owner,
                        job->schedule.empty() ? "" : ", schedule " + job->schedule,
                        job->opaque   ? ", lineage not declared"
                        : job->unread ? ", not fully read"
                                      : "");
    for (const lineage::Access& access : graph.accesses) {
      if (access.job != graph.IdOf(*job)) continue;
      text += fmt::format("  {} {} ({}){}\n", access.kind == AccessKind::kRead ? "reads " : "writes",
                          graph.table(access.table).name, access.provenance.Text(),
                          access.via == access.table ? "" : " through " + graph.table(access.via).name);
    }
  }
  std::set<std::string> shown;
  for (const uint32_t i : edges) {
    const Edge& edge = graph.edges[i];
    const std::string place = PlaceOf(scan, graph, edge);
    text += fmt::format("{} -> {}  by {} ({}{}{})\n", graph.table(edge.upstream).name,
                        graph.table(edge.downstream).name, graph.job(edge.job).name, edge.provenance.Text(),
                        place.empty() ? "" : ", ", place);
    if (!columns) continue;
    for (const lineage::ColumnRecord* column : ColumnsOf(scan, graph, edge)) {
      const std::string line = "  " + ColumnText(*column) + "\n";
      if (shown.insert(graph.job(edge.job).name + line).second) text += line;
    }
  }
  return text.empty() ? "no lineage\n" : text;
}

Json EdgesJson(const Scan& scan, const Graph& graph, const std::vector<uint32_t>& edges, bool columns) {
  Json tables = Json::array(), rows = Json::array(), jobs = Json::array();
  std::set<TableId> used;
  std::set<JobId> by;
  for (const uint32_t i : edges) {
    const Edge& edge = graph.edges[i];
    used.insert({edge.upstream, edge.downstream});
    by.insert(edge.job);
    Json row{{"upstream", graph.table(edge.upstream).name},
             {"downstream", graph.table(edge.downstream).name},
             {"job", graph.job(edge.job).name}};
    row["provenance"] = Json::array();
    for (int p = 0; p < lineage::kProvenances; ++p) {
      if (edge.provenance.Has(lineage::Provenance(p)))
        row["provenance"].push_back(lineage::ProvenanceName(lineage::Provenance(p)));
    }
    if (const std::string place = PlaceOf(scan, graph, edge); !place.empty()) row["at"] = place;
    rows.push_back(std::move(row));
  }
  for (const TableId id : used) {
    const lineage::Table& table = graph.table(id);
    Json row{{"name", table.name}, {"kind", lineage::TableKindName(table.kind)}};
    if (table.in_catalog) row["bytes"] = table.bytes;
    if (!table.owner.empty()) row["owner"] = table.owner;
    if (table.unknown_upstream) row["unknown_upstream"] = true;
    tables.push_back(std::move(row));
  }
  for (const JobId id : by) {
    const lineage::Job& job = graph.job(id);
    Json row{{"name", job.name},
             {"kind", sources::JobKindName(job.kind)},
             {"workflow", job.workflow},
             {"owner", job.owner}};
    if (job.unread || job.opaque) row["unread"] = true;
    if (columns) {
      row["columns"] = Json::array();
      for (const lineage::StatementRecord& statement : scan.jobs[job.record].statements) {
        for (const lineage::ColumnRecord& each : statement.columns) {
          row["columns"].push_back(
              {{"table", each.table}, {"column", each.column}, {"sources", each.sources}});
        }
      }
    }
    jobs.push_back(std::move(row));
  }
  return {
      {"version", 1}, {"fingerprint", scan.fingerprint}, {"tables", tables}, {"jobs", jobs}, {"edges", rows}};
}

std::string EdgesDot(const Graph& graph, const std::vector<uint32_t>& edges) {
  std::string text = "digraph lineage {\n  rankdir=LR;\n  node [shape=box];\n";
  std::set<std::pair<TableId, TableId>> drawn;
  const auto quoted = [](const std::string& name) {
    std::string result = "\"";
    for (const char c : name) result += c == '"' || c == '\\' ? std::string("\\") + c : std::string(1, c);
    return result + "\"";
  };
  for (const uint32_t i : edges) {
    const Edge& edge = graph.edges[i];
    if (!drawn.insert({edge.upstream, edge.downstream}).second) continue;
    const bool sure = edge.provenance.Has(lineage::Provenance::kParsed);
    text += fmt::format("  {} -> {}{};\n", quoted(graph.table(edge.upstream).name),
                        quoted(graph.table(edge.downstream).name), sure ? "" : " [style=dashed]");
  }
  return text + "}\n";
}

std::string OpenLineageText(const Scan& scan, const Graph& graph, const std::vector<uint32_t>& edges,
                            bool columns) {
  std::map<JobId, std::pair<std::set<TableId>, std::set<TableId>>> by_job;
  for (const uint32_t i : edges) {
    by_job[graph.edges[i].job].first.insert(graph.edges[i].upstream);
    by_job[graph.edges[i].job].second.insert(graph.edges[i].downstream);
  }
  std::string text;
  for (const auto& [id, tables] : by_job) {
    const lineage::Job& job = graph.job(id);
    const auto datasets = [&](const std::set<TableId>& list) {
      Json rows = Json::array();
      for (const TableId table : list)
        rows.push_back({{"namespace", "hive"}, {"name", graph.table(table).name}});
      return rows;
    };
    Json outputs = datasets(tables.second);
    if (columns) {
      for (Json& output : outputs) {
        Json fields = Json::object();
        for (const lineage::StatementRecord& statement : scan.jobs[job.record].statements) {
          for (const lineage::ColumnRecord& each : statement.columns) {
            if (each.table != output["name"].get<std::string>()) continue;
            for (const std::string& source : each.sources) {
              const size_t dot = source.rfind('.');
              fields[each.column]["inputFields"].push_back({{"namespace", "hive"},
                                                            {"name", source.substr(0, dot)},
                                                            {"field", source.substr(dot + 1)}});
            }
          }
        }
        output["facets"]["columnLineage"] = {{"fields", fields}};
      }
    }
    const Json event{{"eventType", "COMPLETE"},
                     {"producer", "godwit"},
                     {"job", {{"namespace", job.workflow}, {"name", job.name}}},
                     {"inputs", datasets(tables.first)},
                     {"outputs", outputs}};
    text += event.dump(-1, ' ', false, Json::error_handler_t::replace) + "\n";
  }
  return text;
}

}  // namespace godwit::cli
