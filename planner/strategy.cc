#include "planner/strategy.h"

#include <algorithm>

#include "planner/cron.h"

namespace godwit::planner {
namespace {

Strategy StrategyOf(const Workload& workload, const Request& request, JobId job) {
  const std::string& workflow = workload.label(workload.job(job).workflow);
  for (const StrategyRule& rule : request.strategies) {
    if (MatchesPattern(workflow, rule.pattern)) return rule.strategy;
  }
  return request.objective == Objective::kDualRun ? Strategy::kDualRun : Strategy::kChain;
}

// Starts from all jobs that may and takes away those whose input is not there, until nothing changes.
class RunModeChoice {
 public:
  RunModeChoice(const Workload& workload, const Placement& placement, const Plan& plan)
      : workload_(workload),
        placement_(placement),
        plan_(plan),
        both_(workload.jobs.size(), false),
        grouped_(GroupReads(workload)) {
    written_.resize(workload.jobs.size());
    for (const Access& access : workload.accesses) {
      if (access.kind == AccessKind::kWrite) written_[Index(access.job)].push_back(access.table);
    }
    for (uint32_t j = 0; j < workload.jobs.size(); ++j)
      both_[j] = StrategyOf(workload, plan.request, JobId{j}) == Strategy::kDualRun &&
                 IsDualRun(placement.of_job[j]) && MayRunTwice(workload.jobs[j]);
  }

  std::vector<RunMode> Choose() {
    std::vector<bool> stale(workload_.tables.size(), false);  // on the target, while its unit is in dual run
    std::vector<TableId> spread;
    const auto mark_stale = [&](TableId table) {
      if (stale[Index(table)]) return;
      stale[Index(table)] = true;
      spread.push_back(table);
    };
    for (const Access& access : workload_.accesses) {
      if (access.kind == AccessKind::kWrite && !both_[Index(access.job)]) mark_stale(access.table);
      if (access.kind == AccessKind::kRead && both_[Index(access.job)] && IsMissing(access))
        Drop(access.job, mark_stale);
    }
    while (!spread.empty()) {
      const TableId table = spread.back();
      spread.pop_back();
      const uint32_t unit = placement_.of_table[Index(table)];
      for (uint32_t i = grouped_.first[Index(table)]; i < grouped_.first[Index(table) + 1]; ++i) {
        const JobId reader = workload_.accesses[grouped_.reads[i]].job;
        if (both_[Index(reader)] && unit != kNoUnit && IsDualRun(unit)) Drop(reader, mark_stale);
      }
    }
    std::vector<RunMode> modes(both_.size(), RunMode::kOld);
    for (size_t j = 0; j < both_.size(); ++j) {
      if (both_[j]) modes[j] = RunMode::kBoth;
    }
    return modes;
  }

 private:
  bool IsDualRun(uint32_t unit) const { return plan_.units[unit].strategy == Strategy::kDualRun; }

  // The table is not on the target when the job's unit starts there.
  bool IsMissing(const Access& read) const {
    const uint32_t unit = placement_.of_table[Index(read.table)];
    if (unit == kNoUnit) return workload_.table(read.table).residence == Residence::kStays;
    return unit > placement_.of_job[Index(read.job)];
  }

  template <typename MarkStale>
  void Drop(JobId job, const MarkStale& mark_stale) {
    both_[Index(job)] = false;
    for (TableId table : written_[Index(job)]) mark_stale(table);
  }

  const Workload& workload_;
  const Placement& placement_;
  const Plan& plan_;
  std::vector<bool> both_;
  ReadsByTable grouped_;
  std::vector<std::vector<TableId>> written_;  // by job
};

}  // namespace

void ChooseStrategies(const Workload& workload, const Request& request, Plan& plan) {
  if (request.strategies.empty() && request.objective != Objective::kDualRun) return;
  const auto runs_dual = [&](JobId job) { return StrategyOf(workload, request, job) == Strategy::kDualRun; };
  for (Unit& unit : plan.units) {
    const bool dual_run = std::ranges::any_of(unit.jobs, runs_dual) ||
                          (unit.jobs.empty() && request.objective == Objective::kDualRun);
    unit.strategy = dual_run ? Strategy::kDualRun : Strategy::kChain;
  }
}

std::vector<RunMode> ChooseRunModes(const Workload& workload, const Placement& placement, const Plan& plan) {
  const bool any =
      std::ranges::any_of(plan.units, [](const Unit& unit) { return unit.strategy == Strategy::kDualRun; });
  if (!any) return std::vector<RunMode>(workload.jobs.size(), RunMode::kOld);
  return RunModeChoice(workload, placement, plan).Choose();
}

bool MayRunTwice(const Job& job) {
  switch (job.type) {
    case JobType::kExport: return false;
    case JobType::kImport:
    case JobType::kSql:
    case JobType::kView: return job.repeatability != Repeatability::kNonIdempotent;
    case JobType::kJar:
    case JobType::kMapReduce:
    case JobType::kScript: return job.repeatability == Repeatability::kIdempotent;
  }
  return false;
}

double RunsPerDay(const Workload& workload, JobId job) {
  const std::string& schedule = workload.schedule(workload.job(job).schedule);
  if (schedule.empty()) return 1;
  const Result<std::vector<int>> starts = StartsOfWeek(schedule);
  return starts.ok() ? static_cast<double>((*starts).size()) / 7 : 1;
}

bool MatchesPattern(std::string_view text, std::string_view pattern) {
  size_t t = 0, p = 0, star = std::string_view::npos, resume = 0;
  while (t < text.size()) {
    if (p < pattern.size() && (pattern[p] == '?' || (pattern[p] == text[t] && pattern[p] != '*'))) {
      ++t, ++p;
    } else if (p < pattern.size() && pattern[p] == '*') {
      star = p++;
      resume = t;
    } else if (star != std::string_view::npos) {
      p = star + 1;
      t = ++resume;
    } else {
      return false;
    }
  }
  while (p < pattern.size() && pattern[p] == '*') ++p;
  return p == pattern.size();
}

}  // namespace godwit::planner
