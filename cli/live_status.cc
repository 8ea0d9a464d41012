#include "cli/live_status.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <poll.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include <cerrno>
#include <chrono>
#include <cstring>
#include <nlohmann/json.hpp>
#include <optional>

#include "base/descriptor.h"

namespace godwit::cli {
namespace {

using nlohmann::json;
using Clock = std::chrono::steady_clock;

constexpr char kName[] = "apply.sock";
constexpr std::chrono::milliseconds kPatience{2000};
constexpr size_t kAnswerMax = size_t{256} << 20;  // bytes

// The socket's address. A path may have 107 bytes at most; that of an open folder is short.
std::optional<sockaddr_un> AddressIn(const Descriptor& folder) {
  sockaddr_un address{};
  address.sun_family = AF_UNIX;
  const std::string path = fmt::format("/proc/self/fd/{}/{}", folder.number(), kName);
  if (!folder.ok() || path.size() >= sizeof address.sun_path) return std::nullopt;
  std::memcpy(address.sun_path, path.c_str(), path.size() + 1);
  return address;
}

Error Failed(const std::string& folder, const char* what) {
  return Unavailable(fmt::format("{}/{}: {}: {}", folder, kName, what, std::strerror(errno)));
}

// False when the time is over or the other end has gone.
bool WaitUntil(int descriptor, short events, Clock::time_point deadline) {
  const auto left = std::chrono::duration_cast<std::chrono::milliseconds>(deadline - Clock::now());
  pollfd waited{descriptor, events, 0};
  return left.count() > 0 && poll(&waited, 1, static_cast<int>(left.count())) > 0;
}

void SendAll(int descriptor, const std::string& text) {
  const Clock::time_point deadline = Clock::now() + kPatience;
  for (size_t sent = 0; sent < text.size();) {
    const ssize_t count =
        send(descriptor, text.data() + sent, text.size() - sent, MSG_NOSIGNAL | MSG_DONTWAIT);
    if (count > 0) {
      sent += static_cast<size_t>(count);
    } else if ((errno != EAGAIN && errno != EINTR) || !WaitUntil(descriptor, POLLOUT, deadline)) {
      return;
    }
  }
}

// All until the other end closes; none if that takes too long.
std::optional<std::string> ReceiveAll(int descriptor) {
  const Clock::time_point deadline = Clock::now() + kPatience;
  std::string text;
  char piece[65536];
  while (text.size() < kAnswerMax && WaitUntil(descriptor, POLLIN, deadline)) {
    const ssize_t count = recv(descriptor, piece, sizeof piece, MSG_DONTWAIT);
    if (count == 0) return text;
    if (count < 0 && errno != EAGAIN && errno != EINTR) return std::nullopt;
    if (count > 0) text.append(piece, static_cast<size_t>(count));
  }
  return std::nullopt;
}

std::string TextOf(const executor::Engine& engine) {
  json units = json::object();
  for (const executor::UnitStatus& unit : engine.Units()) {
    units[unit.spec->id] = {{"waits_for", unit.waits_for},
                            {"problem", unit.problem},
                            {"needs_person", unit.needs_person},
                            {"bytes_different", unit.bytes_different}};
  }
  return json{{"format", "godwit-live/1"}, {"units", units}}.dump(-1, ' ', false,
                                                                  json::error_handler_t::replace);
}

bool ReadUnits(const std::string& text, std::map<std::string, LiveUnit>& units) {
  const json document = json::parse(text, nullptr, /*allow_exceptions=*/false);
  if (!document.is_object() || document.value("format", json()) != "godwit-live/1") return false;
  try {
    for (const auto& [id, unit] : document.at("units").items()) {
      units[id] = {unit.at("waits_for").get<std::vector<std::string>>(),
                   unit.at("problem").get<std::string>(), unit.at("needs_person").get<bool>(),
                   unit.at("bytes_different").get<int64_t>()};
    }
  } catch (const json::exception&) {
    return false;
  }
  return true;
}

}  // namespace

Result<std::unique_ptr<LiveStatusServer>> LiveStatusServer::Start(const std::string& state_folder) {
  std::unique_ptr<LiveStatusServer> server(new LiveStatusServer);
  const Descriptor folder(open(state_folder.c_str(), O_PATH | O_DIRECTORY | O_CLOEXEC));
  const std::optional<sockaddr_un> address = AddressIn(folder);
  if (!address) return Failed(state_folder, "open");
  unlinkat(folder.number(), kName, 0);
  Descriptor listener(socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0));
  if (!listener.ok() ||
      bind(listener.number(), reinterpret_cast<const sockaddr*>(&*address), sizeof *address) != 0)
    return Failed(state_folder, "bind");
  if (fchmodat(folder.number(), kName, 0600, 0) != 0 || listen(listener.number(), 16) != 0)
    return Failed(state_folder, "listen");
  int ends[2];
  if (pipe2(ends, O_CLOEXEC) != 0) return Failed(state_folder, "pipe");
  server->folder_ = state_folder;
  server->listener_ = listener.Release();
  server->stop_read_ = ends[0];
  server->stop_write_ = ends[1];
  server->thread_ = std::thread([raw = server.get()] { raw->Serve(); });
  return server;
}

LiveStatusServer::~LiveStatusServer() {
  {
    std::lock_guard lock(mutex_);
    asked_ = false;
    text_.clear();
    changed_.notify_all();
  }
  if (stop_write_ >= 0) close(stop_write_);
  if (thread_.joinable()) thread_.join();
  if (stop_read_ >= 0) close(stop_read_);
  if (listener_ >= 0) close(listener_);
  if (!folder_.empty()) unlink((folder_ + "/" + kName).c_str());
}

void LiveStatusServer::Answer(const executor::Engine& engine) {
  std::lock_guard lock(mutex_);
  if (!asked_) return;
  text_ = TextOf(engine);
  asked_ = false;
  changed_.notify_all();
}

// "" if the engine does not come to answer in time.
std::string LiveStatusServer::Wait() {
  std::unique_lock lock(mutex_);
  asked_ = true;
  const bool answered = changed_.wait_for(lock, kPatience, [&] { return !asked_; });
  return answered ? text_ : "";
}

void LiveStatusServer::Serve() {
  for (;;) {
    pollfd waited[2] = {{listener_, POLLIN, 0}, {stop_read_, POLLIN, 0}};
    if (poll(waited, 2, -1) < 0 && errno != EINTR) return;
    if (waited[1].revents != 0) return;
    if (waited[0].revents == 0) continue;
    const Descriptor peer(accept4(listener_, nullptr, nullptr, SOCK_CLOEXEC));
    if (peer.ok()) SendAll(peer.number(), Wait());
  }
}

LiveStatus AskLiveStatus(const std::string& state_folder) {
  LiveStatus status;
  const Descriptor folder(open(state_folder.c_str(), O_PATH | O_DIRECTORY | O_CLOEXEC));
  const std::optional<sockaddr_un> address = AddressIn(folder);
  const Descriptor asking(socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0));
  if (!address || !asking.ok()) return status;
  if (connect(asking.number(), reinterpret_cast<const sockaddr*>(&*address), sizeof *address) != 0) {
    status.running = errno == EAGAIN;  // it listens, and has too many waiting
    return status;
  }
  status.running = true;
  const std::optional<std::string> text = ReceiveAll(asking.number());
  status.answered = text && ReadUnits(*text, status.units);
  if (!status.answered) status.units.clear();
  return status;
}

void AddLiveStatus(const LiveStatus& live, std::vector<executor::UnitStatus>& units) {
  for (executor::UnitStatus& unit : units) {
    const auto known = live.units.find(unit.spec->id);
    if (known == live.units.end()) continue;
    unit.waits_for = known->second.waits_for;
    unit.problem = known->second.problem;
    unit.needs_person = known->second.needs_person;
    unit.bytes_different = known->second.bytes_different;
  }
}

}  // namespace godwit::cli
