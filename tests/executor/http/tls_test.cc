// Servers whose certificates are not to be trusted: nothing is sent to them, and the reason is told.
#include <gtest/gtest.h>
#include <httplib.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/x509v3.h>

#include <atomic>
#include <cstdio>
#include <filesystem>
#include <memory>
#include <string>
#include <thread>

#include "executor/adapters/http/http_client.h"

namespace godwit::executor {
namespace {

constexpr long kHour = 3600;
constexpr char kSecret[] = "open-sesame";

using Key = std::unique_ptr<EVP_PKEY, decltype(&EVP_PKEY_free)>;
using Certificate = std::unique_ptr<X509, decltype(&X509_free)>;

Key NewKey() { return {EVP_EC_gen("P-256"), &EVP_PKEY_free}; }

// Signed by itself, for `host` ("DNS:…" or "IP:…"), until `seconds` from now.
Certificate NewCertificate(EVP_PKEY* key, const std::string& host, long seconds) {
  Certificate certificate(X509_new(), &X509_free);
  X509* x509 = certificate.get();
  X509_set_version(x509, 2);
  ASN1_INTEGER_set(X509_get_serialNumber(x509), 1);
  X509_gmtime_adj(X509_getm_notBefore(x509), -48 * kHour);
  X509_gmtime_adj(X509_getm_notAfter(x509), seconds);
  X509_set_pubkey(x509, key);
  X509_NAME* name = X509_get_subject_name(x509);
  const auto* text = reinterpret_cast<const unsigned char*>("godwit test");
  X509_NAME_add_entry_by_txt(name, "CN", MBSTRING_ASC, text, -1, -1, 0);
  X509_set_issuer_name(x509, name);
  X509_EXTENSION* hosts = X509V3_EXT_conf_nid(nullptr, nullptr, NID_subject_alt_name, host.c_str());
  X509_add_ext(x509, hosts, -1);
  X509_EXTENSION_free(hosts);
  EXPECT_GT(X509_sign(x509, key, EVP_sha256()), 0);
  return certificate;
}

// Counts the requests that reach it.
class Server {
 public:
  Server(const std::string& host, long seconds)
      : key_(NewKey()),
        certificate_(NewCertificate(key_.get(), host, seconds)),
        server_(certificate_.get(), key_.get()),
        ca_file_(std::filesystem::temp_directory_path() /
                 ("godwit_tls_" + std::to_string(getpid()) + ".pem")) {
    FILE* file = fopen(ca_file_.c_str(), "w");
    EXPECT_NE(file, nullptr);
    PEM_write_X509(file, certificate_.get());
    fclose(file);
    server_.Put("/.*", [this](const httplib::Request&, httplib::Response& response) {
      ++requests;
      response.set_content("done", "text/plain");
    });
    port_ = server_.bind_to_any_port("127.0.0.1");
    thread_ = std::thread([this] { server_.listen_after_bind(); });
    while (!server_.is_running()) std::this_thread::yield();
  }
  ~Server() {
    server_.stop();
    thread_.join();
    std::filesystem::remove(ca_file_);
  }
  Server(const Server&) = delete;
  Server& operator=(const Server&) = delete;

  HttpOutcome Put(const std::string& ca_file, const std::string& scheme = "https") const {
    HttpConfig config;
    config.auth = HttpAuth::kBasic;
    config.user = "godwit";
    config.password = kSecret;
    config.ca_file = ca_file;
    HttpRequest request;
    request.method = "PUT";
    request.url = scheme + "://127.0.0.1:" + std::to_string(port_) + "/a";
    request.body = "rows";
    return HttpClient(config).Perform(request);
  }
  const std::string& ca_file() const { return ca_file_; }

  std::atomic<int> requests = 0;

 private:
  const Key key_;
  const Certificate certificate_;
  httplib::SSLServer server_;
  const std::string ca_file_;
  int port_ = 0;
  std::thread thread_;
};

void ExpectRefused(const Server& server, const HttpOutcome& outcome, const std::string& why) {
  EXPECT_FALSE(outcome.answer.has_value());
  EXPECT_FALSE(outcome.sent) << "so the caller may try again";
  EXPECT_NE(outcome.failure.find(why), std::string::npos) << outcome.failure;
  EXPECT_EQ(outcome.failure.find(kSecret), std::string::npos) << outcome.failure;
  EXPECT_EQ(server.requests, 0);
}

TEST(Tls, TrustedServerAnswers) {
  const Server server("IP:127.0.0.1", kHour);
  const HttpOutcome outcome = server.Put(server.ca_file());
  ASSERT_TRUE(outcome.answer.has_value()) << outcome.failure;
  EXPECT_EQ(outcome.answer->body, "done");
  EXPECT_EQ(server.requests, 1);
}

TEST(Tls, ExpiredCertificateIsRefused) {
  const Server server("IP:127.0.0.1", -kHour);
  ExpectRefused(server, server.Put(server.ca_file()), "expired");
}

TEST(Tls, CertificateOfAnotherHostIsRefused) {
  const Server server("DNS:elsewhere.example", kHour);
  ExpectRefused(server, server.Put(server.ca_file()), "127.0.0.1");
}

TEST(Tls, CertificateThatNobodyVouchesForIsRefused) {
  const Server server("IP:127.0.0.1", kHour);
  ExpectRefused(server, server.Put(""), "certificate");
}

TEST(Tls, MissingFileOfCertificatesIsNoTrust) {
  const Server server("IP:127.0.0.1", kHour);
  ExpectRefused(server, server.Put("/nowhere/ca.pem"), "/nowhere/ca.pem");
}

}  // namespace
}  // namespace godwit::executor
