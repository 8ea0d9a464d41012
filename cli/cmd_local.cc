// cli/cmd_local.cc — `godwit local …`: makes and runs sites of kind local (docs/local_site.md).
#include <fmt/format.h>
#include <unistd.h>

#include <filesystem>
#include <memory>

#include "cli/command.h"
#include "cli/local_jobs.h"
#include "executor/adapters/local/copy_worker.h"
#include "executor/adapters/local/local_site.h"
#include "executor/adapters/local/run_job.h"
#include "executor/adapters/local/schedule.h"
#include "executor/adapters/local/site_clock.h"

namespace godwit::cli {
namespace {

namespace local = executor::local;

std::string ThisProgram() {
  std::string path(4096, '\0');
  const ssize_t length = readlink("/proc/self/exe", path.data(), path.size());
  path.resize(length > 0 ? static_cast<size_t>(length) : 0);
  return path;
}

// A subcommand with a site's folder as its first argument; `work` is given the opened site.
template <typename Work>
CLI::App* AddSiteCommand(CLI::App& app, Invocation& invocation, const std::string& name,
                         const std::string& help, const std::string& example, const Work& work) {
  auto folder = std::make_shared<std::string>();
  CLI::App* command = AddCommand(app, invocation, name, help, example);
  command->add_option("site", *folder, "the site's folder")->required();
  command->callback([&invocation, folder, work] {
    invocation.run = [folder, work](const Output& output) -> ExitCode {
      const auto site = local::SiteDb::Open(*folder);
      return site.ok() ? work(*site, output) : output.Fail(site.error());
    };
  });
  return command;
}

ExitCode Ending(const Status& status, const Output& output) {
  return status.ok() ? kExitDone : output.Fail(status.error());
}

// --- init

struct InitArgs {
  std::string folder;
  std::string jobs_yaml;
  std::string cursor;
  bool paused = false;
  std::string jdbc;
  std::string engine = GODWIT_ENGINE;
  std::string python = GODWIT_PYTHON;
};

Status MakeSite(const InitArgs& args) {
  std::vector<local::LocalJob> jobs;
  if (!args.jobs_yaml.empty()) {
    GODWIT_TRY_ASSIGN(jobs, ReadLocalJobs(args.jobs_yaml, args.cursor, args.paused));
  }
  GODWIT_TRY_ASSIGN(const std::shared_ptr<local::SiteDb> site, local::SiteDb::Create(args.folder));
  std::error_code error;
  const std::string jdbc = args.jdbc.empty() ? "" : std::filesystem::absolute(args.jdbc, error).string();
  for (const auto& [key, value] :
       {std::pair{"engine", args.engine}, {"python", args.python}, {"jdbc", jdbc}}) {
    GODWIT_TRY(site->Set(key, value));
  }
  return args.jobs_yaml.empty() ? Ok() : DeployJobs(*site, args.jobs_yaml, jobs);
}

void AddInit(CLI::App& app, Invocation& invocation) {
  auto args = std::make_shared<InitArgs>();
  CLI::App* command = AddCommand(app, invocation, "init", "Make a site without tables",
                                 "godwit local init build/demo/source --jobs examples/retail/jobs/jobs.yaml "
                                 "--cursor 2026-10-31 --jdbc build/demo/outside");
  command->add_option("site", args->folder, "the folder to make")->required();
  command->add_option("--jobs", args->jobs_yaml,
                      "a jobs.yaml: its folder is copied to SITE/jobs, its jobs are scheduled");
  command->add_option("--cursor", args->cursor,
                      "the date that every job counts as done up to; without it none runs");
  command->add_flag("--paused", args->paused, "every job waits until somebody starts it");
  command->add_option("--jdbc", args->jdbc,
                      "folder of the databases outside: jdbc:mysql://HOST/DB is FOLDER/HOST/DB.db");
  command->add_option("--engine", args->engine, "folder of the query engine")->capture_default_str();
  command->add_option("--python", args->python, "interpreter with the engine's packages")
      ->capture_default_str();
  command->callback([args, &invocation] {
    invocation.run = [args](const Output& output) {
      const Status made = MakeSite(*args);
      if (made.ok()) output.NextStep(fmt::format("godwit local schedule {}", args->folder));
      return Ending(made, output);
    };
  });
}

// --- schedule, and what it starts

void TellRun(const local::LocalRun& run, const Output& output) {
  output.Note(fmt::format("{} {} for {}{}{}{}", FormatTimestamp(local::RealNow()), run.job, run.due,
                          run.attempt > 1 ? fmt::format(" (attempt {})", run.attempt) : "",
                          run.state == "running" ? " starts" : " " + run.state,
                          run.message.empty() ? "" : ": " + run.message));
}

// Until-idle is a promise: what stands still for another reason than the clock is told.
ExitCode TellStuck(local::SiteDb& site, const Output& output) {
  using Kind = local::Readiness::Kind;
  const auto jobs = site.Read([](local::Database& db) { return local::ReadReadiness(db); });
  if (!jobs.ok()) return output.Fail(jobs.error());
  ExitCode code = kExitDone;
  for (const auto& [job, readiness] : *jobs) {
    if (readiness.kind != Kind::kWaiting && readiness.kind != Kind::kGaveUp) continue;
    output.Warn(fmt::format("{} for {}: {}", job.name, readiness.due, readiness.text));
    code = kExitIncomplete;
  }
  return code;
}

void AddSchedule(CLI::App& app, Invocation& invocation) {
  auto options = std::make_shared<local::ScheduleOptions>();
  CLI::App* command = AddSiteCommand(
      app, invocation, "schedule", "Run the site's scheduler until it is told to stop (SIGTERM)",
      "godwit local schedule build/demo/source --parallel 4",
      [options](const std::shared_ptr<local::SiteDb>& site, const Output& output) {
        options->program = ThisProgram();
        options->told = [&output](const local::LocalRun& run) { TellRun(run, output); };
        const Status ended = local::RunSchedule(site, *options);
        if (!ended.ok() || !options->until_idle) return Ending(ended, output);
        return TellStuck(*site, output);
      });
  command->add_option("--parallel", options->parallel_max, "runs at a time")
      ->check(CLI::Range(1, 1000))
      ->capture_default_str();
  command->add_flag("--until-idle", options->until_idle,
                    "end when nothing more can start before the clock moves");
}

// `godwit local run SITE ID`: started by the scheduler for each run.
void AddRun(CLI::App& app, Invocation& invocation) {
  auto run = std::make_shared<int64_t>(0);
  CLI::App* command =
      AddSiteCommand(app, invocation, "run", "Take a run up (the scheduler starts this itself)",
                     "godwit local run build/demo/source 17",
                     [run](const std::shared_ptr<local::SiteDb>& site, const Output& output) {
                       return Ending(local::RunJob(site, *run), output);
                     });
  command->group("");  // not in the help
  command->add_option("run", *run, "the run's id")->required();
}

// `godwit local copy SITE TAG`: started by godwit itself for each copy between local sites.
void AddCopy(CLI::App& app, Invocation& invocation) {
  auto site = std::make_shared<std::string>();
  auto tag = std::make_shared<std::string>();
  CLI::App* command = AddCommand(app, invocation, "copy", "Work on a copy (godwit starts this itself)",
                                 "godwit local copy build/demo/target godwit:u1:1:copy");
  command->group("");  // not in the help
  command->add_option("site", *site, "folder of the receiving site")->required();
  command->add_option("tag", *tag, "the copy's tag")->required();
  command->callback([&invocation, site, tag] {
    invocation.run = [site, tag](const Output& output) {
      return Ending(local::WorkOnCopyDetached(*site, *tag), output);
    };
  });
}

// --- looking, and small repairs

ExitCode ShowJobs(const std::vector<local::JobReadiness>& jobs, const Output& output) {
  Json list = Json::array();
  for (const auto& [job, readiness] : jobs) {
    if (!output.json) {
      output.Print(fmt::format("{:<32} {:<12} {:<8} done up to {:<11} {}\n", job.name, job.workflow, job.kind,
                               job.cursor.empty() ? "-" : job.cursor, readiness.text));
    }
    list.push_back({{"job", job.name},
                    {"workflow", job.workflow},
                    {"kind", job.kind},
                    {"owner", job.owner},
                    {"at", job.at},
                    {"waits_for", job.waits_for},
                    {"paused", job.paused},
                    {"cursor", job.cursor},
                    {"next", readiness.text}});
  }
  if (output.json) output.PrintJson({{"version", 1}, {"jobs", list}});
  return kExitDone;
}

void AddJobs(CLI::App& app, Invocation& invocation) {
  AddSiteCommand(app, invocation, "jobs", "Jobs, how far each is, and what the next run waits for",
                 "godwit local jobs build/demo/source",
                 [](const std::shared_ptr<local::SiteDb>& site, const Output& output) {
                   const auto jobs = site->Read([](local::Database& db) { return local::ReadReadiness(db); });
                   return jobs.ok() ? ShowJobs(*jobs, output) : output.Fail(jobs.error());
                 });
}

ExitCode ShowRuns(const std::vector<local::LocalRun>& runs, const Output& output) {
  Json list = Json::array();
  for (const local::LocalRun& run : runs) {
    const bool over = run.state != "running";
    if (!output.json) {
      output.Print(fmt::format("{:<32} {} {:>2} {:<10} {:>8} {}\n", run.job, run.due, run.attempt, run.state,
                               over ? FormatDuration(run.ended - run.started) : "-", run.message));
    }
    list.push_back({{"job", run.job},
                    {"due", run.due},
                    {"attempt", run.attempt},
                    {"state", run.state},
                    {"started", FormatTimestamp(run.started)},
                    {"ended", over ? Json(FormatTimestamp(run.ended)) : Json()},
                    {"message", run.message}});
  }
  if (output.json) output.PrintJson({{"version", 1}, {"runs", list}});
  return kExitDone;
}

void AddRuns(CLI::App& app, Invocation& invocation) {
  auto job = std::make_shared<std::string>();
  CLI::App* command = AddSiteCommand(
      app, invocation, "runs", "Every run with its outcome",
      "godwit local runs build/demo/source --job ods_orders",
      [job](const std::shared_ptr<local::SiteDb>& site, const Output& output) {
        const auto runs = site->Read([&](local::Database& db) { return local::ReadRuns(db, *job); });
        return runs.ok() ? ShowRuns(*runs, output) : output.Fail(runs.error());
      });
  command->add_option("--job", *job, "of this job alone");
}

void AddRetry(CLI::App& app, Invocation& invocation) {
  auto job = std::make_shared<std::string>();
  CLI::App* command = AddSiteCommand(
      app, invocation, "retry", "Let a job that failed too often try again",
      "godwit local retry build/demo/source ods_orders",
      [job](const std::shared_ptr<local::SiteDb>& site, const Output& output) {
        const auto cleared = site->Write([&](local::Database& db) { return local::ClearFailures(db, *job); });
        if (!cleared.ok()) return output.Fail(cleared.error());
        output.Print(fmt::format("{}: {} failed runs count no more\n", *job, *cleared));
        return kExitDone;
      });
  command->add_option("job", *job, "the job's name")->required();
}

void AddClock(CLI::App& app, Invocation& invocation) {
  auto time = std::make_shared<std::string>();
  auto speed = std::make_shared<double>(-1);
  CLI::App* command = AddSiteCommand(
      app, invocation, "clock", "Show the site's clock, or set it",
      "godwit local clock build/demo/source --set 2026-11-05T00:00 --speed 14400",
      [time, speed](const std::shared_ptr<local::SiteDb>& site, const Output& output) {
        const auto shown = site->Write([&](local::Database& db) -> Result<std::pair<Timestamp, double>> {
          GODWIT_TRY_ASSIGN(local::SiteClock clock, local::ReadClock(db));
          Timestamp now = clock.SiteTime(local::RealNow());
          if (!time->empty()) {
            GODWIT_TRY_ASSIGN(now, ParseTimestamp(*time));
          }
          if (*speed >= 0) clock.speed = *speed;
          if (!time->empty() || *speed >= 0) GODWIT_TRY(local::SetClock(db, now, clock.speed));
          return std::pair{now, clock.speed};
        });
        if (!shown.ok()) return output.Fail(shown.error());
        const auto& [now, rate] = *shown;
        if (output.json) {
          output.PrintJson({{"version", 1}, {"time", FormatTimestamp(now)}, {"speed", rate}});
        } else {
          output.Print(fmt::format("{} at speed {}\n", FormatTimestamp(now), rate));
        }
        return kExitDone;
      });
  command->add_option("--set", *time, "the time it shows from now on");
  command->add_option("--speed", *speed, "site seconds in a real one; 0 stops it")
      ->check(CLI::NonNegativeNumber);
}

// Becomes the engine's `hive`, so that nothing stands between it and the terminal.
ExitCode BecomeHive(local::SiteDb& site, const std::string& program, const std::vector<std::string>& words,
                    const Output& output) {
  const Result<std::string> engine = site.Setting("engine");
  const Result<std::string> python = site.Setting("python");
  if (!engine.ok() || !python.ok()) return output.Fail(engine.ok() ? python.error() : engine.error());
  const std::string path = *engine + "/bin/" + program;
  setenv("GODWIT_SITE", site.root().c_str(), 1);
  setenv("GODWIT_PYTHON", python->c_str(), 1);
  std::vector<char*> argv = {const_cast<char*>(path.c_str())};
  for (const std::string& word : words) argv.push_back(const_cast<char*>(word.c_str()));
  argv.push_back(nullptr);
  execv(path.c_str(), argv.data());
  return output.Fail(
      InvalidInput(fmt::format("{}: cannot be started: see setting 'engine' of the site", path)));
}

void AddSql(CLI::App& app, Invocation& invocation) {
  auto text = std::make_shared<std::string>();
  auto file = std::make_shared<std::string>();
  auto variables = std::make_shared<std::vector<std::string>>();
  CLI::App* command =
      AddSiteCommand(app, invocation, "sql", "Run HiveQL at the site, outside its scheduler",
                     "godwit local sql build/demo/source -e 'SELECT count(*) FROM ods.orders'",
                     [=](const std::shared_ptr<local::SiteDb>& site, const Output& output) {
                       std::vector<std::string> words;
                       for (const std::string& variable : *variables)
                         words.insert(words.end(), {"--hivevar", variable});
                       if (!text->empty()) words.insert(words.end(), {"-e", *text});
                       if (!file->empty()) words.insert(words.end(), {"-f", *file});
                       return BecomeHive(*site, "hive", words, output);
                     });
  command->add_option("-e", *text, "statements; without -e and -f they come from stdin");
  command->add_option("-f", *file, "a file of statements");
  command->add_option("--hivevar", *variables, "NAME=VALUE");
}

}  // namespace

void AddLocal(CLI::App& app, Invocation& invocation) {
  CLI::App* local = app.add_subcommand("local", "Sites of kind local: folders that play a cluster");
  local->require_subcommand(1);
  AddInit(*local, invocation);
  AddSchedule(*local, invocation);
  AddJobs(*local, invocation);
  AddRuns(*local, invocation);
  AddRetry(*local, invocation);
  AddClock(*local, invocation);
  AddSql(*local, invocation);
  AddRun(*local, invocation);
  AddCopy(*local, invocation);
}

}  // namespace godwit::cli
