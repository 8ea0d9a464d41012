#include "planner/alternatives.h"

#include <fmt/format.h>

#include <algorithm>

#include "planner/make_plan.h"
#include "planner/request_json.h"

namespace godwit::planner {
namespace {

std::vector<std::string> SplitAtCommas(const std::string& text) {
  std::vector<std::string> parts;
  for (size_t from = 0; from <= text.size();) {
    const size_t comma = std::min(text.find(',', from), text.size());
    parts.push_back(text.substr(from, comma - from));
    from = comma + 1;
  }
  return parts;
}

Result<Plan> PlanWith(const Workload& workload, const Plan& plan, const std::vector<std::string>& wishes,
                      Effort effort) {
  Request request = plan.request;
  request.effort = effort;
  for (const std::string& wish : wishes) GODWIT_TRY(ChangeRequest(wish, request));
  return MakePlan(workload, request, plan.edits);
}

struct Choice {
  std::string name;
  std::string wish;
  std::string option;
  LabelId Job::*kept_whole = nullptr;  // of a tie: ties hold only what half a unit can hold, so say how many
};

bool AnyLabel(const Workload& workload, LabelId Job::*label) {
  return std::ranges::any_of(workload.jobs, [&](const Job& job) { return job.*label != LabelId{}; });
}

// " (3 of 5 fit)": labels whose jobs are all in one unit, of those that have several jobs.
std::string KeptWhole(const Workload& workload, const Plan& plan, LabelId Job::*label) {
  const Placement placement = PlacementOf(workload, plan);
  struct Spread {
    uint32_t jobs = 0, unit = 0;
    bool whole = true;
  };
  std::vector<Spread> spreads(workload.labels.size());
  for (uint32_t j = 0; j < workload.jobs.size(); ++j) {
    Spread& spread = spreads[Index(workload.jobs[j].*label)];
    if (spread.jobs++ == 0) spread.unit = placement.of_job[j];
    spread.whole = spread.whole && spread.unit == placement.of_job[j];
  }
  size_t all = 0, whole = 0;
  for (size_t i = 1; i < spreads.size(); ++i) {  // 0: not known
    if (spreads[i].jobs < 2) continue;
    ++all;
    whole += spreads[i].whole;
  }
  return fmt::format(" ({} of {} fit)", whole, all);
}

std::vector<Choice> ChoicesFor(const Workload& workload, const Plan& plan) {
  const Request& request = plan.request;
  std::vector<Choice> choices;
  const auto tied = [&](Tie tie) { return std::ranges::find(request.ties, tie) != request.ties.end(); };
  if (!tied(Tie::kWorkflow) && AnyLabel(workload, &Job::workflow)) {
    choices.push_back({"keep workflows whole", "tie=workflow", "--tie workflow", &Job::workflow});
  }
  if (!tied(Tie::kOwner) && AnyLabel(workload, &Job::owner)) {
    choices.push_back({"keep owners' jobs whole", "tie=owner", "--tie owner", &Job::owner});
  }
  if (request.order == OrderRule::kFree) {
    choices.push_back({"upstream always first", "order=upstream-first", "--upstream-first", nullptr});
    if (request.alpha < 5) choices.push_back({"avoid forward syncs", "alpha=5", "--alpha 5", nullptr});
  }
  const auto cap = [&](int64_t bytes) { return fmt::format("{}", std::max<int64_t>(1, bytes)); };
  const std::string half = cap(plan.unit_bytes_max / 2), twice = cap(plan.unit_bytes_max * 2);
  choices.push_back({"units half as large", "cap=" + half, "--cap " + half, nullptr});
  if (plan.unit_bytes_max * 2 <= plan.totals.bytes)
    choices.push_back({"units twice as large", "cap=" + twice, "--cap " + twice, nullptr});
  if (request.objective == Objective::kReads)
    choices.push_back({"fewest bytes in syncs", "objective=sync-once", "--objective sync-once", nullptr});
  return choices;
}

}  // namespace

Result<std::vector<WhatIf>> TryWishes(const Workload& workload, const Plan& plan, const std::string& wishes) {
  const std::vector<std::string> each = SplitAtCommas(wishes);
  std::vector<WhatIf> tried;
  const auto attempt = [&](const std::string& wish, const std::vector<std::string>& parts) -> Status {
    Result<Plan> other = PlanWith(workload, plan, parts, plan.request.effort);
    if (!other.ok()) return Within("what if " + wish, other.error());
    tried.push_back({wish, *std::move(other)});
    return Ok();
  };
  for (const std::string& wish : each) GODWIT_TRY(attempt(wish, {wish}));
  if (each.size() > 1) GODWIT_TRY(attempt(wishes, each));
  return tried;
}

std::vector<Alternative> WeighAlternatives(const Workload& workload, const Plan& plan) {
  std::vector<Alternative> alternatives;
  for (const Choice& choice : ChoicesFor(workload, plan)) {
    const Result<Plan> other = PlanWith(workload, plan, {choice.wish}, Effort::kDefault);
    if (!other.ok()) continue;  // this one cannot be had, for example because edits forbid it
    const double duration = static_cast<double>(plan.totals.duration.count());
    const double ratio = duration > 0 ? static_cast<double>((*other).totals.duration.count()) / duration : 1;
    const std::string kept = choice.kept_whole ? KeptWhole(workload, *other, choice.kept_whole) : "";
    alternatives.push_back({choice.name + kept, choice.option, (*other).totals.cost, ratio});
  }
  return alternatives;
}

}  // namespace godwit::planner
