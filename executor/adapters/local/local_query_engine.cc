#include "executor/adapters/local/local_query_engine.h"

#include <fmt/format.h>

#include <nlohmann/json.hpp>

#include "base/child_process.h"

namespace godwit::executor::local {
namespace {

using Json = nlohmann::ordered_json;
using namespace std::chrono_literals;

constexpr Duration kAnswerMax = 600s;
constexpr size_t kWordsMax = 500;  // of a failure

std::string LastWords(const std::string& text) {
  return text.size() <= kWordsMax ? text : "…" + text.substr(text.size() - kWordsMax);
}

// Asks the site's engine; its answer is one JSON object.
Result<Json> Ask(SiteDb& site, const Json& request) {
  Command command;
  GODWIT_TRY_ASSIGN(const std::string engine, site.Setting("engine"));
  GODWIT_TRY_ASSIGN(const std::string python, site.Setting("python"));
  command.argv = {engine + "/bin/godwit-rows"};
  command.environment = EnvironmentWith({"GODWIT_SITE=" + site.root(), "GODWIT_PYTHON=" + python});
  command.time_limit = kAnswerMax;
  try {
    command.input = request.dump();
  } catch (const Json::exception& error) {
    return Unsupported(fmt::format("a partition's name is not UTF-8: {}", error.what()));
  }
  const Result<Finished> finished = RunCommand(command);
  if (!finished.ok())
    return Unavailable(fmt::format("query engine of {}: {}", site.root(), finished.error().message));
  Json answer = Json::parse(finished->out, nullptr, false);
  if (finished->timed_out || finished->exit_code != 0 || !answer.is_object()) {
    return Unavailable(fmt::format("query engine of {} gave no answer (exit code {}{}): {}", site.root(),
                                   finished->exit_code, finished->timed_out ? ", out of time" : "",
                                   LastWords(finished->err)));
  }
  return answer;
}

Error Unreadable(const Json& answer) {
  return Unavailable(fmt::format("the query engine's answer cannot be read: {}", LastWords(answer.dump())));
}

}  // namespace

Result<std::vector<RowsDigest>> LocalQueryEngine::Digest(const TableName& table,
                                                         const std::vector<std::string>& partitions) {
  std::vector<RowsDigest> digests;
  if (partitions.empty()) return digests;
  GODWIT_TRY_ASSIGN(const Json answer,
                    Ask(*site_, {{"ask", "digest"}, {"table", table.Text()}, {"partitions", partitions}}));
  try {
    for (const Json& each : answer.at("digests")) {
      digests.push_back({each.at("rows").get<int64_t>(), each.at("digest").get<std::string>()});
    }
  } catch (const Json::exception&) {
    return Unreadable(answer);
  }
  if (digests.size() != partitions.size()) return Unreadable(answer);
  return digests;
}

Result<RowComparer::Difference> LocalRowComparer::Compare(const TableName& table,
                                                          const std::string& partition, size_t limit) {
  GODWIT_TRY_ASSIGN(const Json answer, Ask(*source_, {{"ask", "compare"},
                                                      {"table", table.Text()},
                                                      {"partition", partition},
                                                      {"other", target_->root()},
                                                      {"limit", limit}}));
  Difference difference;
  try {
    for (const Json& each : answer.at("rows")) {
      difference.rows.push_back({each.at("row").dump(), each.at("source_count").get<int64_t>(),
                                 each.at("target_count").get<int64_t>()});
    }
    difference.columns = answer.at("columns").get<std::vector<std::string>>();
  } catch (const Json::exception&) {
    return Unreadable(answer);
  }
  return difference;
}

}  // namespace godwit::executor::local
