#include "planner/request_json.h"

#include <fmt/format.h>

#include <charconv>
#include <cmath>

#include "base/bytes.h"
#include "base/time.h"
#include "planner/json_read.h"
#include "planner/size_text.h"
#include "planner/week.h"
#include "planner/words.h"

namespace godwit::planner {
namespace {

// Values that people write as text.
void ToSize(const JsonValue& value, Size& out) {
  std::string text;
  value.To(text);
  if (value.mistake().any()) return;
  Result<Size> size = ParseSize(text);
  if (size.ok()) {
    out = *size;
  } else {
    value.Wrong(size.error().message);
  }
}

void ToBytes(const JsonValue& value, int64_t& out) {
  if (value.IsNumber()) return value.To(out);
  std::string text;
  value.To(text);
  if (value.mistake().any()) return;
  Result<int64_t> bytes = ParseBytes(text.ends_with("/s") ? text.substr(0, text.size() - 2) : text);
  if (bytes.ok()) {
    out = *bytes;
  } else {
    value.Wrong(bytes.error().message);
  }
}

void ToTime(const JsonValue& value, Seconds& out) {
  if (value.IsNumber()) return value.To(out);
  std::string text;
  value.To(text);
  if (value.mistake().any()) return;
  Result<Duration> duration = ParseDuration(text);
  if (duration.ok()) {
    out = std::chrono::duration_cast<Seconds>(*duration);
  } else {
    value.Wrong(duration.error().message);
  }
}

class RequestReader {
 public:
  void Read(const JsonValue& document, Request& request) {
    JsonFields in(document);
    in.With("cap", [&](const JsonValue& value) { ToSize(value, request.unit_max); });
    in.Get("order", request.order);
    in.Get("alpha", request.alpha);
    in.Get("objective", request.objective);
    in.Get("unit_overhead", request.unit_overhead);
    in.Each("ties", [&](const JsonValue& value) { value.To(request.ties.emplace_back()); });
    in.Get("cut_at_unknown", request.cut_at_unknown);
    in.Get("effort", request.effort);
    in.Get("seed", request.seed);
    in.Get("start", request.start);
    in.With("bandwidth", [&](const JsonValue& value) {
      if (value.IsObject()) return ReadBandwidth(value, request.bandwidth);
      ToBytes(value, request.bandwidth.bytes_per_second);
    });
    in.With("copy_rate_max",
            [&](const JsonValue& value) { ToBytes(value, request.copy_bytes_per_second_max); });
    in.Get("replication", request.replication);
    in.Each("capacity", [&](const JsonValue& value) {
      JsonFields fields(value);
      CapacityStep& step = request.capacity.emplace_back();
      fields.With("from", [&](const JsonValue& from) { ToTime(from, step.from); });
      fields.With("bytes", [&](const JsonValue& bytes) { ToBytes(bytes, step.bytes); });
    });
    in.Each("pools", [&](const JsonValue& value) {
      JsonFields fields(value);
      Pool& pool = request.pools.emplace_back();
      fields.Get("group", pool.group);
      fields.Need("copies_max", pool.copies_max);
    });
    in.Each("blackouts",
            [&](const JsonValue& value) { ReadBlackout(value, request.blackouts.emplace_back()); });
    in.With("waves", [&](const JsonValue& value) { ReadWaves(value, request.waves); });
    in.With("freeze", [&](const JsonValue& value) { ReadFreeze(value, request.freeze); });
    in.Each("strategies", [&](const JsonValue& value) {
      JsonFields fields(value);
      StrategyRule& rule = request.strategies.emplace_back();
      fields.Need("workflow", rule.pattern);
      fields.Need("strategy", rule.strategy);
    });
    in.With("dual_run_trial", [&](const JsonValue& value) { ToTime(value, request.dual_run_trial); });
  }

 private:
  void ReadBandwidth(const JsonValue& value, Bandwidth& bandwidth) {
    JsonFields in(value);
    in.With("rate", [&](const JsonValue& rate) { ToBytes(rate, bandwidth.bytes_per_second); });
    in.Each("hour_of_week", [&](const JsonValue& share) { share.To(bandwidth.hour_of_week.emplace_back()); });
    in.Each("hours", [&](const JsonValue& rule) { ReadHours(rule, bandwidth.hour_of_week); });
  }
  // A share for some hours of some days; later rules win.
  void ReadHours(const JsonValue& value, std::vector<double>& hour_of_week) {
    JsonFields in(value);
    std::string days = "mon-sun";
    int32_t from = 0, until = 24;
    double share = 1;
    in.Get("days", days);
    in.Get("from", from);
    in.Get("until", until);
    in.Need("share", share);
    const Result<std::vector<int>> found = DaysOf(days);
    if (!found.ok()) return value.Wrong(found.error().message);
    if (from < 0 || until > 24 || from >= until)
      return value.Wrong("hours run from 0 to 24, `from` before `until`");
    if (hour_of_week.empty()) hour_of_week.assign(kHoursPerWeek, 1);
    if (hour_of_week.size() != kHoursPerWeek) return;  // CheckRequest says so
    for (int day : *found) {
      for (int hour = from; hour < until; ++hour) hour_of_week[day * 24 + hour] = share;
    }
  }
  void ReadBlackout(const JsonValue& value, Blackout& blackout) {
    JsonFields in(value);
    in.With("from", [&](const JsonValue& from) { ToTime(from, blackout.from); });
    in.With("until", [&](const JsonValue& until) { ToTime(until, blackout.until); });
    in.Get("weekly", blackout.weekly);
    in.Get("stops_copies", blackout.stops_copies);
    in.Get("reason", blackout.reason);
  }
  void ReadWaves(const JsonValue& value, WaveRules& waves) {
    JsonFields in(value);
    in.Get("units_max", waves.units_max);
    in.With("bytes_max", [&](const JsonValue& bytes) { ToSize(bytes, waves.bytes_max); });
    in.With("freeze_max", [&](const JsonValue& freeze) { ToTime(freeze, waves.freeze_max); });
    in.With("gap", [&](const JsonValue& gap) { ToTime(gap, waves.gap); });
    in.Get("pilot", waves.pilot);
  }
  void ReadFreeze(const JsonValue& value, FreezeRules& freeze) {
    JsonFields in(value);
    in.With("fixed", [&](const JsonValue& time) { ToTime(time, freeze.fixed); });
    in.With("budget", [&](const JsonValue& time) { ToTime(time, freeze.budget); });
    in.With("round", [&](const JsonValue& time) { ToTime(time, freeze.round); });
    in.With("look_ahead", [&](const JsonValue& time) { ToTime(time, freeze.look_ahead); });
  }
};

class RequestWriter {
 public:
  RequestWriter(const Request& request, JsonText& json) : request_(request), json_(json) {}

  void Write() {
    json_.BeginObject();
    PutSize("cap", request_.unit_max);
    json_.Put("order", WordOf(request_.order));
    json_.Put("alpha", request_.alpha);
    json_.Put("objective", WordOf(request_.objective));
    json_.Put("unit_overhead", request_.unit_overhead);
    json_.Key("ties");
    json_.BeginLineList();
    for (Tie tie : request_.ties) json_.Text(WordOf(tie));
    json_.EndLineList();
    json_.Put("cut_at_unknown", request_.cut_at_unknown);
    json_.Put("effort", WordOf(request_.effort));
    json_.Put("seed", request_.seed);
    json_.Put("start", request_.start);
    WriteLink();
    WriteBlackouts();
    WriteWaves();
    WriteFreeze();
    WriteStrategies();
    Put("dual_run_trial", request_.dual_run_trial);
    json_.EndObject();
  }

 private:
  void Put(const char* key, Seconds time) { json_.Put(key, int64_t{time.count()}); }
  void PutSize(const char* key, const Size& size) {
    json_.Put(key, size.share > 0 ? fmt::format("{}%", size.share * 100) : fmt::format("{}", size.bytes));
  }

  void WriteLink() {
    json_.Key("bandwidth");
    json_.BeginLineObject();
    json_.Put("rate", request_.bandwidth.bytes_per_second);
    json_.Key("hour_of_week");
    json_.BeginList();
    for (double share : request_.bandwidth.hour_of_week) json_.Number(share);
    json_.EndList();
    json_.EndLineObject();
    json_.Put("copy_rate_max", request_.copy_bytes_per_second_max);
    json_.Put("replication", request_.replication);
    json_.Key("capacity");
    json_.BeginLineList();
    for (const CapacityStep& step : request_.capacity) {
      json_.BeginObject();
      Put("from", step.from);
      json_.Put("bytes", step.bytes);
      json_.EndObject();
    }
    json_.EndLineList();
    json_.Key("pools");
    json_.BeginLineList();
    for (const Pool& pool : request_.pools) {
      json_.BeginObject();
      json_.Put("group", pool.group);
      json_.Put("copies_max", pool.copies_max);
      json_.EndObject();
    }
    json_.EndLineList();
  }

  void WriteBlackouts() {
    json_.Key("blackouts");
    json_.BeginList();
    for (const Blackout& blackout : request_.blackouts) {
      json_.BeginLineObject();
      Put("from", blackout.from);
      Put("until", blackout.until);
      json_.Put("weekly", blackout.weekly);
      json_.Put("stops_copies", blackout.stops_copies);
      json_.Put("reason", blackout.reason);
      json_.EndLineObject();
    }
    json_.EndList();
  }

  void WriteWaves() {
    json_.Key("waves");
    json_.BeginLineObject();
    json_.Put("units_max", request_.waves.units_max);
    PutSize("bytes_max", request_.waves.bytes_max);
    Put("freeze_max", request_.waves.freeze_max);
    Put("gap", request_.waves.gap);
    json_.Put("pilot", request_.waves.pilot);
    json_.EndLineObject();
  }

  void WriteFreeze() {
    json_.Key("freeze");
    json_.BeginLineObject();
    Put("fixed", request_.freeze.fixed);
    Put("budget", request_.freeze.budget);
    Put("round", request_.freeze.round);
    Put("look_ahead", request_.freeze.look_ahead);
    json_.EndLineObject();
  }

  void WriteStrategies() {
    json_.Key("strategies");
    json_.BeginLineList();
    for (const StrategyRule& rule : request_.strategies) {
      json_.BeginObject();
      json_.Put("workflow", rule.pattern);
      json_.Put("strategy", WordOf(rule.strategy));
      json_.EndObject();
    }
    json_.EndLineList();
  }

  const Request& request_;
  JsonText& json_;
};

Result<double> Number(std::string_view text) {
  double value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc() || end != text.data() + text.size()) {
    return InvalidInput(fmt::format("`{}` is not a number", text));
  }
  return value;
}

}  // namespace

Result<Request> ReadRequest(std::string_view text) {
  Request request;
  GODWIT_TRY(ReadOntoRequest(text, request));
  return request;
}

Status ReadOntoRequest(std::string_view text, Request& request) {
  GODWIT_TRY(ReadJson(text, [&](const JsonValue& document) { GetRequest(document, request); }));
  return CheckRequest(request);
}

void WriteRequest(const Request& request, const TextSink& sink) {
  JsonText json(sink);
  PutRequest(request, json);
  json.Finish();
}

void PutRequest(const Request& request, JsonText& json) { RequestWriter(request, json).Write(); }

void GetRequest(const JsonValue& value, Request& request) { RequestReader().Read(value, request); }

Status ChangeRequest(std::string_view wish, Request& request) {
  const size_t equals = wish.find('=');
  const std::string_view key = wish.substr(0, equals);
  std::string_view value = equals == std::string_view::npos ? "" : wish.substr(equals + 1);
  if (key == "cap") {
    GODWIT_TRY_ASSIGN(request.unit_max, ParseSize(value));
  } else if (key == "bandwidth") {
    if (value.ends_with("/s")) value.remove_suffix(2);
    GODWIT_TRY_ASSIGN(request.bandwidth.bytes_per_second, ParseBytes(value));
  } else if (key == "alpha") {
    GODWIT_TRY_ASSIGN(request.alpha, Number(value));
  } else if (key == "tie") {
    GODWIT_TRY_ASSIGN(const Tie tie, FromWord<Tie>(value));
    request.ties.push_back(tie);
  } else if (key == "order") {
    GODWIT_TRY_ASSIGN(request.order, FromWord<OrderRule>(value));
  } else if (key == "objective") {
    GODWIT_TRY_ASSIGN(request.objective, FromWord<Objective>(value));
  } else if (key == "effort") {
    GODWIT_TRY_ASSIGN(request.effort, FromWord<Effort>(value));
  } else if (key == "replication") {
    GODWIT_TRY_ASSIGN(request.replication, Number(value));
  } else if (key == "overhead") {
    GODWIT_TRY_ASSIGN(request.unit_overhead, Number(value));
  } else if (key == "start") {
    request.start = value;
  } else if (key == "seed") {
    GODWIT_TRY_ASSIGN(const double seed, Number(value));
    if (seed < 0 || seed > 1e15 || seed != std::floor(seed)) return InvalidInput("seed: give a whole number");
    request.seed = static_cast<uint64_t>(seed);
  } else {
    return InvalidInput(
        fmt::format("`{}` is no wish: give one of cap, bandwidth, alpha, tie, order, objective, effort, "
                    "replication, overhead, start, seed, as in cap=2TB",
                    key));
  }
  return CheckRequest(request);
}

}  // namespace godwit::planner
