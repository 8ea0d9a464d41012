// executor/delivery.h — brings notices to their receivers. The journal is the queue: each receiver has a
// thread of its own that reads it from where the receiver's cursor stands, so that a slow or dead receiver
// delays itself alone and the engine never waits. The cursor moves, durably, only after the receiver has
// taken the notice: at least once, whatever is killed when.
#pragma once

#include <functional>
#include <memory>
#include <set>
#include <string>
#include <vector>

#include "executor/ports/notifier.h"
#include "state/journal.h"

namespace godwit::executor {

struct Receiver {
  std::string name;              // names its cursor
  std::set<std::string> events;  // empty: all but kQuietEvent
  std::unique_ptr<Notifier> notifier;
};

struct DeliveryOptions {
  std::string folder;  // of cursors; made if it is not there
  // A connection of its own for each thread.
  std::function<Result<std::unique_ptr<state::Journal>>()> open_journal;
  Duration poll = std::chrono::milliseconds(200);
  Duration backoff_min = std::chrono::seconds(1);  // after the first failure; doubles, with jitter
  Duration backoff_max = std::chrono::minutes(5);
  // Told when a receiver begins to fail and when it works again; from any thread. May be empty.
  std::function<void(const std::string&)> tell;
};

class Delivery {
 public:
  // A receiver that is new here is told of what is written from now on: its cursor is durable on return.
  // Errors: kUnavailable, kCorrupt — a cursor cannot be read or written.
  static Result<std::unique_ptr<Delivery>> Start(std::vector<Receiver> receivers, DeliveryOptions options);
  ~Delivery();  // as Finish(0s)

  // Delivers what the journal holds now, for at most this long (and the call under way then), and ends. The
  // receivers that have not got everything; they get it the next time.
  std::vector<std::string> Finish(Duration at_most);

 private:
  class Impl;
  explicit Delivery(std::unique_ptr<Impl> impl);
  std::unique_ptr<Impl> impl_;
};

}  // namespace godwit::executor
