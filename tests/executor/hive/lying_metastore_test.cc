// A metastore that answers with nonsense: it is told apart from one that answers, and hurts nobody.
#include <arpa/inet.h>
#include <gtest/gtest.h>
#include <sys/socket.h>
#include <unistd.h>

#include <thread>

#include "executor/adapters/hive_metastore/metastore_client.h"

namespace godwit::executor {
namespace {

using namespace std::chrono_literals;
using namespace std::string_literals;

// Answers whatever is asked with the same bytes and hangs up.
class Liar {
 public:
  explicit Liar(std::string answer) : answer_(std::move(answer)), socket_(socket(AF_INET, SOCK_STREAM, 0)) {
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    socklen_t size = sizeof(address);
    EXPECT_EQ(bind(socket_, reinterpret_cast<sockaddr*>(&address), size), 0);
    EXPECT_EQ(listen(socket_, 8), 0);
    EXPECT_EQ(getsockname(socket_, reinterpret_cast<sockaddr*>(&address), &size), 0);
    uri_ = "thrift://127.0.0.1:" + std::to_string(ntohs(address.sin_port));
    thread_ = std::thread([this] { Serve(); });
  }
  ~Liar() {
    shutdown(socket_, SHUT_RDWR);
    thread_.join();
    close(socket_);
  }
  Liar(const Liar&) = delete;
  Liar& operator=(const Liar&) = delete;
  const std::string& uri() const { return uri_; }

 private:
  void Serve() {
    for (;;) {
      const int peer = accept(socket_, nullptr, nullptr);
      if (peer < 0) return;
      char asked[512];
      (void)!read(peer, asked, sizeof(asked));
      (void)!send(peer, answer_.data(), answer_.size(), MSG_NOSIGNAL);
      close(peer);
    }
  }

  const std::string answer_;
  const int socket_;
  std::string uri_;
  std::thread thread_;
};

std::string Int(uint32_t value) {
  return {static_cast<char>(value >> 24), static_cast<char>(value >> 16), static_cast<char>(value >> 8),
          static_cast<char>(value)};
}

// The reply to get_all_databases, up to its list's length.
std::string ListReply(uint32_t length) {
  const std::string name = "get_all_databases";
  return Int(0x80010002) + Int(static_cast<uint32_t>(name.size())) + name + Int(0) + "\x0f\x00\x00\x0b"s +
         Int(length);
}

Result<std::vector<std::string>> Databases(const std::string& answer) {
  const Liar liar(answer);
  MetastoreConfig config;
  config.uris = {liar.uri()};
  config.request_timeout = 2s;
  const auto client = MetastoreClient::Open(config);
  EXPECT_TRUE(client.ok());
  std::vector<std::string> databases;
  GODWIT_TRY(
      (*client)->Read("list databases", [&](MetastoreStub& stub) { stub.get_all_databases(databases); }));
  return databases;
}

TEST(LyingMetastore, ThatTellsTheTruthIsUnderstood) {
  const auto databases = Databases(ListReply(1) + Int(3) + "ods" + "\x00"s);
  ASSERT_TRUE(databases.ok()) << databases.error().message;
  EXPECT_EQ(*databases, std::vector<std::string>{"ods"});
}

TEST(LyingMetastore, LengthsAreNotBelieved) {
  for (const std::string& answer :
       {ListReply(0x7fffffff), ListReply(0xffffffff), ListReply(9'999'999), ListReply(1) + Int(0x7fffffff),
        ListReply(1) + Int(0xfffffffb), ListReply(1) + Int(63 << 20) + "x", ListReply(2) + Int(3) + "ods",
        Int(0x80010002) + Int(0x7ffffff0), Int(0x80010002) + Int(0xffffff00)}) {
    const auto databases = Databases(answer);
    ASSERT_FALSE(databases.ok());
    EXPECT_EQ(databases.error().code, ErrorCode::kUnavailable) << databases.error().message;
    EXPECT_TRUE(databases.error().message.find("list databases") != std::string::npos);
  }
}

TEST(LyingMetastore, ThatSpeaksSomethingElse) {
  for (const std::string& answer :
       {""s, "HTTP/1.1 400 Bad Request\r\n\r\n"s, std::string(600, '\xff'), std::string(600, '\0'),
        Int(0x80010003) + Int(1) + "x" + Int(0) + "\x00"s}) {
    const auto databases = Databases(answer);
    ASSERT_FALSE(databases.ok());
    EXPECT_EQ(databases.error().code, ErrorCode::kUnavailable) << databases.error().message;
  }
}

}  // namespace
}  // namespace godwit::executor
