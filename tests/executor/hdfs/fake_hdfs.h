// tests/executor/hdfs/fake_hdfs.h — a NameNode and its DataNode in one small HTTP server, with a tree in
// memory and a place to make things go wrong.
#pragma once

#include <httplib.h>

#include <atomic>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

#include "executor/adapters/hdfs/web_hdfs.h"

namespace godwit::executor {

class FakeHdfs {
 public:
  struct Node {
    bool folder = false;
    std::string bytes;
    int permission = 0755;
    uint64_t id = 0;
    bool open = false;
  };

  FakeHdfs();
  ~FakeHdfs();

  std::string address() const { return "http://127.0.0.1:" + std::to_string(port_); }
  HdfsConfig Config() const;
  std::unique_ptr<WebHdfs> Open() const { return *WebHdfs::Open(Config()); }

  void Put(const std::string& path, const std::string& bytes);
  void MakeFolder(const std::string& path);
  std::map<std::string, Node> tree() const;
  int Calls(const std::string& operation) const;

  // Asked before each call ("OPEN", or "OPEN@datanode" for the second step); true: it has answered.
  std::function<bool(const std::string& operation, const httplib::Request&, httplib::Response&)> intercept;
  size_t page = 1000;                    // entries in one answer
  std::optional<std::string> fsck = "";  // lines of the page /fsck; none: there is no such page
  std::string fsck_verdict = "The filesystem under path '/' is HEALTHY";

  static void Refuse(httplib::Response& response, int status, const std::string& exception);

 private:
  void Answer(const httplib::Request& request, httplib::Response& response);
  void NameNode(const std::string& operation, const std::string& path, const httplib::Request& request,
                httplib::Response& response);
  void DataNode(const std::string& operation, const std::string& path, const httplib::Request& request,
                httplib::Response& response);
  void Fsck(const httplib::Request& request, httplib::Response& response);
  void AddParents(const std::string& path);
  std::string Listing(const std::string& path, const std::string& after);

  mutable std::mutex mutex_;
  std::map<std::string, Node> nodes_;
  std::map<std::string, int> calls_;
  uint64_t next_id_ = 1000;
  httplib::Server server_;
  int port_ = 0;
  std::thread thread_;
};

}  // namespace godwit::executor
