#include "config/settings.h"

#include <gtest/gtest.h>

namespace godwit::config {
namespace {

constexpr char kHadoop[] = R"(version: 1
sites:
  source:
    name: old
    kind: hadoop
    hdfs: {fs_names: ["hdfs://old", "hdfs://nn1:8020/"], namenodes: ["http://nn1:9870", "http://nn2:9870"], user: godwit}
    metastore: {uris: ["thrift://hms1:9083", "thrift://hms2:9083"], batch_partitions: 500}
    query_engine: {host: sts, port: 10001, auth: plain, user: godwit, password: env:STS}
    scheduler: {kind: local, root: jobs/old}
  target:
    kind: hadoop
    hdfs: {fs_names: "hdfs://new", namenodes: "https://nn3:9871", auth: delegation_token, delegation_token: file:token}
    metastore: {uris: "thrift://hms3:9083", column_statistics: false}
    scheduler: {kind: local, root: /jobs/new}
distcp: {command: [/usr/bin/hadoop, distcp], work_folder: copies, resource_managers: "http://rm:8088", maps_max: 5}
)";

// The error's text; "" if there is none.
std::string Mistakes(const std::string& text) {
  const Result<Settings> settings = ParseSettings("/migration/godwit.yaml", text);
  return settings.ok() ? "" : settings.error().message;
}

std::string Replaced(std::string text, const std::string& from, const std::string& to) {
  const size_t at = text.find(from);
  EXPECT_NE(at, text.npos) << from;
  return at == text.npos ? text : text.replace(at, from.size(), to);
}

// What the error must say once `from` has become `to` in a good file.
struct Mistake {
  std::string from, to, message;
};

TEST(Settings, TimeoutsAreLongerThanNothing) {
  for (const auto& [place, key] :
       std::vector<std::pair<std::string, std::string>>{{"user: godwit}\n    metastore", "connect_timeout"},
                                                        {"user: godwit}\n    metastore", "stall_timeout"},
                                                        {"batch_partitions: 500}", "request_timeout"},
                                                        {"port: 10001, ", "query_timeout"}}) {
    std::string wrong = place;
    wrong.insert(wrong.find_first_of("}") == wrong.npos ? wrong.size() : wrong.find('}'),
                 wrong.ends_with(", ") ? key + ": 0s, " : ", " + key + ": 0s");
    const std::string said = Mistakes(Replaced(kHadoop, place, wrong));
    EXPECT_NE(said.find("`" + key + "` must be longer than 0s"), said.npos) << key << ": " << said;
  }
}

TEST(Settings, ReadsHadoopSites) {
  const Result<Settings> settings = ParseSettings("/migration/godwit.yaml", kHadoop);
  ASSERT_TRUE(settings.ok()) << settings.error().message;
  const SiteSettings &source = *settings->source, &target = *settings->target;
  EXPECT_EQ(source.name, "old");
  EXPECT_EQ(target.name, "target");
  EXPECT_EQ(source.hadoop.hdfs.fs_names, (std::vector<std::string>{"hdfs://old", "hdfs://nn1:8020"}));
  EXPECT_EQ(source.hadoop.hdfs.namenodes.size(), 2);
  EXPECT_EQ(source.hadoop.metastore.batch_partitions, 500);
  EXPECT_EQ(source.hadoop.query_engine->password->name, "STS");
  EXPECT_EQ(source.hadoop.scheduler_root, "/migration/jobs/old");
  EXPECT_EQ(target.hadoop.hdfs.delegation_token->name, "/migration/token");
  EXPECT_FALSE(target.hadoop.query_engine);
  EXPECT_FALSE(target.hadoop.metastore.column_statistics);
  EXPECT_EQ(target.hadoop.scheduler_root, "/jobs/new");
  EXPECT_EQ(settings->distcp->work_folder, "/migration/copies");
  EXPECT_EQ(settings->distcp->maps_max, 5);
  EXPECT_EQ(settings->distcp->preserve, "ugpax");
}

TEST(Settings, NamesEveryMistakeOfAHadoopSiteWithItsPlace) {
  const std::vector<Mistake> mistakes = {
      {"user: godwit}", "usr: godwit}", "godwit.yaml:6:109: `hdfs` has no 'usr': did you mean"},
      {"hdfs://nn1:8020/", "hdfs://nn1:8020/warehouse",
       "godwit.yaml:6:22: `fs_names`: hdfs://nn1:8020/warehouse"},
      {"namenodes: \"https://nn3:9871\", ", "", "godwit.yaml:12:11: `namenodes` needs at least one address"},
      {"thrift://hms3:9083", "hms3:9083", "godwit.yaml:13:23: `uris`: hms3:9083 must be thrift://HOST:PORT"},
      {"batch_partitions: 500", "batch_partitions: 0",
       "godwit.yaml:7:87: batch_partitions must be a whole number"},
      {"auth: delegation_token, ", "user: x, ",
       "`delegation_token: env:NAME` and `auth: delegation_token` go together"},
      {", user: godwit}\n    metastore", "}\n    metastore", "`auth: simple` needs the `user`"},
      {"auth: plain, ", "", "a `password` is only sent with `auth: plain`"},
      {"    scheduler: {kind: local, root: jobs/old}\n", "",
       "site `source` of kind hadoop needs `scheduler`"},
      {"{kind: local, root: /jobs/new}", "{kind: airflow, root: /jobs/new}", "godwit.yaml:14:23: "},
      {"/jobs/new", "jobs/old", "both sites have the scheduler in /migration/jobs/old"},
      {"\"hdfs://new\"", "\"hdfs://old\"", "both sites name their file system hdfs://old"},
      {"    kind: hadoop\n    hdfs: {fs_names: \"", "    kind: local\n    root: x\n    hdfs: {fs_names: \"",
       "one site is local, the other hadoop"},
      {"distcp: {", "copy: {}\nx-distcp: {", "sites of kind hadoop need a section `distcp`"},
      {"[/usr/bin/hadoop, distcp]", "hadoop distcp", "`command` is a path and its first arguments"},
      {"maps_max: 5", "maps_max: 5, preserve: uz", "godwit.yaml:15:"},
      {"maps_max: 5", "maps_max: 5, properties: [-Dx]", "`properties`: -Dx must be NAME=VALUE"},
  };
  for (const Mistake& mistake : mistakes) {
    const std::string said = Mistakes(Replaced(kHadoop, mistake.from, mistake.to));
    EXPECT_NE(said.find(mistake.message), said.npos) << mistake.to << "\n" << said;
  }
}

TEST(Settings, HowCopiesAreVerified) {
  const auto of = [](const std::string& section) {
    return ParseSettings("/m/godwit.yaml", "version: 1\nverify: " + section + "\n");
  };
  EXPECT_EQ(of("{}")->verify.percent, 100);
  EXPECT_FALSE(of("{}")->verify.by_bytes);
  EXPECT_EQ(of("{percent: 2.5, by: bytes}")->verify.percent, 2.5);
  EXPECT_TRUE(of("{percent: 2.5, by: bytes}")->verify.by_bytes);
  EXPECT_FALSE(of("{percent: 0}").ok());  // nothing compared is no verification
  EXPECT_FALSE(of("{percent: 101}").ok());
  EXPECT_FALSE(of("{by: luck}").ok());
}

TEST(Settings, ASecretWrittenOutIsRefusedAndNotRepeated) {
  const std::string said = Mistakes(Replaced(kHadoop, "env:STS", "hunter2"));
  EXPECT_NE(said.find("godwit.yaml:8:81: `password`"), said.npos) << said;
  EXPECT_EQ(said.find("hunter2"), said.npos) << said;
}

TEST(Settings, LocalSitesNeedARootEachAndNoDistcp) {
  const std::string local =
      "version: 1\nsites:\n  source: {kind: local, root: a}\n  target: {kind: local, root: b}\n";
  EXPECT_EQ(Mistakes(local), "");
  EXPECT_NE(Mistakes(Replaced(local, "root: b", "root: a/")).find("both sites are the folder /migration/a"),
            std::string::npos);
  EXPECT_NE(
      Mistakes(local + "distcp: {command: /x, work_folder: y}\n").find("godwit.yaml:5:9: `distcp` is for"),
      std::string::npos);
}

}  // namespace
}  // namespace godwit::config
