// What a command does: wrappers are peeled off, functions and scripts entered, engines and tools noted.
#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "base/hash.h"
#include "sources/command_line.h"
#include "sources/shell/run.h"
#include "sources/sql_text.h"
#include "sources/text_file.h"

namespace godwit::sources::shell {
namespace {

using Words = std::vector<Value>;

template <size_t N>
bool OneOf(const std::string& name, const std::array<std::string_view, N>& names) {
  return std::find(names.begin(), names.end(), name) != names.end();
}

// Commands that run the rest of their line; with the options that take a value.
struct Wrapper {
  std::string_view name;
  std::string_view options_with_value;  // each followed by a blank
  size_t operands;                      // before the command
};
constexpr std::array<Wrapper, 15> kWrappers = {{{"nohup", "", 0},
                                                {"time", "", 0},
                                                {"exec", "", 0},
                                                {"command", "", 0},
                                                {"builtin", "", 0},
                                                {"sudo", "-u -g ", 0},
                                                {"timeout", "-s -k ", 1},
                                                {"nice", "-n ", 0},
                                                {"ionice", "-c -n ", 0},
                                                {"setsid", "", 0},
                                                {"stdbuf", "", 0},
                                                {"env", "-u ", 0},
                                                {"caffeinate", "", 0},
                                                {"flock", "-w ", 1},
                                                {"xargs", "-I -n -P -L ", 0}}};

// They read, write or print nothing that lineage sees.
constexpr std::array<std::string_view, 60> kHarmless = {
    "true",  "false",    ":",    "sleep",    "mkdir",   "rm",      "chmod", "chown", "touch",   "kinit",
    "kill",  "wait",     "ls",   "ps",       "trap",    "ulimit",  "umask", "alias", "unalias", "mail",
    "mailx", "sendmail", "curl", "wget",     "ping",    "which",   "type",  "hash",  "id",      "whoami",
    "ln",    "cp",       "mv",   "rmdir",    "find",    "df",      "du",    "free",  "logger",  "test",
    "[",     "[[",       "let",  "readonly", "typeset", "getopts", "shopt", "jobs",  "disown",  "bg",
    "fg",    "tar",      "gzip", "gunzip",   "unzip",   "zip",     "scp",   "rsync", "klist",   "kdestroy"};

// They pass their input on, changed in ways that do not matter to table names.
constexpr std::array<std::string_view, 9> kFilters = {"grep", "egrep", "head", "tail", "sort",
                                                      "uniq", "tr",    "tee",  "iconv"};

Words Without(const Words& words, size_t count) {
  return Words(words.begin() + static_cast<long>(std::min(count, words.size())), words.end());
}

bool IsShell(const std::string& name) {
  constexpr std::array<std::string_view, 5> kShells = {"sh", "bash", "zsh", "ksh", "dash"};
  return OneOf(name, kShells);
}

// Takes the wrapper words off the front.
Words Peeled(Words words) {
  for (int i = 0; i < 10 && !words.empty(); ++i) {
    const std::string name = CommandName(words[0].text());
    const auto wrapper = std::find_if(kWrappers.begin(), kWrappers.end(),
                                      [&](const Wrapper& each) { return each.name == name; });
    if (wrapper == kWrappers.end()) break;
    size_t at = 1;
    while (at < words.size() && words[at].text().starts_with('-')) {
      const bool value = wrapper->options_with_value.find(words[at].text() + " ") != std::string_view::npos;
      at += value ? 2 : 1;
    }
    at += wrapper->operands;
    while (name == "env" && at < words.size() && words[at].text().find('=') != std::string::npos) ++at;
    if (at >= words.size()) break;
    words = Without(words, at);
  }
  return words;
}

bool IsSqlFile(const std::string& name) {
  return name.ends_with(".hql") || name.ends_with(".sql") || name.ends_with(".q") || name.ends_with(".hive");
}

Value InOneText(const Words& words, size_t from) {
  Value text;
  for (size_t i = from; i < words.size(); ++i) {
    if (i > from) AppendTo(text, Value::Of(TracedText(" ", words[i].alternatives[0].PlaceAt(0))), nullptr);
    AppendTo(text, words[i], nullptr);
  }
  return text;
}

// hive -i init.hql -f run.hql: what the first sets, the second sees. One that is not known stands alone, so
// that it can be said.
Words InOneSession(Words scripts) {
  Words sessions;
  for (Value& script : scripts) {
    const bool joins = !sessions.empty() && sessions.back().single() && script.single() &&
                       !IsPattern(sessions.back().text()) && !IsPattern(script.text());
    if (!joins) {
      sessions.push_back(std::move(script));
      continue;
    }
    const Place end = sessions.back().alternatives.front().PlaceAt(std::string::npos);
    AppendTo(sessions.back(), Value::Of(TracedText("\n;\n", end)), nullptr);
    AppendTo(sessions.back(), Map(script, WithoutOuterQuotes), nullptr);
  }
  return sessions;
}

// \n and \t as echo -e and printf read them.
TracedText WithEscapes(const TracedText& text) {
  TracedText result;
  size_t begin = 0;
  const std::string& all = text.text();
  for (size_t i = 0; i + 1 < all.size(); ++i) {
    if (all[i] != '\\' || std::string_view("nt\\").find(all[i + 1]) == std::string_view::npos) continue;
    result.Append(text.Slice(begin, i - begin));
    result.Append(all[i + 1] == 'n' ? "\n" : all[i + 1] == 't' ? "\t" : "\\", text.PlaceAt(i));
    begin = i + 2;
    ++i;
  }
  result.Append(text.Slice(begin));
  return result;
}

// printf FORMAT ARGUMENTS: each %s and its kin takes the next argument.
Value Formatted(const Words& words) {
  if (words.size() < 2) return Value();
  const TracedText format = WithEscapes(words[1].alternatives.front());
  Value result;
  size_t begin = 0, next = 2;
  const std::string& all = format.text();
  for (size_t i = 0; i + 1 < all.size(); ++i) {
    if (all[i] != '%') continue;
    const size_t letter = all.find_first_not_of("0123456789.-+ ", i + 1);
    if (letter == std::string::npos) break;
    AppendTo(result, Value::Of(format.Slice(begin, i - begin)), nullptr);
    if (all[letter] == '%') {
      AppendTo(result, Value::Of(format.Slice(i, 1)), nullptr);
    } else if (next < words.size()) {
      AppendTo(result, words[next++], nullptr);
    }
    begin = letter + 1;
    i = letter;
  }
  AppendTo(result, Value::Of(format.Slice(begin)), nullptr);
  return result;
}

std::string DatePattern(const Words& words) {
  std::string pattern = "date";
  for (size_t i = 1; i < words.size(); ++i) pattern += ":" + words[i].text();
  return pattern;
}

}  // namespace

std::string CommandName(const std::string& word) {
  const size_t slash = word.rfind('/');
  return slash == std::string::npos ? word : word.substr(slash + 1);
}

void Run::Print(Streams streams, const Value& value) {
  if (streams.out != nullptr) AppendTo(*streams.out, value, nullptr);
}

Flow Run::Call(Words words, Streams streams, Place place) {
  if (depth_ > kShellDepthMax || ++steps_ > kShellStepsMax) return Flow::kNext;
  words = Peeled(std::move(words));
  const std::string name = CommandName(words[0].text());
  if (const auto function = environment_.functions.find(name); function != environment_.functions.end()) {
    return CallFunction(Function(function->second), std::move(words), streams);
  }
  Flow flow = Flow::kNext;
  if (Builtin(name, words, streams, place, flow)) return flow;
  if (Filter(name, words, streams, place) || Engine(name, words, streams, place)) return Flow::kNext;
  if (Tool(name, words, place) || OneOf(name, kHarmless)) return Flow::kNext;
  if (IsShell(name)) {
    for (size_t i = 1; i < words.size(); ++i) {
      const std::string& word = words[i].text();
      if (word == "-c") return i + 1 < words.size() ? Evaluate(words[i + 1], streams) : Flow::kNext;
      if (word.starts_with('-') || word.starts_with('+')) continue;
      return CallScript(words[i], Without(words, i + 1), streams, place, false);
    }
    return streams.in != nullptr ? Evaluate(*streams.in, streams) : Flow::kNext;
  }
  if (name.ends_with(".sh") || environment_.written_files.count(words[0].text()) != 0) {
    return CallScript(words[0], Without(words, 1), streams, place, false);
  }
  Guess(name, words, place);
  if (streams.out != nullptr) Print(streams, Value::Unknown(name, place));
  return Flow::kNext;
}

Flow Run::CallFunction(const Function& function, Words words, Streams streams) {
  const std::shared_ptr<const Script> caller = std::exchange(script_, function.script);
  std::vector<Value> arguments = std::exchange(environment_.arguments, Without(words, 1));
  const bool known = std::exchange(environment_.arguments_known, true);
  const Flow flow = Execute(function.body, streams);
  environment_.arguments = std::move(arguments);
  environment_.arguments_known = known;
  script_ = caller;
  return flow == Flow::kExit ? flow : Flow::kNext;
}

Flow Run::CallScript(const Value& name, Words arguments, Streams streams, Place place, bool sourced) {
  const std::string path = name.text();
  std::shared_ptr<const Script> script;
  std::string key = path;
  if (const auto written = environment_.written_files.find(path);
      written != environment_.written_files.end()) {
    script = ParseText(written->second.alternatives.front(), script_->path);
  } else if (const auto file = FindFile(path)) {
    key = tree_.files()[*file].path;
    if (active_files_.count(key) != 0) {
      Report(Diagnostic::Kind::kNote, place, fmt::format("{} runs itself again: not followed", key));
      return Flow::kNext;
    }
    script = ParseFile(*file);
  } else {
    if (!path.empty()) facts_.missing.push_back(path);
    const bool profile =
        sourced && (path.starts_with("/etc/") || path.find("profile") != std::string::npos ||
                    path.find("bashrc") != std::string::npos || path.find("/init.d/") != std::string::npos);
    Words words = arguments;
    words.insert(words.begin(), name);
    if (!profile && !Guess(CommandName(path), words, place)) {
      Report(Diagnostic::Kind::kUnread, place,
             fmt::format("runs {}, which no scanned folder has: add its folder to the scan", path));
    }
    return Flow::kNext;
  }
  active_files_.insert(key);
  Flow flow = Flow::kNext;
  if (sourced) {
    if (!arguments.empty()) environment_.arguments = std::move(arguments);
    flow = RunText(std::move(script), streams);
  } else {
    Environment before = environment_;
    environment_.arguments = std::move(arguments);
    environment_.arguments_known = true;
    environment_.functions.clear();
    RunText(std::move(script), streams);
    before.written_files = std::move(environment_.written_files);
    environment_ = std::move(before);
  }
  active_files_.erase(key);
  return flow;
}

Flow Run::Evaluate(const Value& text, Streams streams) {
  for (const TracedText& each : text.alternatives) {
    if (!IsPattern(each.text())) RunText(ParseText(each, script_->path), streams);
  }
  return Flow::kNext;
}

bool Run::Builtin(const std::string& name, const Words& words, Streams streams, Place place, Flow& flow) {
  if (name == "echo") {
    size_t first = 1;
    bool escapes = false;
    while (first < words.size() && (words[first].text() == "-e" || words[first].text() == "-n")) {
      escapes |= words[first++].text() == "-e";
    }
    if (streams.out == nullptr) return true;
    Value text = InOneText(words, first);
    if (escapes) text = Map(text, WithEscapes);
    AppendTo(text, Value::Of(TracedText("\n", place)), nullptr);
    Print(streams, text);
  } else if (name == "printf") {
    Print(streams, Formatted(words));
  } else if (name == "date") {
    Print(streams, Value::Unknown(DatePattern(words), place));
  } else if (name == "source" || name == ".") {
    if (words.size() > 1) flow = CallScript(words[1], Without(words, 2), streams, place, true);
  } else if (name == "eval") {
    flow = Evaluate(InOneText(words, 1), streams);
  } else if (name == "exit") {
    flow = Flow::kExit;
  } else if (name == "return") {
    flow = Flow::kReturn;
  } else if (name == "break" || name == "continue") {
    flow = Flow::kLoop;
  } else if (name == "shift") {
    std::vector<Value>& arguments = environment_.arguments;
    const size_t count = words.size() > 1 && words[1].text().size() == 1 ? words[1].text()[0] - '0' : 1;
    arguments.erase(arguments.begin(),
                    arguments.begin() + static_cast<long>(std::min(count, arguments.size())));
  } else if (name == "set" && words.size() > 1 && words[1].text() == "--") {
    environment_.arguments = Without(words, 2);
    environment_.arguments_known = true;
  } else if (name == "set") {
  } else if (name == "read") {
    const bool whole =
        std::any_of(words.begin(), words.end(), [](const Value& word) { return word.text() == "-d"; });
    for (size_t i = 1; i < words.size(); ++i) {
      const std::string& variable = words[i].text();
      if (variable == "-d" || variable == "-p" || variable == "-t" || variable == "-u") ++i;
      if (variable.starts_with('-') || variable.empty()) continue;
      SetVariable(variable, whole && streams.in != nullptr ? *streams.in : Value::Unknown(variable, place));
    }
  } else if (name == "cd" || name == "pushd") {
    if (words.size() > 1) environment_.variables["PWD"] = words[1];
  } else if (name == "pwd") {
    Print(streams, Lookup("PWD", place));
  } else if (name == "dirname" || name == "basename") {
    if (words.size() < 2) return true;
    const std::string suffix = words.size() > 2 ? words[2].text() : "";
    Print(streams, sources::Map(words[1], [&](const TracedText& each) {
            const size_t slash = each.text().rfind('/');
            if (name == "dirname")
              return slash == std::string::npos ? TracedText(".", place) : each.Slice(0, slash);
            TracedText last = slash == std::string::npos ? each : each.Slice(slash + 1);
            if (!suffix.empty() && last.text().ends_with(suffix))
              last = last.Slice(0, last.text().size() - suffix.size());
            return last;
          }));
  } else {
    return false;
  }
  return true;
}

// sed -e s/a/b/ [FILE]: what replaces plain text is followed, the rest passes.
void Run::Sed(const Words& words, Streams streams, Place place) {
  std::vector<Value> scripts;
  std::vector<std::string> files;
  bool in_place = false;
  for (size_t i = 1; i < words.size(); ++i) {
    const std::string& word = words[i].text();
    in_place |= word.starts_with("-i");
    if (word == "-e" && i + 1 < words.size()) {
      scripts.push_back(words[++i]);
    } else if (!word.starts_with('-')) {
      if (scripts.empty()) {
        scripts.push_back(words[i]);
      } else {
        files.push_back(word);
      }
    }
  }
  std::optional<Value> text;
  if (!files.empty()) {
    text = FileText(files.front(), place, false);
  } else if (streams.in != nullptr) {
    text = *streams.in;
  }
  if (!text) return;
  for (const Value& script : scripts) {
    for (const TextSubstitution& each : SedSubstitutions(script.text())) {
      text = sources::Map(*text, [&](const TracedText& from) { return Replace(from, each, place); });
    }
  }
  if (in_place && !files.empty()) {
    environment_.written_files[files.front()] = *text;
  } else {
    Print(streams, *text);
  }
}

bool Run::Filter(const std::string& name, const Words& words, Streams streams, Place place) {
  if (name == "sed") {
    Sed(words, streams, place);
    return true;
  }
  const bool passes = OneOf(name, kFilters);
  if (!passes && name != "cat" && name != "envsubst" && name != "awk" && name != "cut" && name != "wc")
    return false;
  std::vector<std::string> files;
  for (size_t i = 1; i < words.size(); ++i) {
    if (!words[i].text().starts_with('-')) files.push_back(words[i].text());
  }
  if (name == "tee" && streams.in != nullptr) {
    for (const std::string& file : files) Keep(file, false, *streams.in);
  }
  if (name == "cat" && !files.empty()) {
    for (const std::string& file : files) {
      if (const auto text = FileText(file, place, false)) {
        Print(streams, *text);
      } else {
        Print(streams, Value::Unknown(CommandName(file), place));
      }
    }
  } else if (name == "awk" || name == "cut" || name == "wc") {
    Print(streams, Value::Unknown(name, place));
  } else if (name == "envsubst" && streams.in != nullptr) {
    Print(streams, sources::Map(*streams.in, [&](const TracedText& each) {
            return FillPatterns(each, [&](const std::string& variable) -> std::optional<TracedText> {
              const auto found = environment_.variables.find(variable);
              if (found == environment_.variables.end() || !found->second.single()) return std::nullopt;
              return found->second.alternatives.front();
            });
          }));
  } else if (streams.in != nullptr) {
    Print(streams, *streams.in);
  }
  return true;
}

std::optional<size_t> Run::FindFile(const std::string& name) {
  facts_.lookups.push_back(name);
  return tree_.Resolve(name, script_->path);
}

std::optional<Value> Run::FileText(const std::string& name, Place place, bool wanted) {
  if (const auto written = environment_.written_files.find(name);
      written != environment_.written_files.end()) {
    return written->second;
  }
  if (const auto file = FindFile(name)) {
    Result<DecodedText> decoded = ReadText(tree_, *file);
    const FileId id = AddFile(tree_.files()[*file].path);
    if (decoded.ok()) return Value::Of(TracedText(decoded->text, {id, 1}));
    Report(Diagnostic::Kind::kUnread, {id, 1}, decoded.error().message);
    return std::nullopt;
  }
  if (wanted) {
    facts_.missing.push_back(name);
    Report(Diagnostic::Kind::kUnread, place,
           fmt::format("runs {}, which no scanned folder has: add its folder to the scan", name));
  }
  return std::nullopt;
}

bool Run::Engine(const std::string& name, const Words& words, Streams streams, Place place) {
  std::vector<std::string> texts;
  for (const Value& word : words) texts.push_back(word.text());
  std::optional<EngineCall> call = ReadEngineCall(name, texts);
  if (!call) return false;
  Words scripts;  // of one session, one after the other
  for (const size_t file : call->files) {
    for (const TracedText& path : words[file].alternatives) {
      if (path.text() == "-" || path.text() == "/dev/stdin") {
        if (streams.in != nullptr) scripts.push_back(*streams.in);
      } else if (auto text = FileText(path.text(), place, true)) {
        scripts.push_back(std::move(*text));
      }
    }
  }
  for (const EngineCall::Part& part : call->texts) {
    scripts.push_back(
        sources::Map(words[part.word], [&](const TracedText& each) { return each.Slice(part.begin); }));
  }
  const bool nothing = call->files.empty() && call->texts.empty();
  if (nothing && streams.in != nullptr) scripts.push_back(*streams.in);
  for (const Value& text : InOneSession(std::move(scripts))) {
    Emit(call->engine, text, call->database, call->variables, call->guessed, place);
  }
  if (streams.out != nullptr) Print(streams, Value::Unknown(name, place));
  return true;
}

void Run::Emit(sources::Engine engine, const Value& text, const std::string& database,
               const Variables& variables, bool guessed, Place place) {
  for (const TracedText& each : text.alternatives) {
    if (IsPattern(each.text())) {
      Report(Diagnostic::Kind::kUnread, place,
             fmt::format("{} is given {}, whose value is not known", EngineName(engine), each.text()));
      continue;
    }
    if (each.text().find_first_not_of(" \t\r\n;") == std::string::npos) continue;
    if (!emitted_.insert(Hash64(each.text() + "\n" + database, static_cast<uint64_t>(engine))).second)
      continue;
    emitted_bytes_ += each.text().size();
    if (emitted_bytes_ > kShellTextMax) {
      Report(Diagnostic::Kind::kUnread, place, "makes more SQL than is read: the rest is left out");
      return;
    }
    SqlText sql{engine, each, database, {}, guessed};
    sql.variables.insert(variables.begin(), variables.end());
    for (const auto& [name, value] : variables_) sql.variables.try_emplace(name, value);
    facts_.sql.push_back(std::move(sql));
  }
}

bool Run::Tool(const std::string& name, const Words& words, Place place) {
  std::vector<std::string> texts;
  for (const Value& word : words) texts.push_back(word.text());
  const auto read = [&](const std::string& path) -> std::optional<std::string> {
    const auto text = FileText(path, place, false);
    if (!text) return std::nullopt;
    return text->text();
  };
  return ReadToolCall(name, texts, place, read, facts_);
}

// A command that nothing explains, such as a site's own wrapper of hive: SQL among its words, and files of
// it, are taken for what an engine is given. True if there is some.
bool Run::Guess(const std::string& name, const Words& words, Place place) {
  if (IsOtherDatabase(name)) {
    Report(Diagnostic::Kind::kNote, place, fmt::format("`{}` speaks to another database: left out", name));
    return true;
  }
  const sources::Engine engine =
      name.find("spark") != std::string::npos ? sources::Engine::kSpark : sources::Engine::kHive;
  bool sql = false;
  for (size_t i = 1; i < words.size(); ++i) {
    const bool file = words[i - 1].text() == "-f" || words[i - 1].text() == "-i" ||
                      words[i - 1].text() == "--file" || IsSqlFile(words[i].text());
    for (const TracedText& word : words[i].alternatives) {
      std::optional<Value> text = Value::Of(word);
      if (file) text = FileText(word.text(), place, false);
      if (!text || !LooksLikeSql(text->text())) continue;
      Emit(engine, *text, "", {}, true, place);
      sql = true;
    }
  }
  if (sql) {
    Report(Diagnostic::Kind::kNote, place,
           fmt::format("`{}` is not known: the SQL that it is given is taken for {}'s", name,
                       engine == sources::Engine::kSpark ? "Spark" : "Hive"));
  }
  return sql;
}

}  // namespace godwit::sources::shell
