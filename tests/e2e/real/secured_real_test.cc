// WebHDFS where Kerberos and TLS guard it (the scenario `secured`). All of HdfsReal runs there too.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cstdlib>

#include "executor/adapters/hdfs/web_hdfs.h"
#include "executor/adapters/http/http_client.h"
#include "tests/e2e/real/stack_file.h"

namespace godwit::executor {
namespace {

using testing::HasSubstr;

class SecuredReal : public testing::Test {
 protected:
  void SetUp() override {
    stack_ = StackFile();
    if (stack_["source"]["ca_file"] == "") GTEST_SKIP() << "the stack is not secured";
    config_ = HdfsOf(stack_, "source");
  }
  // What listing the root fails with; "" if it does not.
  static std::string ErrorOf(const HdfsConfig& config) {
    auto opened = WebHdfs::Open(config);
    if (!opened.ok()) return opened.error().message;
    auto there = (*opened)->Stat("/");
    return there.ok() ? "" : there.error().message;
  }

  nlohmann::json stack_;
  HdfsConfig config_;
};

TEST_F(SecuredReal, TheTicketIsEnough) { EXPECT_EQ(ErrorOf(config_), ""); }

TEST_F(SecuredReal, WithoutATicketOneIsAskedFor) {
  const std::string ticket = std::getenv("KRB5CCNAME");
  setenv("KRB5CCNAME", "FILE:/nobody/has/this", 1);
  const std::string error = ErrorOf(config_);
  setenv("KRB5CCNAME", ticket.c_str(), 1);
  EXPECT_THAT(error, HasSubstr("Kerberos ticket"));
}

TEST_F(SecuredReal, ANameAloneIsRefused) {
  config_.auth = HdfsAuth::kSimple;
  config_.user = "root";
  EXPECT_THAT(ErrorOf(config_), HasSubstr("401"));
}

TEST_F(SecuredReal, AServerThatNobodyVouchesForIsNotTalkedTo) {
  config_.ca_file.clear();
  EXPECT_THAT(ErrorOf(config_), HasSubstr("certificate"));
}

TEST_F(SecuredReal, ADelegationTokenTakesTheTicketsPlace) {
  HttpConfig http;
  http.auth = HttpAuth::kNegotiate;
  http.ca_file = config_.ca_file;
  HttpClient client(http);
  HttpRequest request;
  request.method = "GET";
  request.url = config_.namenodes.front() + "/webhdfs/v1/?op=GETDELEGATIONTOKEN&renewer=root";
  const HttpOutcome outcome = client.Perform(request);
  ASSERT_TRUE(outcome.answer.has_value()) << outcome.failure;
  ASSERT_EQ(outcome.answer->status, 200) << outcome.answer->body;
  config_.auth = HdfsAuth::kDelegationToken;
  config_.delegation_token = nlohmann::json::parse(outcome.answer->body)["Token"]["urlString"];
  auto hdfs = WebHdfs::Open(config_);
  ASSERT_OK(hdfs);
  ASSERT_OK((*hdfs)->Create("/tmp/by_token", "seven b", true));
  EXPECT_EQ(*(*hdfs)->ReadSmall("/tmp/by_token", 10), "seven b");
  config_.delegation_token = "bm9uc2Vuc2U";
  const std::string error = ErrorOf(config_);
  EXPECT_NE(error, "");
  EXPECT_EQ(error.find("bm9uc2Vuc2U"), std::string::npos) << "a token is a secret: " << error;
}

TEST_F(SecuredReal, AProxyUserActsForAnother) {
  config_.do_as = "bob";
  auto hdfs = WebHdfs::Open(config_);
  ASSERT_OK(hdfs);
  ASSERT_OK((*hdfs)->Create("/tmp/by_bob", "1", true));
  auto there = (*hdfs)->Stat("/tmp/by_bob");
  ASSERT_OK(there);
  EXPECT_EQ((*there)->owner, "bob");
}

}  // namespace
}  // namespace godwit::executor
