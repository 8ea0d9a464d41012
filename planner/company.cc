#include "planner/company.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <map>

#include "planner/make_plan.h"

namespace godwit::planner {
namespace {

constexpr size_t kNamesMax = 5;  // in one sentence

}  // namespace

std::string Listed(const std::vector<std::string>& names) {
  const size_t shown = std::min(names.size(), kNamesMax);
  std::string text = fmt::format("{}", fmt::join(names.begin(), names.begin() + shown, ", "));
  if (names.size() > shown) text += fmt::format(" and {} more", names.size() - shown);
  return text;
}

Company::Company(const Workload& workload, const Plan& plan, TableId table)
    : workload_(workload), plan_(plan), atoms_(MakeAtoms(workload, AtomRulesOf(plan))), table_(table) {
  for (uint32_t t = 0; t < atoms_.of_table.size(); ++t) {
    if (Has(TableId{t})) tables_.push_back(TableId{t});
  }
}

std::vector<Reason> Company::Reasons() const {
  std::vector<Reason> reasons;
  AddWriters(reasons);
  AddSharedWriters(reasons);
  const uint8_t causes = atoms_.causes[atom()];
  if (causes & kCycle) reasons.push_back({"cycle", "its jobs are in a cycle: each feeds the others"});
  if (causes & kTied) {
    reasons.push_back({"tie", "a tie keeps it with the other tables of its workflow, owner or group"});
  }
  if (causes & kUnknownUpstream) {
    reasons.push_back(
        {"unknown-upstream", "a writer here could not be read: what is known of its input stays with it"});
  }
  if (causes & kEdited) AddEdits(reasons);
  if (tables_.size() > 1)
    reasons.push_back({"whole", "so these are never apart: " + Listed(NamesOf(tables_))});
  return reasons;
}

std::vector<std::string> Company::NamesOf(const std::vector<TableId>& tables) const {
  std::vector<std::string> names;
  for (TableId id : tables) names.push_back(TableName(workload_, id));
  return names;
}

std::vector<JobId> Company::Writers() const {
  std::vector<JobId> writers;
  for (const Access& access : workload_.accesses) {
    if (access.kind == AccessKind::kWrite && access.table == table_) writers.push_back(access.job);
  }
  std::ranges::sort(writers);
  writers.erase(std::ranges::unique(writers).begin(), writers.end());
  return writers;
}

void Company::AddWriters(std::vector<Reason>& reasons) const {
  std::vector<std::string> names;
  for (JobId job : Writers()) names.push_back(JobName(workload_, job));
  reasons.push_back({"writer", names.empty() ? "no job writes it: it moves on its own"
                                             : "what writes it moves with it: " + Listed(names)});
}

void Company::AddSharedWriters(std::vector<Reason>& reasons) const {
  const std::vector<JobId> writers = Writers();
  std::map<JobId, std::vector<std::string>> also;  // what they write besides
  for (const Access& access : workload_.accesses) {
    const bool other = access.kind == AccessKind::kWrite && access.table != table_;
    if (other && std::ranges::binary_search(writers, access.job)) {
      also[access.job].push_back(TableName(workload_, access.table));
    }
  }
  for (const auto& [job, tables] : also) {
    reasons.push_back(
        {"shared-writer", fmt::format("{} also writes {}", JobName(workload_, job), Listed(tables))});
  }
}

void Company::AddEdits(std::vector<Reason>& reasons) const {
  for (const Edit& edit : plan_.edits) {
    if (std::ranges::none_of(edit.tables, [&](TableId id) { return Has(id); })) continue;
    reasons.push_back({"edited", fmt::format("an edit keeps {} together{}", Listed(NamesOf(edit.tables)),
                                             edit.why.empty() ? "" : ": " + edit.why)});
  }
}

}  // namespace godwit::planner
