// What the WebHDFS client makes of servers that misbehave.
#include "executor/adapters/hdfs/web_hdfs.h"

#include <gtest/gtest.h>
#include <sys/socket.h>

#include <chrono>

#include "tests/executor/hdfs/fake_hdfs.h"

namespace godwit::executor {
namespace {

ErrorCode CodeOf(const auto& result) { return result.ok() ? ErrorCode{-1} : result.error().code; }

TEST(WebHdfsConfig, TellsWhatIsWrong) {
  EXPECT_EQ(CodeOf(WebHdfs::Open({})), ErrorCode::kInvalidInput);
  HdfsConfig config;
  config.namenodes = {"nn:9870"};
  config.fs_names = {"hdfs://a"};
  EXPECT_EQ(CodeOf(WebHdfs::Open(config)), ErrorCode::kInvalidInput);
  config.namenodes = {"http://nn:9870/"};
  config.fs_names = {"hdfs://a/b"};
  EXPECT_EQ(CodeOf(WebHdfs::Open(config)), ErrorCode::kInvalidInput);
}

TEST(WebHdfsPath, BelongsToThisFileSystem) {
  HdfsConfig config;
  config.namenodes = {"http://nn:9870"};
  config.fs_names = {"hdfs://prod", "hdfs://nn1:8020"};
  auto hdfs = *WebHdfs::Open(config);
  EXPECT_EQ(*hdfs->PathOf("hdfs://prod/a/b"), "/a/b");
  EXPECT_EQ(*hdfs->PathOf("hdfs://nn1:8020/a//"), "/a");
  EXPECT_EQ(*hdfs->PathOf("/a=%2F b"), "/a=%2F b");
  EXPECT_EQ(*hdfs->PathOf("hdfs://prod"), "/");
  for (const char* other :
       {"hdfs://prod2/a", "s3a://prod/a", "hdfs://prod/a/../b", "relative", "hdfs://prod/a\nb", ""}) {
    EXPECT_EQ(CodeOf(hdfs->PathOf(other)), ErrorCode::kInvalidInput) << other;
  }
}

TEST(WebHdfs, HtmlPageIsNoAnswer) {
  FakeHdfs fake;
  fake.intercept = [](const std::string&, const httplib::Request&, httplib::Response& response) {
    response.status = 502;
    response.set_content("<html>Bad Gateway</html>", "text/html");
    return true;
  };
  const auto stat = fake.Open()->Stat("/a");
  ASSERT_EQ(CodeOf(stat), ErrorCode::kUnavailable);
  EXPECT_NE(stat.error().message.find("no WebHDFS answer"), std::string::npos) << stat.error().message;
}

TEST(WebHdfs, HtmlPageWithStatus200IsNoEmptyFolder) {
  FakeHdfs fake;
  fake.intercept = [](const std::string&, const httplib::Request&, httplib::Response& response) {
    response.set_content("<html>please log in</html>", "text/html");
    return true;
  };
  EXPECT_EQ(CodeOf(fake.Open()->List("/a", "")), ErrorCode::kUnavailable);
  EXPECT_EQ(CodeOf(fake.Open()->Delete("/a", true)), ErrorCode::kUnavailable);
}

TEST(WebHdfs, StandbySendsToTheActiveOneAndStaysThere) {
  FakeHdfs standby, active;
  standby.intercept = [](const std::string&, const httplib::Request&, httplib::Response& response) {
    return FakeHdfs::Refuse(response, 403, "StandbyException"), true;
  };
  active.Put("/a", "x");
  HdfsConfig config = standby.Config();
  config.namenodes.push_back(active.address());
  auto hdfs = *WebHdfs::Open(config);
  ASSERT_TRUE(hdfs->Stat("/a")->has_value());
  ASSERT_TRUE(hdfs->SetPermission("/a", 0600).ok());
  ASSERT_TRUE(hdfs->Stat("/a")->has_value());
  EXPECT_EQ(standby.Calls("GETFILESTATUS"), 1);
  EXPECT_EQ(standby.Calls("SETPERMISSION"), 0);
}

TEST(WebHdfs, TicketOfTheFirstCallIsShownInTheNext) {
  FakeHdfs fake;
  std::vector<std::string> shown;
  fake.intercept = [&](const std::string&, const httplib::Request& request, httplib::Response& response) {
    shown.push_back(request.get_header_value("Cookie"));
    if (shown.size() == 1) response.set_header("Set-Cookie", "hadoop.auth=u=etl; Path=/");
    return false;
  };
  fake.Put("/a", "1");
  const auto hdfs = fake.Open();
  for (int i = 0; i < 3; ++i) EXPECT_TRUE(hdfs->Stat("/a").ok());
  EXPECT_EQ(shown, (std::vector<std::string>{"", "hadoop.auth=u=etl", "hadoop.auth=u=etl"}));
}

TEST(WebHdfs, DeadNameNodeSendsToTheNext) {
  FakeHdfs active;
  active.Put("/a", "x");
  HdfsConfig config = active.Config();
  config.namenodes.insert(config.namenodes.begin(), "http://127.0.0.1:1");
  auto hdfs = *WebHdfs::Open(config);
  EXPECT_TRUE(hdfs->SetPermission("/a", 0600).ok());
}

TEST(WebHdfs, ChangeWithoutAnswerIsNotTriedAgain) {
  FakeHdfs first, second;
  second.Put("/a", "x");
  int socket_of_call = 0;
  first.intercept = [&](const std::string&, const httplib::Request&, httplib::Response& response) {
    // The effect happened, the answer got lost: the connection ends in the middle of it.
    ++socket_of_call;
    response.set_content_provider(100, "application/json",
                                  [](size_t, size_t, httplib::DataSink&) { return false; });
    return true;
  };
  HdfsConfig config = first.Config();
  config.namenodes.push_back(second.address());
  auto hdfs = *WebHdfs::Open(config);
  const Status changed = hdfs->SetPermission("/a", 0600);
  ASSERT_EQ(CodeOf(changed), ErrorCode::kUnavailable);
  EXPECT_NE(changed.error().message.find("may have happened"), std::string::npos);
  EXPECT_EQ(second.Calls("SETPERMISSION"), 0);
  EXPECT_TRUE(hdfs->Stat("/a")->has_value());  // a read goes on to the next
}

TEST(WebHdfs, DeadDataNodeIsNamedToTheNameNode) {
  FakeHdfs fake;
  fake.Put("/a", "bytes");
  std::string excluded;
  fake.intercept = [&](const std::string& operation, const httplib::Request& request,
                       httplib::Response& response) {
    if (operation != "OPEN" && operation != "CREATE") return false;
    excluded = request.get_param_value("excludedatanodes");
    if (!excluded.empty()) return false;
    response.status = 307;
    response.set_header("Location", "http://127.0.0.1:1/webhdfs/v1/a?op=OPEN");
    return true;
  };
  auto hdfs = fake.Open();
  EXPECT_EQ(*hdfs->ReadSmall("/a", 100), "bytes");
  EXPECT_EQ(excluded, "127.0.0.1:1");
  EXPECT_TRUE(hdfs->Create("/b", "x", false).ok());
}

TEST(WebHdfs, RedirectsThatLeadAstrayAreRefused) {
  FakeHdfs fake;
  fake.Put("/a", "bytes");
  std::string location;
  fake.intercept = [&](const std::string& operation, const httplib::Request&, httplib::Response& response) {
    if (operation != "OPEN") return false;
    response.status = 307;
    response.set_header("Location", location);
    return true;
  };
  HdfsConfig config = fake.Config();
  config.datanode_hosts = {"dn1.example.com", ".dc1.example.com"};
  auto hdfs = *WebHdfs::Open(config);
  for (const char* astray :
       {"http://169.254.169.254/latest", "file:///etc/passwd", "http://evil.example.org/x",
        "http://dn1.example.com@evil.org/x", "gopher://dn1.example.com/"}) {
    location = astray;
    EXPECT_FALSE(hdfs->ReadSmall("/a", 100).ok()) << astray;
  }
}

TEST(WebHdfs, SlowServerIsGivenUp) {
  FakeHdfs fake;
  fake.intercept = [](const std::string&, const httplib::Request&, httplib::Response&) {
    std::this_thread::sleep_for(std::chrono::milliseconds(1500));
    return true;
  };
  HdfsConfig config = fake.Config();
  config.request_timeout = std::chrono::milliseconds(200);
  const auto began = std::chrono::steady_clock::now();
  EXPECT_EQ(CodeOf((*WebHdfs::Open(config))->Stat("/a")), ErrorCode::kUnavailable);
  EXPECT_LT(std::chrono::steady_clock::now() - began, std::chrono::milliseconds(1400));
}

TEST(WebHdfs, StreamThatDripsIsGivenUp) {
  FakeHdfs fake;
  fake.Put("/a", "x");
  fake.intercept = [](const std::string& operation, const httplib::Request&, httplib::Response& response) {
    if (operation != "OPEN@datanode") return false;
    response.set_content_provider(1000, "application/octet-stream",
                                  [](size_t, size_t, httplib::DataSink& sink) {
                                    std::this_thread::sleep_for(std::chrono::milliseconds(300));
                                    return sink.write("x", 1);
                                  });
    return true;
  };
  const auto began = std::chrono::steady_clock::now();
  EXPECT_EQ(CodeOf(fake.Open()->ReadSmall("/a", 10'000)), ErrorCode::kUnavailable);
  EXPECT_LT(std::chrono::steady_clock::now() - began, std::chrono::seconds(30));
}

TEST(WebHdfs, EndlessAnswerIsGivenUp) {
  FakeHdfs fake;
  fake.intercept = [](const std::string&, const httplib::Request&, httplib::Response& response) {
    response.set_chunked_content_provider("text/plain", [](size_t, httplib::DataSink& sink) {
      static const std::string kPiece(1 << 20, 'x');
      return sink.write(kPiece.data(), kPiece.size());
    });
    return true;
  };
  const auto stat = fake.Open()->Stat("/a");
  ASSERT_EQ(CodeOf(stat), ErrorCode::kUnavailable);
  EXPECT_NE(stat.error().message.find("larger than"), std::string::npos) << stat.error().message;
}

TEST(WebHdfs, RefusalsHaveTheirCode) {
  const std::pair<const char*, ErrorCode> kCases[] = {{"AccessControlException", ErrorCode::kInvalidInput},
                                                      {"DSQuotaExceededException", ErrorCode::kInvalidInput},
                                                      {"SafeModeException", ErrorCode::kUnavailable},
                                                      {"FileAlreadyExistsException", ErrorCode::kConflict},
                                                      {"NullPointerException", ErrorCode::kUnavailable},
                                                      {"StandbyException", ErrorCode::kUnavailable}};
  for (const auto& [name, code] : kCases) {
    FakeHdfs fake;
    fake.intercept = [&](const std::string&, const httplib::Request&, httplib::Response& response) {
      return FakeHdfs::Refuse(response, 403, name), true;
    };
    EXPECT_EQ(CodeOf(fake.Open()->SetPermission("/a", 0700)), code) << name;
  }
  FakeHdfs fake;
  fake.intercept = [&](const std::string&, const httplib::Request&, httplib::Response& response) {
    return response.status = 401, true;
  };
  EXPECT_EQ(CodeOf(fake.Open()->Stat("/a")), ErrorCode::kInvalidInput);
}

TEST(WebHdfs, SecretsAreNotInMessages) {
  FakeHdfs fake;
  fake.intercept = [&](const std::string&, const httplib::Request&, httplib::Response& response) {
    return FakeHdfs::Refuse(response, 403, "AccessControlException"), true;
  };
  HdfsConfig config = fake.Config();
  config.auth = HdfsAuth::kDelegationToken;
  config.delegation_token = "canary-secret";
  const auto refused = (*WebHdfs::Open(config))->SetPermission("/a", 0700);
  EXPECT_EQ(refused.error().message.find("canary"), std::string::npos);
  config.namenodes = {"http://127.0.0.1:1"};
  EXPECT_EQ((*WebHdfs::Open(config))->Stat("/a").error().message.find("canary"), std::string::npos);
}

}  // namespace
}  // namespace godwit::executor
