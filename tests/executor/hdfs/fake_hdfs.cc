#include "tests/executor/hdfs/fake_hdfs.h"

#include <fmt/format.h>

#include <nlohmann/json.hpp>

namespace godwit::executor {

using nlohmann::json;

namespace {

json StatusOf(const std::string& name, const FakeHdfs::Node& node) {
  return {{"pathSuffix", name},
          {"type", node.folder ? "DIRECTORY" : "FILE"},
          {"length", node.bytes.size()},
          {"modificationTime", 1700000000000},
          {"blockSize", node.folder ? 0 : 1 << 20},
          {"fileId", node.id},
          {"permission", fmt::format("{:o}", node.permission)},
          {"owner", "etl"},
          {"group", "data"},
          {"replication", node.folder ? 0 : 1}};
}

void Send(httplib::Response& response, const json& document) {
  response.set_content(document.dump(), "application/json");
}

}  // namespace

FakeHdfs::FakeHdfs() {
  nodes_["/"] = {true, "", 0755, 1, false};
  const auto answer = [this](const httplib::Request& request, httplib::Response& response) {
    Answer(request, response);
  };
  server_.Get(".*", answer);
  server_.Put(".*", answer);
  server_.Post(".*", answer);
  server_.Delete(".*", answer);
  port_ = server_.bind_to_any_port("127.0.0.1");
  thread_ = std::thread([this] { server_.listen_after_bind(); });
  while (!server_.is_running()) std::this_thread::yield();
}

FakeHdfs::~FakeHdfs() {
  server_.stop();
  thread_.join();
}

HdfsConfig FakeHdfs::Config() const {
  HdfsConfig config;
  config.fs_names = {"hdfs://fake"};
  config.namenodes = {address()};
  config.user = "godwit";
  config.replication = 1;
  config.connect_timeout = std::chrono::milliseconds(1000);
  config.request_timeout = std::chrono::milliseconds(5000);
  config.stall_timeout = std::chrono::seconds(1);
  return config;
}

void FakeHdfs::AddParents(const std::string& path) {
  for (size_t slash = path.find('/', 1); slash != path.npos; slash = path.find('/', slash + 1)) {
    nodes_.try_emplace(path.substr(0, slash), Node{true, "", 0755, next_id_++, false});
  }
}

void FakeHdfs::Put(const std::string& path, const std::string& bytes) {
  std::lock_guard lock(mutex_);
  AddParents(path);
  nodes_[path] = {false, bytes, 0644, next_id_++, false};
}

void FakeHdfs::MakeFolder(const std::string& path) {
  std::lock_guard lock(mutex_);
  AddParents(path + "/");
}

std::map<std::string, FakeHdfs::Node> FakeHdfs::tree() const {
  std::lock_guard lock(mutex_);
  return nodes_;
}

int FakeHdfs::Calls(const std::string& operation) const {
  std::lock_guard lock(mutex_);
  const auto it = calls_.find(operation);
  return it == calls_.end() ? 0 : it->second;
}

void FakeHdfs::Refuse(httplib::Response& response, int status, const std::string& exception) {
  response.status = status;
  Send(response, {{"RemoteException", {{"exception", exception}, {"message", "because of the test"}}}});
}

void FakeHdfs::Answer(const httplib::Request& request, httplib::Response& response) {
  std::string operation = request.get_param_value("op");
  if (request.has_param("datanode")) operation += "@datanode";
  {
    std::lock_guard lock(mutex_);
    ++calls_[operation];
  }
  if (request.path == "/fsck") return Fsck(request, response);
  if (intercept && intercept(operation, request, response)) return;
  constexpr char kPrefix[] = "/webhdfs/v1";
  const std::string path =
      request.path.size() > sizeof kPrefix ? request.path.substr(sizeof kPrefix - 1) : "/";
  std::lock_guard lock(mutex_);
  if (request.has_param("datanode")) {
    DataNode(request.get_param_value("op"), path, request, response);
  } else {
    NameNode(operation, path, request, response);
  }
}

void FakeHdfs::Fsck(const httplib::Request& request, httplib::Response& response) {
  std::lock_guard lock(mutex_);
  ++calls_["/fsck?" + request.get_param_value("path")];
  if (!fsck) return Refuse(response, 404, "NotFound");
  response.set_content("FSCK started by etl\n\n" + *fsck + "FSCK ended\n\n\n" + fsck_verdict, "text/plain");
}

std::string FakeHdfs::Listing(const std::string& path, const std::string& after) {
  const std::string prefix = path == "/" ? "/" : path + "/";
  std::vector<std::pair<std::string, const Node*>> children;
  for (auto it = nodes_.upper_bound(prefix); it != nodes_.end() && it->first.starts_with(prefix); ++it) {
    const std::string name = it->first.substr(prefix.size());
    if (name.find('/') == name.npos && name > after) children.emplace_back(name, &it->second);
  }
  std::sort(children.begin(), children.end());
  json list = json::array();
  for (size_t i = 0; i < std::min(page, children.size()); ++i) {
    list.push_back(StatusOf(children[i].first, *children[i].second));
  }
  return json{{"DirectoryListing",
               {{"partialListing", {{"FileStatuses", {{"FileStatus", list}}}}},
                {"remainingEntries", children.size() - list.size()}}}}
      .dump();
}

void FakeHdfs::NameNode(const std::string& operation, const std::string& path,
                        const httplib::Request& request, httplib::Response& response) {
  const auto there = nodes_.find(path);
  const bool exists = there != nodes_.end();
  if (operation == "OPEN" || operation == "CREATE") {
    response.status = 307;
    response.set_header("Location",
                        fmt::format("{}/webhdfs/v1{}?op={}&datanode=1&overwrite={}&offset={}", address(),
                                    PercentEncode(path, "/"), operation, request.get_param_value("overwrite"),
                                    request.get_param_value("offset")));
    if (operation == "OPEN" && !exists) Refuse(response, 404, "FileNotFoundException");
  } else if (operation == "MKDIRS") {
    AddParents(path + "/");
    Send(response, {{"boolean", true}});
  } else if (operation == "DELETE") {
    std::erase_if(nodes_,
                  [&](const auto& node) { return node.first == path || node.first.starts_with(path + "/"); });
    Send(response, {{"boolean", exists}});
  } else if (!exists) {
    Refuse(response, 404, "FileNotFoundException");
  } else if (operation == "GETFILESTATUS") {
    Send(response, {{"FileStatus", StatusOf("", there->second)}});
  } else if (operation == "LISTSTATUS_BATCH") {
    response.set_content(Listing(path, request.get_param_value("startAfter")), "application/json");
  } else if (operation == "SETPERMISSION") {
    there->second.permission = std::stoi(request.get_param_value("permission"), nullptr, 8);
  } else if (operation == "GET_BLOCK_LOCATIONS") {
    Send(response, {{"LocatedBlocks", {{"isUnderConstruction", there->second.open}}}});
  } else if (operation == "RENAME") {
    const std::string to = request.get_param_value("destination");
    if (nodes_.contains(to)) return Refuse(response, 403, "FileAlreadyExistsException");
    std::map<std::string, Node> moved;
    for (const auto& [name, node] : nodes_) {
      const bool inside = name == path || name.starts_with(path + "/");
      moved[inside ? to + name.substr(path.size()) : name] = node;
    }
    nodes_ = std::move(moved);
  } else {
    Refuse(response, 400, "UnsupportedOperationException");
  }
}

void FakeHdfs::DataNode(const std::string& operation, const std::string& path,
                        const httplib::Request& request, httplib::Response& response) {
  if (operation == "OPEN") {
    const std::string offset = request.get_param_value("offset");
    response.set_content(nodes_[path].bytes.substr(offset.empty() ? 0 : std::stoul(offset)),
                         "application/octet-stream");
    return;
  }
  if (nodes_.contains(path) && request.get_param_value("overwrite") != "true") {
    return Refuse(response, 403, "FileAlreadyExistsException");
  }
  AddParents(path);
  nodes_[path] = {false, request.body, 0644, next_id_++, false};
  response.status = 201;
}

}  // namespace godwit::executor
