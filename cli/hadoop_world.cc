#include "cli/hadoop_world.h"

namespace godwit::cli {
namespace {

using executor::HdfsAuth;
using executor::HiveServerAuth;

Result<executor::HdfsConfig> HdfsConfigOf(const config::HdfsSettings& settings) {
  executor::HdfsConfig hdfs;
  hdfs.fs_names = settings.fs_names;
  hdfs.namenodes = settings.namenodes;
  hdfs.auth = settings.auth == "kerberos"           ? HdfsAuth::kKerberos
              : settings.auth == "delegation_token" ? HdfsAuth::kDelegationToken
                                                    : HdfsAuth::kSimple;
  hdfs.user = settings.user;
  hdfs.do_as = settings.do_as;
  if (settings.delegation_token) {
    GODWIT_TRY_ASSIGN(hdfs.delegation_token, config::ReadSecret(*settings.delegation_token));
  }
  hdfs.ca_file = settings.ca_file;
  hdfs.connect_timeout = settings.connect_timeout;
  hdfs.request_timeout = settings.request_timeout;
  hdfs.stall_timeout = std::chrono::ceil<std::chrono::seconds>(settings.stall_timeout);
  hdfs.parallel_calls = static_cast<size_t>(settings.parallel_calls);
  hdfs.replication = settings.replication;
  hdfs.datanode_hosts = settings.datanode_hosts;
  return hdfs;
}

executor::MetastoreConfig MetastoreConfigOf(const config::MetastoreSettings& settings) {
  executor::MetastoreConfig metastore;
  metastore.uris = settings.uris;
  metastore.user = settings.user;
  metastore.connect_timeout = settings.connect_timeout;
  metastore.request_timeout = settings.request_timeout;
  metastore.parallel_calls = static_cast<size_t>(settings.parallel_calls);
  metastore.batch_partitions = static_cast<size_t>(settings.batch_partitions);
  metastore.column_statistics = settings.column_statistics;
  return metastore;
}

Result<executor::HiveServerConfig> QueryEngineConfigOf(const config::QueryEngineSettings& settings) {
  executor::HiveServerConfig engine;
  engine.host = settings.host;
  engine.port = settings.port;
  engine.auth = settings.auth == "plain" ? HiveServerAuth::kPlain : HiveServerAuth::kNoSasl;
  engine.user = settings.user;
  engine.query_timeout = settings.query_timeout;
  if (settings.password) {
    GODWIT_TRY_ASSIGN(engine.password, config::ReadSecret(*settings.password));
  }
  return engine;
}

}  // namespace

executor::Site OpenedHadoopSite::Ports() {
  return {hadoop->storage(), hadoop->catalog(), hadoop->barrier(), jobs->Ports().scheduler,
          hadoop->query_engine()};
}

Result<std::unique_ptr<HadoopSite>> OpenHadoopParts(const config::SiteSettings& site) {
  HadoopSiteConfig parts;
  GODWIT_TRY_ASSIGN(parts.hdfs, HdfsConfigOf(site.hadoop.hdfs));
  parts.metastore = MetastoreConfigOf(site.hadoop.metastore);
  if (site.hadoop.query_engine) {
    GODWIT_TRY_ASSIGN(parts.query_engine, QueryEngineConfigOf(*site.hadoop.query_engine));
  }
  return HadoopSite::Open(std::move(parts));
}

Result<OpenedHadoopSite> OpenHadoopSite(const config::SiteSettings& site) {
  OpenedHadoopSite opened;
  GODWIT_TRY_ASSIGN(opened.hadoop, OpenHadoopParts(site));
  GODWIT_TRY_ASSIGN(opened.jobs, executor::local::LocalSite::Open(site.hadoop.scheduler_root));
  return opened;
}

executor::DistcpConfig DistcpConfigOf(const config::DistcpSettings& settings) {
  executor::DistcpConfig distcp;
  distcp.command = settings.command;
  distcp.environment = settings.environment;
  distcp.work_folder = settings.work_folder;
  distcp.resource_managers = settings.resource_managers;
  distcp.yarn_user = settings.yarn_user;
  distcp.kerberos = settings.auth == "kerberos";
  distcp.ca_file = settings.ca_file;
  distcp.queue = settings.queue;
  distcp.maps_max = settings.maps_max;
  distcp.preserve = settings.preserve;
  distcp.composite_crc = settings.composite_crc;
  distcp.direct = settings.direct;
  distcp.ignore_failures = settings.ignore_failures;
  distcp.properties = settings.properties;
  return distcp;
}

}  // namespace godwit::cli
