// base/parallel.h — the same work on many things at once, for calls that wait on a network.
#pragma once

#include <cstddef>
#include <functional>
#include <thread>
#include <vector>

#include "base/result.h"

namespace godwit {

// Calls work(0) … work(count - 1), up to `parallel` at a time, in no order. After the first error nothing new
// is begun; that error is returned.
Status ForEach(size_t count, size_t parallel, const std::function<Status(size_t)>& work);

// Starts threads that call work(0) … work(count - 1): as many as can be had, where the system has no more.
// std::system_error if there is none.
std::vector<std::thread> StartThreads(size_t count, const std::function<void(size_t)>& work);

// Runs `work` in up to `count` threads, this one among them, and waits for all. Fewer, where the system has
// no more: `work` takes what is left to do until nothing is.
void RunThreads(size_t count, const std::function<void()>& work);

}  // namespace godwit
