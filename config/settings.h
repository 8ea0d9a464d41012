// config/settings.h — godwit.yaml as typed values. docs/configuration.md describes every key.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "base/result.h"
#include "base/time.h"
#include "config/limit_settings.h"
#include "config/notify_settings.h"
#include "config/site_settings.h"

namespace godwit::config {

struct FreezeSettings {
  Duration budget = std::chrono::minutes(30);
  int attempts = 5;
  int at_once = 4;
  int drain_reads = 2;
  Duration drain_gap = std::chrono::seconds(5);
  Duration quiet_wait = std::chrono::hours(24);
  Duration evidence_age = std::chrono::minutes(10);
};

struct CopySettings {
  int64_t bandwidth = 0;  // bytes/s of all copies together; 0: no limit
  int units_at_once = 16;
  int copies_per_unit = 4;
  int64_t partitions_per_copy = 1000;
  int64_t bytes_per_copy = int64_t{256} << 30;
  int64_t expected_bandwidth = int64_t{100} << 20;
};

struct VerifySettings {
  double percent = 100;   // of the copied files
  bool by_bytes = false;  // even where stored checksums can be compared
};

struct WatchSettings {
  Duration look_again = std::chrono::seconds(5);
  Duration sync_every = std::chrono::minutes(5);
  Duration linger_every = std::chrono::minutes(1);
  Duration backoff = std::chrono::seconds(64);
  Duration unknown_wait = std::chrono::seconds(2);
  int failures = 8;
};

struct ApprovalSettings {
  bool plan = true;        // apply asks for a signature under the plan
  bool a_switch = false;   // each unit's switch asks for one
  Duration lasts{0};       // of a switch's approval; 0: until the switch
  std::string people;      // file of names and digests of tokens, absolute; "": the operating system's names
  bool four_eyes = false;  // who drives does not approve
};

struct StateFileSettings {
  std::string mirror;                     // a second copy of the log, absolute; "": none
  int64_t free_min = int64_t{256} << 20;  // bytes; less on its disk and nothing new begins
  int64_t ballast = int64_t{16} << 20;    // bytes set aside for the records of a thaw; 0: none
};

struct ProbationSettings {
  Duration lasts = std::chrono::hours(24);
  bool complete_by_itself = false;
};

struct Settings {
  std::string file;          // as given
  std::string folder;        // absolute: relative paths of the file begin here
  std::string state_folder;  // absolute
  std::optional<SiteSettings> source, target;
  std::optional<DistcpSettings> distcp;                        // of hadoop sites
  std::vector<std::pair<std::string, std::string>> locations;  // source prefix, target prefix
  FreezeSettings freeze;
  CopySettings copy;
  VerifySettings verify;
  WatchSettings watch;
  int equal_cycles = 1;
  ApprovalSettings approvals;
  ProbationSettings probation;
  std::vector<ReceiverSettings> notify;
  LimitSettings limits;
  StateFileSettings state_file;
};

// Errors: kInvalidInput with file:line:column of every mistake; or there is no such file.
Result<Settings> ReadSettings(const std::string& path);
Result<Settings> ParseSettings(const std::string& path, const std::string& text);

}  // namespace godwit::config
