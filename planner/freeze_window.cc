#include "planner/freeze_window.h"

#include <algorithm>
#include <optional>

#include "base/assert.h"
#include "planner/cron.h"
#include "planner/week.h"

namespace godwit::planner {
namespace {

constexpr Seconds kMinute{60};
constexpr int64_t kMondayEpoch = 4 * 24 * 3600;  // 1970-01-05 was a Monday
constexpr size_t kOccurrencesMax = 20000;        // looked at in search of the least bad time
constexpr int kBlackoutTriesMax = 100;

int64_t Percentile95(std::vector<int64_t> values) {
  std::sort(values.begin(), values.end());
  return values[(values.size() - 1) * 95 / 100];
}

Seconds OfWeek(int64_t unix_seconds) {
  return Seconds((unix_seconds - kMondayEpoch) % kWeek.count() + kWeek.count()) % kWeek;
}

// How long after its latest scheduled start a run began.
int64_t DelayOf(const std::vector<int>& starts, const JobRun& run) {
  const int64_t began = OfWeek(run.start).count();
  auto after = std::upper_bound(starts.begin(), starts.end(), began / kMinute.count());
  if (after == starts.begin()) return began + kWeek.count() - starts.back() * kMinute.count();
  return began - *std::prev(after) * kMinute.count();
}

// The runs of every week from `from` on, in order, on the plan's clock.
class Occurrences {
 public:
  Occurrences(const std::vector<ExpectedRun>& runs, Seconds from, int first_hour_of_week) : runs_(runs) {
    // The start of the week in which `from` lies; may be before the plan's start.
    const Seconds of_week = (from + std::chrono::hours(first_hour_of_week) + 10 * kWeek) % kWeek;
    week_ = from - of_week;
  }
  ExpectedRun Next() {
    if (next_ == runs_.size()) {
      next_ = 0;
      week_ += kWeek;
    }
    const ExpectedRun& run = runs_[next_++];
    return {week_ + run.start, run.lasts};
  }

 private:
  const std::vector<ExpectedRun>& runs_;
  Seconds week_;
  size_t next_ = 0;
};

struct Gap {
  Seconds begin;
  Seconds end;
};

class CutoverSearch {
 public:
  CutoverSearch(const UnitRuns& runs, const FreezeLoad& load, Seconds earliest, const FreezeRules& rules,
                const std::vector<Blackout>& blackouts, int first_hour_of_week)
      : runs_(runs),
        rules_(rules),
        blackouts_(blackouts),
        first_hour_of_week_(first_hour_of_week),
        earliest_(earliest),
        last_(earliest + rules.look_ahead),
        day_copy_(load.changed_bytes_per_day / std::max<int64_t>(1, load.bytes_per_second)),
        changed_per_day_(load.changed_bytes_per_day) {}

  // Every run known and a gap between them that is long enough.
  std::optional<Cutover> Quiet() const {
    if (runs_.expected.empty()) return InGap({earliest_, last_});
    Occurrences occurrences(runs_.expected, earliest_ - kWeek, first_hour_of_week_);
    Seconds busy_until = earliest_ - kWeek;
    for (;;) {  // ends: every week has at least one run
      const ExpectedRun run = occurrences.Next();
      if (run.start > busy_until && run.start > earliest_) {
        if (std::optional<Cutover> found = InGap({busy_until, run.start})) return found;
      }
      busy_until = std::max(busy_until, run.start + run.lasts);
      if (run.start > last_) return std::nullopt;
    }
  }

  // The time that makes runs wait least: right away, or right after some run.
  Cutover LeastDelay() const {
    std::vector<ExpectedRun> near;
    Occurrences occurrences(runs_.expected, earliest_ - kWeek, first_hour_of_week_);
    do {
      near.push_back(occurrences.Next());
    } while (near.back().start <= last_ + kWeek && near.size() < kOccurrencesMax);
    Cutover best = At(earliest_, near);
    for (const ExpectedRun& run : near) {
      const Seconds end = run.start + run.lasts;
      if (end < earliest_ || end > last_) continue;
      const Cutover candidate = At(end, near);
      if (candidate.delay < best.delay) best = candidate;
    }
    return best;
  }

  // Nothing is known of some jobs: whenever it is, the longest of them may have to be waited for.
  Cutover Blind(Cutover cutover) const {
    cutover.schedules_known = false;
    cutover.window_begin = cutover.window_end = cutover.at;
    cutover.freeze += runs_.longest_unknown;
    if (cutover.final_delta_bytes == 0) {
      cutover.final_delta_bytes = changed_per_day_ / 24;  // an hour's change since the last round
      cutover.freeze += day_copy_ / 24;
    }
    return cutover;
  }

 private:
  Seconds OutsideBlackouts(Seconds at, Seconds freeze) const {
    for (int i = 0; i < kBlackoutTriesMax; ++i) {
      at = AfterBlackouts(blackouts_, at, first_hour_of_week_);
      const Seconds end = at + freeze;
      const Seconds after = AfterBlackouts(blackouts_, end, first_hour_of_week_);
      if (after == end) return at;
      at = after;
    }
    return at;
  }

  std::optional<Cutover> InGap(const Gap& gap) const {
    // First with a copy round of what the last runs wrote before the freeze, then with the rest in the
    // freeze.
    const Seconds begin = std::max(gap.begin, earliest_);
    const Seconds settled = std::max(gap.begin + rules_.round + day_copy_, earliest_);
    const Seconds at = OutsideBlackouts(settled, rules_.fixed);
    Cutover cutover;
    cutover.window_begin = gap.begin;
    cutover.window_end = gap.end;
    if (at + rules_.fixed <= gap.end) {
      cutover.at = at;
      cutover.freeze = rules_.fixed;
      return cutover;
    }
    cutover.freeze = rules_.fixed + day_copy_;
    cutover.at = OutsideBlackouts(begin, cutover.freeze);
    cutover.final_delta_bytes = changed_per_day_;
    if (cutover.at + cutover.freeze <= gap.end) return cutover;
    return std::nullopt;
  }

  // What freezing at a time costs that is not quiet: running jobs are waited for, due ones wait.
  Cutover At(Seconds wanted, const std::vector<ExpectedRun>& near) const {
    Cutover cutover;
    cutover.at = OutsideBlackouts(wanted, rules_.fixed);
    cutover.final_delta_bytes = changed_per_day_;
    Seconds drained = cutover.at;
    for (const ExpectedRun& run : near) {
      if (run.start < cutover.at) drained = std::max(drained, run.start + run.lasts);
    }
    const Seconds end = drained + rules_.fixed + day_copy_;
    for (const ExpectedRun& run : near) {
      if (run.start < cutover.at || run.start >= end) continue;
      ++cutover.delayed_runs;
      cutover.delay += end - run.start;
    }
    cutover.freeze = end - cutover.at;
    cutover.window_begin = cutover.window_end = cutover.at;
    return cutover;
  }

  const UnitRuns& runs_;
  const FreezeRules& rules_;
  const std::vector<Blackout>& blackouts_;
  const int first_hour_of_week_;
  const Seconds earliest_;
  const Seconds last_;
  const Seconds day_copy_;  // time to copy what changes in a day
  const int64_t changed_per_day_;
};

}  // namespace

RunPatterns::RunPatterns(const Workload& workload) : workload_(workload) {
  starts_.emplace_back();  // the empty schedule
  for (size_t i = 1; i < workload.schedules.size(); ++i) {
    Result<std::vector<int>> starts = StartsOfWeek(workload.schedules[i]);
    GODWIT_ASSERT(starts.ok());
    starts_.push_back(*std::move(starts));
  }
}

std::vector<JobRun> RunPatterns::History(JobId job) const {
  const auto [first, last] =
      std::ranges::equal_range(workload_.runs, job, {}, [](const JobRun& run) { return run.job; });
  return {first, last};
}

void RunPatterns::AddScheduled(const Job& job, const std::vector<JobRun>& history, UnitRuns& runs) const {
  const std::vector<int>& starts = starts_[Index(job.schedule)];
  int64_t lasts = std::max(job.run_seconds, job.run_seconds_p95);
  if (!history.empty()) {
    std::vector<int64_t> ends;  // behind the scheduled start
    for (const JobRun& run : history) ends.push_back(DelayOf(starts, run) + run.seconds);
    lasts = Percentile95(std::move(ends));
  }
  lasts = std::min<int64_t>(lasts, kWeek.count());  // longer ones run into themselves
  for (int minute : starts) runs.expected.push_back({minute * kMinute, Seconds(lasts)});
}

UnitRuns RunPatterns::Of(const std::vector<JobId>& jobs) const {
  UnitRuns runs;
  for (JobId id : jobs) {
    const Job& job = workload_.job(id);
    if (job.type == JobType::kView) continue;  // a definition, not a run
    const std::vector<JobRun> history = History(id);
    if (!starts_[Index(job.schedule)].empty()) {
      AddScheduled(job, history, runs);
    } else if (!history.empty()) {
      for (const JobRun& run : history) runs.expected.push_back({OfWeek(run.start), Seconds(run.seconds)});
    } else {
      runs.all_known = false;
      runs.longest_unknown =
          std::max(runs.longest_unknown, Seconds(std::max(job.run_seconds, job.run_seconds_p95)));
    }
  }
  std::ranges::sort(runs.expected, [](const ExpectedRun& a, const ExpectedRun& b) {
    return std::make_pair(a.start, a.lasts) < std::make_pair(b.start, b.lasts);
  });
  return runs;
}

Seconds ExpectedFreeze(const UnitRuns& runs, const FreezeRules& rules) {
  return rules.fixed + (runs.all_known ? Seconds{0} : runs.longest_unknown);
}

Cutover ChooseCutover(const UnitRuns& runs, const FreezeLoad& load, Seconds earliest,
                      const FreezeRules& rules, const std::vector<Blackout>& blackouts,
                      int first_hour_of_week) {
  const CutoverSearch search(runs, load, earliest, rules, blackouts, first_hour_of_week);
  const std::optional<Cutover> quiet = search.Quiet();
  const Cutover cutover = quiet ? *quiet : search.LeastDelay();
  return runs.all_known ? cutover : search.Blind(cutover);
}

}  // namespace godwit::planner
