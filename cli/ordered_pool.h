// cli/ordered_pool.h — work on many inputs at once, answers in the order of the inputs.
#pragma once

#include <condition_variable>
#include <deque>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <thread>
#include <utility>
#include <vector>

#include "base/parallel.h"

namespace godwit::cli {

// Calls next() on this thread until it has none, work(input) on one of `jobs` threads, and emit(output) on
// this thread in the order of the inputs. No more than a few inputs a thread are held at a time. With one job
// everything happens on this thread. `work` is called with the number of its thread, 0-based.
template <typename Input, typename Output>
void RunOrdered(size_t jobs, const std::function<std::optional<Input>()>& next,
                const std::function<Output(size_t thread, Input)>& work,
                const std::function<void(Output)>& emit) {
  if (jobs <= 1) {
    while (std::optional<Input> input = next()) emit(work(0, *std::move(input)));
    return;
  }
  struct Task {
    Input input;
    std::optional<Output> output;
    bool taken = false;
  };
  std::mutex mutex;
  std::condition_variable wake_workers;
  std::condition_variable wake_caller;
  std::deque<std::shared_ptr<Task>> tasks;  // in order; the first is emitted next
  bool closed = false;
  const auto serve = [&](size_t thread) {
    std::unique_lock lock(mutex);
    for (;;) {
      std::shared_ptr<Task> task;
      for (const auto& waiting : tasks) {
        if (!waiting->taken) {
          task = waiting;
          break;
        }
      }
      if (task == nullptr) {
        if (closed) return;
        wake_workers.wait(lock);
        continue;
      }
      task->taken = true;
      lock.unlock();
      Output output = work(thread, std::move(task->input));
      lock.lock();
      task->output = std::move(output);
      wake_caller.notify_one();
    }
  };
  std::vector<std::thread> threads = StartThreads(jobs, serve);
  const size_t held_max = jobs * 3;
  const auto emit_first = [&](std::unique_lock<std::mutex>& lock) {
    wake_caller.wait(lock, [&] { return tasks.front()->output.has_value(); });
    const std::shared_ptr<Task> task = tasks.front();
    tasks.pop_front();
    lock.unlock();
    emit(*std::move(task->output));
    lock.lock();
  };
  while (std::optional<Input> input = next()) {
    std::unique_lock lock(mutex);
    tasks.push_back(std::make_shared<Task>(Task{*std::move(input), std::nullopt, false}));
    wake_workers.notify_one();
    while (tasks.size() >= held_max || (!tasks.empty() && tasks.front()->output.has_value()))
      emit_first(lock);
  }
  {
    std::unique_lock lock(mutex);
    while (!tasks.empty()) emit_first(lock);
    closed = true;
  }
  wake_workers.notify_all();
  for (std::thread& thread : threads) thread.join();
}

}  // namespace godwit::cli
