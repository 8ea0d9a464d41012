#include "cli/opened_world.h"

#include "cli/hadoop_world.h"
#include "executor/adapters/local/local_site.h"

namespace godwit::cli {
namespace {

namespace local = executor::local;

// Until a command or a webhook is configured, the journal tells everything.
class QuietNotifier : public executor::Notifier {
 public:
  Result<executor::Effect> Send(const executor::Notice&) override { return executor::Effect::kDone; }
};

executor::Verification VerificationOf(const config::Settings& settings) {
  return {settings.verify.percent / 100, settings.verify.by_bytes};
}

class LocalWorld : public OpenedWorld {
 public:
  static Result<std::unique_ptr<OpenedWorld>> Open(const config::Settings& settings,
                                                   const std::string& program) {
    auto opened = std::make_unique<LocalWorld>();
    GODWIT_TRY_ASSIGN(opened->source_, local::LocalSite::Open(settings.source->root));
    GODWIT_TRY_ASSIGN(opened->target_, local::LocalSite::Open(settings.target->root));
    GODWIT_TRY_ASSIGN(opened->pair_, local::ConnectLocalSites(*opened->source_, *opened->target_, program));
    opened->world_ = std::make_unique<executor::World>(
        executor::World{opened->source_->Ports(), opened->target_->Ports(), *opened->pair_.copier,
                        *opened->pair_.comparer, opened->notifier_, VerificationOf(settings)});
    return std::unique_ptr<OpenedWorld>(std::move(opened));
  }
  executor::World& world() override { return *world_; }

 private:
  std::unique_ptr<local::LocalSite> source_, target_;
  local::LocalPair pair_;
  QuietNotifier notifier_;
  std::unique_ptr<executor::World> world_;
};

class HadoopWorld : public OpenedWorld {
 public:
  static Result<std::unique_ptr<OpenedWorld>> Open(const config::Settings& settings) {
    auto opened = std::make_unique<HadoopWorld>();
    GODWIT_TRY_ASSIGN(opened->source_, OpenHadoopSite(*settings.source));
    GODWIT_TRY_ASSIGN(opened->target_, OpenHadoopSite(*settings.target));
    HadoopSite &source = *opened->source_.hadoop, &target = *opened->target_.hadoop;
    GODWIT_TRY_ASSIGN(opened->copier_, OpenHadoopCopier(DistcpConfigOf(*settings.distcp), source, target));
    opened->comparer_ = OpenHadoopComparer(source, target);
    source.catalog().Follow(target.catalog(), target.hdfs(), settings.distcp->preserve);
    target.catalog().Follow(source.catalog(), source.hdfs(), settings.distcp->preserve);
    opened->world_ = std::make_unique<executor::World>(
        executor::World{opened->source_.Ports(), opened->target_.Ports(), *opened->copier_,
                        *opened->comparer_, opened->notifier_, VerificationOf(settings)});
    return std::unique_ptr<OpenedWorld>(std::move(opened));
  }
  executor::World& world() override { return *world_; }

 private:
  OpenedHadoopSite source_, target_;
  std::unique_ptr<executor::Copier> copier_;
  std::unique_ptr<executor::RowComparer> comparer_;
  QuietNotifier notifier_;
  std::unique_ptr<executor::World> world_;
};

void TakeLimits(const config::Settings& settings, executor::Policy& policy) {
  using Link = config::RateWindowSettings::Link;
  const config::LimitSettings& limits = settings.limits;
  for (const Link link : {Link::kToTarget, Link::kToSource}) {
    executor::RateTable& table = policy.rates[link == Link::kToTarget ? 0 : 1];
    table.utc_offset = limits.utc_offset;
    table.otherwise = settings.copy.bandwidth;
    for (const config::RateWindowSettings& window : limits.rates) {
      if (window.link != Link::kBoth && window.link != link) continue;
      table.windows.push_back({window.days, window.from_minute, window.to_minute, window.bytes_per_second});
    }
  }
  policy.burst = limits.burst;
  policy.copies_max = limits.copies;
  if (limits.breaker.on) {
    policy.breaker = {limits.breaker.window, limits.breaker.attempts, limits.breaker.open_percent,
                      limits.breaker.cool_down, limits.breaker.probes};
  }
}

using Locations = std::vector<std::pair<std::string, std::string>>;

// Without other wishes a path stays what it is, in the other site's warehouse or file system.
Locations LocationsBetween(const config::SiteSettings& source, const config::SiteSettings& target) {
  if (source.kind != "hadoop") return {{source.root, target.root}};
  Locations locations;
  for (const std::string& name : source.hadoop.hdfs.fs_names) {
    locations.emplace_back(name, target.hadoop.hdfs.fs_names.front());
  }
  return locations;
}

}  // namespace

Result<std::unique_ptr<OpenedWorld>> OpenWorld(const config::Settings& settings, const std::string& program) {
  if (!settings.source || !settings.target) {
    return InvalidInput(settings.file + ": `sites` with a `source` and a `target` are needed to reach them");
  }
  if (settings.source->kind == "hadoop") return HadoopWorld::Open(settings);
  return LocalWorld::Open(settings, program);
}

executor::Policy PolicyOf(const config::Settings& settings) {
  executor::Policy policy;
  policy.freeze_budget = settings.freeze.budget;
  policy.cutover_attempts_max = settings.freeze.attempts;
  policy.freezes_max = settings.freeze.at_once;
  policy.drain_reads = settings.freeze.drain_reads;
  policy.drain_gap = settings.freeze.drain_gap;
  policy.quiet_wait_max = settings.freeze.quiet_wait;
  policy.evidence_age_max = settings.freeze.evidence_age;
  policy.look_again = settings.watch.look_again;
  policy.sync_every = settings.watch.sync_every;
  policy.linger_every = settings.watch.linger_every;
  policy.units_in_flight_max = settings.copy.units_at_once;
  policy.copies_per_unit_max = settings.copy.copies_per_unit;
  policy.partitions_per_copy_max = static_cast<size_t>(settings.copy.partitions_per_copy);
  policy.bytes_per_copy_max = settings.copy.bytes_per_copy;
  policy.bytes_per_second_max = settings.copy.bandwidth;
  policy.expected_bytes_per_second = settings.copy.expected_bandwidth;
  policy.equal_cycles = settings.equal_cycles;
  policy.switch_needs_approval = settings.approvals.a_switch;
  policy.complete_by_itself = settings.probation.complete_by_itself;
  policy.probation = settings.probation.lasts;
  policy.switch_approval_lasts = settings.approvals.lasts;
  TakeLimits(settings, policy);
  policy.failures_max = settings.watch.failures;
  policy.backoff_max = settings.watch.backoff;
  policy.unknown_wait = settings.watch.unknown_wait;
  policy.location_map = settings.locations;
  if (policy.location_map.empty() && settings.source && settings.target) {
    policy.location_map = LocationsBetween(*settings.source, *settings.target);
  }
  return policy;
}

}  // namespace godwit::cli
