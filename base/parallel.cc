#include "base/parallel.h"

#include <algorithm>
#include <mutex>
#include <optional>
#include <thread>
#include <vector>

namespace godwit {

void RunThreads(size_t count, const std::function<void()>& work) {
  std::vector<std::thread> threads;
  for (size_t i = 1; i < count; ++i) threads.emplace_back(work);
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
