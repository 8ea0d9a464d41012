#include "base/parallel.h"

#include <algorithm>
#include <mutex>
#include <optional>
#include <system_error>

namespace godwit {

std::vector<std::thread> StartThreads(size_t count, const std::function<void(size_t)>& work) {
  std::vector<std::thread> threads;
  threads.reserve(count);
  for (size_t i = 0; i < count; ++i) {
    try {
      threads.emplace_back(work, i);
    } catch (const std::system_error&) {
      if (threads.empty()) throw;
      break;
    }
  }
  return threads;
}

void RunThreads(size_t count, const std::function<void()>& work) {
  std::vector<std::thread> threads;
  try {
    if (count > 1) threads = StartThreads(count - 1, [&work](size_t) { work(); });
  } catch (const std::system_error&) {  // this one is left
  }
  work();
  for (std::thread& thread : threads) thread.join();
}

Status ForEach(size_t count, size_t parallel, const std::function<Status(size_t)>& work) {
  std::mutex mutex;
  size_t next = 0;
  std::optional<Error> error;
  const auto take = [&]() -> std::optional<size_t> {
    std::lock_guard lock(mutex);
    if (error || next == count) return std::nullopt;
    return next++;
  };
  RunThreads(std::clamp<size_t>(parallel, 1, std::max<size_t>(count, 1)), [&] {
    while (const std::optional<size_t> i = take()) {
      const Status status = work(*i);
      if (status.ok()) continue;
      std::lock_guard lock(mutex);
      if (!error) error = status.error();
    }
  });
  return error ? Status(*error) : Ok();
}

}  // namespace godwit
