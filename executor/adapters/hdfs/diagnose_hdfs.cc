#include "executor/adapters/hdfs/diagnose_hdfs.h"

#include <fmt/format.h>

#include <nlohmann/json.hpp>
#include <set>

#include "executor/adapters/hdfs/hdfs_storage.h"

namespace godwit::executor {

using nlohmann::json;

namespace {

constexpr int64_t kSkewMsMax = 60'000;
constexpr double kFreeShareMin = 0.1;
constexpr int kPathDepthMax = 1000;

using Findings = std::vector<Finding>;

void Add(Findings& findings, Severity severity, std::string check, std::string text,
         std::string remedy = "") {
  findings.push_back({severity, "hdfs." + std::move(check), std::move(text), std::move(remedy)});
}

std::string Text(const json& bean, const char* key) {
  return bean.contains(key) && bean[key].is_string() ? bean[key].get<std::string>() : std::string();
}

int64_t Number(const json& bean, const char* key) {
  return bean.contains(key) && bean[key].is_number_integer() ? bean[key].get<int64_t>() : 0;
}

json BeanOf(WebHdfs& hdfs, const char* name) {
  const auto text = hdfs.Bean(std::string("Hadoop:service=NameNode,name=") + name);
  const json bean = text.ok() ? json::parse(*text, nullptr, false) : json();
  return bean.is_object() ? bean : json::object();
}

// Whether the connection stands at all; nothing else is asked without it.
bool CheckConnection(WebHdfs& hdfs, Findings& findings) {
  const auto root = hdfs.Stat("/");
  if (root.ok()) {
    Add(findings, Severity::kGood, "connection", hdfs.config().fs_names.front() + " answers");
    if (!hdfs.config().do_as.empty())
      Add(findings, Severity::kGood, "proxy_user", "godwit may act for " + hdfs.config().do_as);
    return true;
  }
  if (!hdfs.config().do_as.empty() && root.error().message.find("impersonate") != std::string::npos) {
    Add(findings, Severity::kProblem, "proxy_user", root.error().message,
        fmt::format(
            "set hadoop.proxyuser.{0}.hosts and .groups in the NameNodes' core-site.xml and `hdfs dfsadmin "
            "-refreshSuperUserGroupsConfiguration`, or leave out `do_as`",
            hdfs.config().user.empty() ? "USER" : hdfs.config().user));
    return false;
  }
  Add(findings, Severity::kProblem, "connection", root.error().message,
      "check the NameNodes' addresses, dfs.webhdfs.enabled, firewall, TLS and credentials");
  return false;
}

void CheckNameNode(WebHdfs& hdfs, HdfsDiagnosis& diagnosis) {
  const json info = BeanOf(hdfs, "NameNodeInfo");
  if (info.empty()) {
    Add(diagnosis.findings, Severity::kNote, "version", "the NameNode does not show its /jmx page to godwit",
        "let godwit's user read it, or check version and safe mode by hand");
    return;
  }
  diagnosis.cluster = Text(info, "ClusterId");
  Add(diagnosis.findings, Severity::kGood, "version",
      fmt::format("Hadoop {}, cluster {}", Text(info, "SoftwareVersion"), diagnosis.cluster));
  if (!Text(info, "Safemode").empty()) {
    Add(diagnosis.findings, Severity::kProblem, "safe_mode",
        "the NameNode is in safe mode: nothing can be written",
        "wait until its DataNodes have reported, or `hdfs dfsadmin -safemode leave` if an operator set it");
  }
  if (const int64_t missing = Number(info, "NumberOfMissingBlocks"); missing > 0) {
    Add(diagnosis.findings, Severity::kWarning, "missing_blocks",
        fmt::format("{} blocks are missing: files that hold them cannot be copied", missing),
        "`hdfs fsck / -list-corruptfileblocks` names the files");
  }
}

void CheckOpenFiles(WebHdfs& hdfs, Findings& findings) {
  const auto served = hdfs.OpenFiles("/.godwit_doctor");
  if (!served.ok() || *served) return;
  Add(findings, Severity::kWarning, "open_files",
      "the NameNode does not serve /fsck to godwit: a file that is open for appending in a freeze is not "
      "noticed",
      "give the NameNodes' own HTTP addresses, not a gateway's; or see that nobody appends to files");
}

void CheckHighAvailability(WebHdfs& hdfs, Findings& findings) {
  if (hdfs.config().namenodes.size() > 1) {
    Add(findings, Severity::kGood, "ha",
        fmt::format("{} NameNodes are known", hdfs.config().namenodes.size()));
  } else if (auto services = hdfs.Setting("dfs.nameservices");
             services.ok() && *services && !(*services)->empty()) {
    Add(findings, Severity::kWarning, "ha",
        fmt::format("nameservice {} is served here by one known NameNode", **services),
        "list all of its NameNodes in the site's `namenodes`, or a fail-over stops the migration");
  }
}

void CheckClock(WebHdfs& hdfs, Timestamp now, Findings& findings) {
  const auto time = hdfs.ServerTime();
  if (!time.ok() || !*time) {
    Add(findings, Severity::kNote, "clock", "the NameNode's clock could not be read");
    return;
  }
  const int64_t skew = (**time - now).count();
  const bool far = skew > kSkewMsMax || skew < -kSkewMsMax;
  Add(findings, far ? Severity::kWarning : Severity::kGood, "clock",
      fmt::format("the NameNode's clock differs from this machine's by {} ms", skew),
      far ? "synchronise the clocks (NTP): distcp -update and modification times depend on them" : "");
}

void CheckSpace(WebHdfs& hdfs, const std::string& location, Findings& findings) {
  HdfsStorage storage(hdfs);
  const auto space = storage.Space(location);
  if (!space.ok()) {
    Add(findings, Severity::kNote, "space", space.error().message);
    return;
  }
  const bool low =
      static_cast<double>(space->bytes_free) < kFreeShareMin * static_cast<double>(space->bytes_total);
  Add(findings, low ? Severity::kWarning : Severity::kGood, "space",
      fmt::format("{}: {} MB free of {} MB, replication {} counted, quotas included", location,
                  space->bytes_free >> 20, space->bytes_total >> 20, hdfs.config().replication),
      low ? "free space or raise the quota before copying: a copy that meets the quota fails" : "");
}

void CheckPermission(WebHdfs& hdfs, const std::string& location, Findings& findings) {
  const auto path = hdfs.PathOf(location);
  if (!path.ok()) {
    Add(findings, Severity::kProblem, "location", path.error().message);
    return;
  }
  for (const char* action : {"r-x", "-wx"}) {
    const auto allowed = hdfs.MayAccess(*path, action);
    const bool read = action[0] == 'r';
    if (allowed.ok() && *allowed) {
      Add(findings, Severity::kGood, read ? "read" : "write", fmt::format("{}: {}", location, action));
    } else {
      Add(findings, Severity::kProblem, read ? "read" : "write",
          allowed.ok() ? fmt::format("{}: godwit's user has no {}", location, action)
                       : allowed.error().message,
          fmt::format("give it an ACL: hdfs dfs -setfacl -m user:{}:rwx {}", hdfs.config().user, *path));
    }
  }
}

void CheckPermissionModel(WebHdfs& hdfs, Findings& findings) {
  const auto plugin = hdfs.Setting("dfs.namenode.inode.attributes.provider.class");
  if (plugin.ok() && *plugin && !(*plugin)->empty()) {
    Add(findings, Severity::kWarning, "authorisation",
        fmt::format("{} decides over access: it may let writers in whom permission bits keep out", **plugin),
        "deny the writers there too while a unit is frozen, or rely on the job-side guard");
  }
  const auto permissions = hdfs.Setting("dfs.permissions.enabled");
  if (permissions.ok() && *permissions && **permissions == "false") {
    Add(findings, Severity::kProblem, "authorisation",
        "dfs.permissions.enabled is false: a freeze cannot keep writers "
        "out",
        "switch permissions on, or rely on the job-side guard");
  }
}

// Where something that is not there yet would be made.
std::string NearestFolder(WebHdfs& hdfs, const std::string& location) {
  const auto path = hdfs.PathOf(location);
  if (!path.ok()) return location;
  std::string there = *path;
  for (int i = 0; i < kPathDepthMax && there.size() > 1; ++i) {
    const auto entry = hdfs.Stat(there);
    if (!entry.ok() || *entry) break;
    there.resize(std::max<size_t>(there.rfind('/'), 1));
  }
  return hdfs.LocationOf(there);
}

}  // namespace

HdfsDiagnosis DiagnoseHdfs(WebHdfs& hdfs, const std::vector<std::string>& locations, Timestamp now) {
  HdfsDiagnosis diagnosis;
  if (!CheckConnection(hdfs, diagnosis.findings)) return diagnosis;
  CheckNameNode(hdfs, diagnosis);
  CheckOpenFiles(hdfs, diagnosis.findings);
  CheckHighAvailability(hdfs, diagnosis.findings);
  CheckClock(hdfs, now, diagnosis.findings);
  CheckPermissionModel(hdfs, diagnosis.findings);
  std::set<std::string> folders;
  for (const std::string& location : locations) folders.insert(NearestFolder(hdfs, location));
  for (const std::string& folder : folders) {
    CheckPermission(hdfs, folder, diagnosis.findings);
    CheckSpace(hdfs, folder, diagnosis.findings);
  }
  return diagnosis;
}

}  // namespace godwit::executor
