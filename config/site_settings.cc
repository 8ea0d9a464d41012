#include "config/site_settings.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>

#include "config/yaml_section.h"

namespace godwit::config {

namespace {

// Addresses, each SCHEME://HOST… without a path.
std::vector<std::string> Addresses(YamlMap& map, const std::string& key,
                                   const std::vector<std::string>& schemes) {
  std::vector<std::string> addresses = map.Texts(key);
  for (std::string& address : addresses) {
    while (address.ends_with('/')) address.pop_back();
    const bool known = std::any_of(schemes.begin(), schemes.end(), [&](const std::string& scheme) {
      return address.starts_with(scheme) && address.size() > scheme.size() &&
             address.find_first_of("/ ", scheme.size()) == address.npos;
    });
    if (known) continue;
    map.Problem(map.PlaceOf(key), fmt::format("`{}`: {} must be {}HOST:PORT, without a path", key, address,
                                              fmt::join(schemes, "HOST:PORT or ")));
  }
  return addresses;
}

std::vector<std::string> RequiredAddresses(YamlMap& map, const std::string& key,
                                           const std::vector<std::string>& schemes) {
  std::vector<std::string> addresses = Addresses(map, key, schemes);
  if (addresses.empty()) {
    map.Problem(map.PlaceOf(key),
                fmt::format("`{}` needs at least one address, {}HOST:PORT", key, schemes[0]));
  }
  return addresses;
}

// The place of a secret, not the secret.
std::optional<SecretPlace> Secret(YamlMap& map, const std::string& key, const std::string& folder) {
  const std::optional<std::string> text = map.Text(key);
  if (!text) return std::nullopt;
  Result<SecretPlace> place = ParseSecretPlace(*text);
  if (!place.ok()) {
    map.Problem(map.PlaceOf(key), fmt::format("`{}`: {}", key, place.error().message));
    return std::nullopt;
  }
  if (place->kind == SecretPlace::Kind::kFile) place->name = Absolute(folder, place->name);
  return *std::move(place);
}

HdfsSettings ReadHdfs(YamlMap& map, const std::string& folder) {
  HdfsSettings hdfs;
  hdfs.fs_names = RequiredAddresses(map, "fs_names", {"hdfs://"});
  hdfs.namenodes = RequiredAddresses(map, "namenodes", {"http://", "https://"});
  Take(map.Choice("auth", {"simple", "delegation_token", "kerberos"}), hdfs.auth);
  Take(map.Text("user"), hdfs.user);
  Take(map.Text("do_as"), hdfs.do_as);
  hdfs.delegation_token = Secret(map, "delegation_token", folder);
  if ((hdfs.auth == "delegation_token") != map.Has("delegation_token")) {
    map.Problem(map.place(), "`delegation_token: env:NAME` and `auth: delegation_token` go together");
  }
  if (hdfs.auth == "simple" && hdfs.user.empty()) {
    map.Problem(map.place(), "`auth: simple` needs the `user` in whose name godwit acts");
  }
  hdfs.ca_file = Absolute(folder, map.Text("ca_file").value_or(""));
  TakeTimeout(map, "connect_timeout", hdfs.connect_timeout);
  TakeTimeout(map, "request_timeout", hdfs.request_timeout);
  TakeTimeout(map, "stall_timeout", hdfs.stall_timeout);
  TakeCount(map, "parallel_calls", hdfs.parallel_calls, 64);
  TakeCount(map, "replication", hdfs.replication, 512);
  hdfs.datanode_hosts = map.Texts("datanode_hosts");
  return hdfs;
}

MetastoreSettings ReadMetastore(YamlMap& map) {
  MetastoreSettings metastore;
  metastore.uris = RequiredAddresses(map, "uris", {"thrift://"});
  Take(map.Text("user"), metastore.user);
  TakeTimeout(map, "connect_timeout", metastore.connect_timeout);
  TakeTimeout(map, "request_timeout", metastore.request_timeout);
  TakeCount(map, "parallel_calls", metastore.parallel_calls, 64);
  TakeCount(map, "batch_partitions", metastore.batch_partitions, 1000);
  Take(map.Bool("column_statistics"), metastore.column_statistics);
  return metastore;
}

QueryEngineSettings ReadQueryEngine(YamlMap& map, const std::string& folder) {
  QueryEngineSettings engine;
  engine.host = map.RequiredText("host");
  TakeCount(map, "port", engine.port, 65535);
  Take(map.Choice("auth", {"nosasl", "plain"}), engine.auth);
  Take(map.Text("user"), engine.user);
  engine.password = Secret(map, "password", folder);
  if (engine.password && engine.auth != "plain") {
    map.Problem(map.PlaceOf("password"), "a `password` is only sent with `auth: plain`");
  }
  TakeTimeout(map, "query_timeout", engine.query_timeout);
  return engine;
}

// A section that a Hadoop site cannot do without.
template <typename Read>
void RequiredSection(YamlMap& site, const std::string& role, const std::string& key, YamlProblems& problems,
                     Read read) {
  if (!site.Has(key))
    site.Problem(site.place(), fmt::format("site `{}` of kind hadoop needs `{}`", role, key));
  Section(site, key, problems, read);
}

HadoopSettings ReadHadoop(YamlMap& map, const std::string& role, const std::string& folder,
                          YamlProblems& problems) {
  HadoopSettings hadoop;
  RequiredSection(map, role, "hdfs", problems,
                  [&](YamlMap& section) { hadoop.hdfs = ReadHdfs(section, folder); });
  RequiredSection(map, role, "metastore", problems,
                  [&](YamlMap& section) { hadoop.metastore = ReadMetastore(section); });
  RequiredSection(map, role, "scheduler", problems, [&](YamlMap& section) {
    (void)section.Choice("kind", {"local"});
    if (!section.Has("kind"))
      section.Problem(section.place(), "`scheduler` has no `kind`: write `kind: local`");
    hadoop.scheduler_root = Absolute(folder, section.RequiredText("root"));
  });
  Section(map, "query_engine", problems,
          [&](YamlMap& section) { hadoop.query_engine = ReadQueryEngine(section, folder); });
  return hadoop;
}

}  // namespace

SiteSettings ReadSite(YamlMap& map, const std::string& role, const std::string& folder,
                      YamlProblems& problems) {
  SiteSettings site;
  site.name = map.Text("name").value_or(role);
  site.kind = map.Choice("kind", {"local", "hadoop"}).value_or("");
  if (!map.Has("kind")) {
    map.Problem(map.place(),
                fmt::format("site `{}` has no `kind`: write `kind: hadoop` or `kind: local`", role));
  }
  if (site.kind == "hadoop") {
    site.hadoop = ReadHadoop(map, role, folder, problems);
  } else {
    site.root = Absolute(folder, map.RequiredText("root"));
  }
  return site;
}

DistcpSettings ReadDistcp(YamlMap& map, const std::string& folder) {
  DistcpSettings distcp;
  distcp.command = map.Texts("command");
  if (distcp.command.empty() || !distcp.command[0].starts_with('/')) {
    map.Problem(map.PlaceOf("command"),
                "`command` is a path and its first arguments: [/usr/bin/hadoop, distcp]");
  }
  distcp.environment = map.Texts("environment");
  distcp.work_folder = Absolute(folder, map.RequiredText("work_folder"));
  distcp.resource_managers = Addresses(map, "resource_managers", {"http://", "https://"});
  Take(map.Text("yarn_user"), distcp.yarn_user);
  Take(map.Choice("auth", {"simple", "kerberos"}), distcp.auth);
  distcp.ca_file = Absolute(folder, map.Text("ca_file").value_or(""));
  Take(map.Text("queue"), distcp.queue);
  TakeCount(map, "maps_max", distcp.maps_max, 10'000);
  Take(map.Text("preserve"), distcp.preserve);
  if (distcp.preserve.find_first_not_of("brugpcaxt") != std::string::npos) {
    map.Problem(map.PlaceOf("preserve"), "`preserve` is made of DistCp's letters b r u g p c a x t");
  }
  Take(map.Bool("composite_crc"), distcp.composite_crc);
  Take(map.Bool("direct"), distcp.direct);
  Take(map.Bool("ignore_failures"), distcp.ignore_failures);
  distcp.properties = map.Texts("properties");
  for (const std::string& property : distcp.properties) {
    if (property.find('=') != property.npos && !property.starts_with('-')) continue;
    map.Problem(map.PlaceOf("properties"), fmt::format("`properties`: {} must be NAME=VALUE", property));
  }
  return distcp;
}

std::string ContradictionOf(const SiteSettings& source, const SiteSettings& target) {
  if (source.name == target.name)
    return "both sites are named " + source.name + ": give each a name of its own";
  if (source.kind != target.kind) return "one site is local, the other hadoop: both must be of one kind";
  if (source.kind == "local" && source.root == target.root) return "both sites are the folder " + source.root;
  if (source.kind != "hadoop") return "";
  if (source.hadoop.scheduler_root == target.hadoop.scheduler_root && !source.hadoop.scheduler_root.empty())
    return "both sites have the scheduler in " + source.hadoop.scheduler_root;
  for (const std::string& name : source.hadoop.hdfs.fs_names) {
    const std::vector<std::string>& others = target.hadoop.hdfs.fs_names;
    if (std::find(others.begin(), others.end(), name) != others.end())
      return "both sites name their file system " + name + ": locations could not be told apart";
  }
  return "";
}

}  // namespace godwit::config
