#include "cli/extract_jsonl.h"

#include <fmt/format.h>
#include <simdjson.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

#include "cli/json_text.h"
#include "cli/ordered_pool.h"
#include "cli/statement_json.h"
#include "parser/script.h"

namespace godwit::cli {
namespace {

using parser::Statement;

constexpr size_t kBlockBytes = 256 << 10;

// Reads whole lines in blocks.
class LineBlocks {
 public:
  explicit LineBlocks(int file) : file_(file) {}

  // Complete lines, as many as have come; the rest of the input without its newline at the end; none after
  // it.
  std::optional<std::string> Next() {
    while (!ended_) {
      // Looked for in what is new only, or a line that does not end would cost its square.
      const size_t newline = std::string_view(pending_).substr(searched_).rfind('\n');
      if (newline != std::string::npos) return TakeUpTo(searched_ + newline + 1);
      searched_ = pending_.size();
      ReadMore();
    }
    if (pending_.empty()) return std::nullopt;
    return TakeUpTo(pending_.size());
  }
  const std::optional<Error>& error() const { return error_; }

 private:
  std::string TakeUpTo(size_t end) {
    std::string rest;
    rest.reserve(2 * kBlockBytes);
    rest.append(pending_, end);
    pending_.resize(end);
    searched_ = 0;
    return std::exchange(pending_, std::move(rest));
  }

  void ReadMore() {
    const ssize_t count = read(file_, buffer_.get(), kBlockBytes);
    if (count < 0 && errno == EINTR) return;
    if (count < 0) error_ = Unavailable(fmt::format("reading statements: {}", std::strerror(errno)));
    if (count > 0) pending_.append(buffer_.get(), static_cast<size_t>(count));
    ended_ = count <= 0;
  }

  int file_;
  std::unique_ptr<char[]> buffer_ = std::make_unique<char[]>(kBlockBytes);
  std::string pending_;
  size_t searched_ = 0;  // no newline before this
  bool ended_ = false;
  std::optional<Error> error_;
};

std::optional<Error> WriteAll(int file, std::string_view text) {
  while (!text.empty()) {
    const ssize_t count = write(file, text.data(), text.size());
    if (count < 0 && errno == EINTR) continue;
    if (count < 0) return Unavailable(fmt::format("writing answers: {}", std::strerror(errno)));
    text.remove_prefix(static_cast<size_t>(count));
  }
  return std::nullopt;
}

// One line of input, as far as it could be read.
struct Request {
  std::string_view id;  // as JSON
  std::string_view dialect;
  std::string_view sql;
  bool has_sql = false;
};

// Answers lines; one per thread.
class Answerer {
 public:
  explicit Answerer(bool columns) : columns_(columns) {
    options_.columns = columns;
    options_.details = false;
  }

  std::string AnswerBlock(std::string block) {
    const size_t size = block.size();
    block.resize(size + simdjson::SIMDJSON_PADDING, '\n');
    std::string out;
    out.reserve(answer_size_ + answer_size_ / 8);  // blocks are alike
    for (size_t begin = 0; begin < size;) {
      const size_t end = std::min(block.find('\n', begin), size);
      AnswerLine(std::string_view(block).substr(begin, end - begin), block.size() - begin, out);
      begin = end + 1;
    }
    answer_size_ = out.size();
    return out;
  }

 private:
  void AnswerLine(std::string_view line, size_t capacity, std::string& out) {
    if (line.find_first_not_of(" \t\r") == std::string_view::npos) return;
    Request request;
    std::string_view problem = ReadRequest(line, capacity, request);
    if (problem.empty() && !request.has_sql) problem = "no \"sql\" in this line";
    if (problem.empty() && request.dialect != "" && request.dialect != "hive" && request.dialect != "spark") {
      problem = "\"dialect\" must be hive or spark";
    }
    out += "{\"id\":";
    out += request.id.empty() ? "null" : request.id;
    if (problem.empty()) {
      AppendFacts(request, out);
    } else {
      out +=
          ",\"input_tables\":[],\"inserted_tables\":[],\"diagnostics\":[{\"code\":\"request\",\"severity\":"
          "\"error\",\"line\":1,\"column\":1,\"message\":";
      AppendJsonString(problem, out);
      out += "}]";
    }
    out += "}\n";
  }

  // Returns what is wrong with the line; empty if nothing is.
  std::string_view ReadRequest(std::string_view line, size_t capacity, Request& request) {
    simdjson::ondemand::document document;
    if (json_.iterate(line.data(), line.size(), capacity).get(document)) {
      return ReadTranscoded(line, request);
    }
    simdjson::ondemand::object object;
    if (document.get_object().get(object)) return "this line is no JSON object";
    for (auto field : object) {
      std::string_view key;
      if (field.error() || field.unescaped_key().get(key)) return "this line is no JSON object";
      simdjson::ondemand::value value;
      if (field.value().get(value)) return "this line is no JSON object";
      if (key == "sql") {
        if (value.get_string().get(request.sql)) return "\"sql\" must be a string";
        request.has_sql = true;
      } else if (key == "dialect") {
        if (value.get_string().get(request.dialect)) return "\"dialect\" must be a string";
      } else if (key == "id") {
        request.id = value.raw_json_token();
        while (!request.id.empty() && request.id.back() <= ' ') request.id.remove_suffix(1);
      }
    }
    return "";
  }

  // Bytes that are no UTF-8 are taken for Latin-1, once.
  std::string_view ReadTranscoded(std::string_view line, Request& request) {
    if (simdjson::validate_utf8(line)) return "this line is no JSON object";
    std::string utf8;
    for (const char c : line) {
      const unsigned char byte = static_cast<unsigned char>(c);
      if (byte < 0x80) {
        utf8 += c;
      } else {
        utf8 += static_cast<char>(0xC0 | (byte >> 6));
        utf8 += static_cast<char>(0x80 | (byte & 0x3F));
      }
    }
    const size_t size = utf8.size();
    utf8.resize(size + simdjson::SIMDJSON_PADDING, '\n');
    transcoded_ = std::move(utf8);
    return ReadRequest(std::string_view(transcoded_).substr(0, size), transcoded_.size(), request);
  }

  void AppendFacts(const Request& request, std::string& out) {
    options_.dialect = request.dialect == "spark" ? parser::Dialect::kSpark : parser::Dialect::kHive;
    inputs_.clear();
    outputs_.clear();
    guessed_inputs_.clear();
    guessed_outputs_.clear();
    columns_text_.clear();
    const parser::ScriptEnd end = parser::ReadStatements(
        request.sql, options_, [this](Statement& statement) { Collect(statement); }, workspace_);
    out += ",\"input_tables\":";
    AppendSorted(inputs_, out);
    out += ",\"inserted_tables\":";
    AppendSorted(outputs_, out);
    if (columns_) {
      out += ",\"columns\":[";
      out += columns_text_;
      out += ']';
    }
    if (!guessed_inputs_.empty() || !guessed_outputs_.empty()) {
      out += ",\"guessed\":{\"input_tables\":";
      AppendSorted(guessed_inputs_, out);
      out += ",\"inserted_tables\":";
      AppendSorted(guessed_outputs_, out);
      out += '}';
    }
    out += ",\"diagnostics\":";
    AppendDiagnostics(end.diagnostics, out);
  }

  void Collect(Statement& statement) {
    const bool parsed = statement.certainty == parser::Certainty::kParsed;
    for (parser::TableRead& read : statement.reads) {
      if (read.role == parser::ReadRole::kTarget || read.temporary) continue;
      (parsed ? inputs_ : guessed_inputs_).push_back(columns_ ? read.table : std::move(read.table));
    }
    for (parser::TableWrite& write : statement.writes) {
      if (!IsOutput(write.kind)) continue;
      (parsed ? outputs_ : guessed_outputs_).push_back(columns_ ? write.table : std::move(write.table));
    }
    if (!columns_ || statement.columns.empty()) return;
    std::string text;
    AppendColumns(statement, text);
    if (!columns_text_.empty()) columns_text_ += ',';
    columns_text_ += std::string_view(text).substr(1, text.size() - 2);
  }

  static void AppendSorted(std::vector<std::string>& names, std::string& out) {
    std::sort(names.begin(), names.end());
    names.erase(std::unique(names.begin(), names.end()), names.end());
    AppendJsonStrings(names, out);
  }

  bool columns_;
  size_t answer_size_ = 0;  // of the block before
  parser::ReadOptions options_;
  parser::Workspace workspace_;
  simdjson::ondemand::parser json_;
  std::string transcoded_;
  std::vector<std::string> inputs_;
  std::vector<std::string> outputs_;
  std::vector<std::string> guessed_inputs_;
  std::vector<std::string> guessed_outputs_;
  std::string columns_text_;
};

}  // namespace

Status ExtractJsonLines(int input, int output, bool columns, size_t jobs) {
  LineBlocks blocks(input);
  std::vector<std::unique_ptr<Answerer>> answerers;
  for (size_t i = 0; i < std::max<size_t>(jobs, 1); ++i)
    answerers.push_back(std::make_unique<Answerer>(columns));
  std::optional<Error> failed;
  RunOrdered<std::string, std::string>(
      jobs, [&]() -> std::optional<std::string> { return failed ? std::nullopt : blocks.Next(); },
      [&](size_t thread, std::string block) { return answerers[thread]->AnswerBlock(std::move(block)); },
      [&](std::string answer) {
        if (!failed) failed = WriteAll(output, answer);
      });
  if (failed) return *failed;
  if (blocks.error()) return *blocks.error();
  return Ok();
}

}  // namespace godwit::cli
