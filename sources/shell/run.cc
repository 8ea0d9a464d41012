// Statements: what runs, in which order, with which input and output.
#include "sources/shell/run.h"

#include <fmt/format.h>

#include <algorithm>

#include "base/hash.h"
#include "sources/sql_text.h"
#include "sources/text_file.h"

namespace godwit::sources::shell {
namespace {

constexpr int kLoopWordsMax = 5000;

bool IsAssignment(const SyntaxNode& node) {
  return node.is("variable_assignment") || node.is("variable_assignments");
}

// The here-document's text starts after its line, and a quoted word keeps it from being expanded.
bool IsQuotedStart(std::string_view start) { return start.find_first_of("'\"\\") != std::string_view::npos; }

TracedText WithoutLeadingTabs(const TracedText& text) {
  TracedText result;
  bool line_start = true;
  for (size_t i = 0; i < text.text().size();) {
    if (line_start) {
      const size_t next = std::min(text.text().find_first_not_of('\t', i), text.text().size());
      i = next;
    }
    const size_t newline = text.text().find('\n', i);
    const size_t end = newline == std::string::npos ? text.text().size() : newline + 1;
    result.Append(text.Slice(i, end - i));
    i = end;
    line_start = true;
  }
  return result;
}

}  // namespace

FileId Run::AddFile(const std::string& path) {
  const auto found = std::find(facts_.files.begin(), facts_.files.end(), path);
  if (found != facts_.files.end()) return FileId(found - facts_.files.begin());
  facts_.files.push_back(path);
  return FileId(facts_.files.size() - 1);
}

void Run::Report(Diagnostic::Kind kind, Place place, std::string message) {
  const auto same = [&](const Diagnostic& other) { return other.place == place && other.message == message; };
  if (std::any_of(facts_.diagnostics.begin(), facts_.diagnostics.end(), same)) return;
  facts_.diagnostics.push_back({kind, place, std::move(message)});
}

namespace {

// Each $1 as ${1}: the grammar loses a bare one that stands behind other parts of a word.
std::string WithBracedParameters(std::string_view text) {
  std::string result;
  result.reserve(text.size() + 64);
  for (size_t i = 0; i < text.size(); ++i) {
    result += text[i];
    if (text[i] == '\\' && i + 1 < text.size()) {
      result += text[++i];
    } else if (text[i] == '$' && i + 1 < text.size() && text[i + 1] >= '0' && text[i + 1] <= '9') {
      result += '{';
      result += text[++i];
      result += '}';
    }
  }
  return result;
}

}  // namespace

std::shared_ptr<const Script> Run::ParseFile(size_t file) {
  auto script = std::make_shared<Script>();
  script->path = tree_.files()[file].path;
  script->file = AddFile(script->path);
  Result<DecodedText> decoded = ReadText(tree_, file);
  if (!decoded.ok()) {
    Report(Diagnostic::Kind::kUnread, {*script->file, 1}, decoded.error().message);
    return script;
  }
  script->text = TracedText(WithBracedParameters(decoded->text), {*script->file, 1});
  script->tree = SyntaxTree::Parse(Language::kShell, script->text.text());
  if (script->tree.root().null()) {
    Report(Diagnostic::Kind::kUnread, {*script->file, 1},
           "too long or too slow to read as a shell script: declare its lineage");
  }
  return script;
}

std::shared_ptr<const Script> Run::ParseText(TracedText text, std::string path) {
  auto script = std::make_shared<Script>();
  script->path = std::move(path);
  script->text = FillPatterns(text, [](const std::string& name) -> std::optional<TracedText> {
    if (name.size() == 1 && std::isdigit(static_cast<unsigned char>(name[0])))
      return TracedText("${" + name + "}", {});
    return std::nullopt;
  });
  script->tree = SyntaxTree::Parse(Language::kShell, script->text.text());
  return script;
}

Flow Run::RunText(std::shared_ptr<const Script> script, Streams streams) {
  if (depth_ > kShellDepthMax) return Flow::kNext;
  ++depth_;
  const std::shared_ptr<const Script> caller = std::exchange(script_, std::move(script));
  const SyntaxNode root = script_->tree.root();
  const size_t reported = facts_.diagnostics.size();
  Flow flow = Flow::kNext;
  if (!root.null()) flow = Execute(root, streams);
  if (root.has_error() && facts_.diagnostics.size() == reported) {
    Report(Diagnostic::Kind::kNote, script_->PlaceOf(root),
           "shell syntax is broken somewhere: check what was read");
  }
  script_ = caller;
  --depth_;
  return flow == Flow::kExit ? flow : Flow::kNext;
}

Flow Run::ExecuteAll(const std::vector<SyntaxNode>& nodes, Streams streams) {
  for (const SyntaxNode& node : nodes) {
    if (const Flow flow = Execute(node, streams); flow != Flow::kNext) return flow;
  }
  return Flow::kNext;
}

Flow Run::Execute(const SyntaxNode& node, Streams streams) {
  if (++steps_ > kShellStepsMax || depth_ > kShellDepthMax) {
    const bool steps = steps_ > kShellStepsMax;
    Report(Diagnostic::Kind::kUnread, script_->PlaceOf(node),
           steps ? fmt::format("more than {} steps: the rest is not read", kShellStepsMax)
                 : fmt::format("nested deeper than {}: not read", kShellDepthMax));
    return steps ? Flow::kExit : Flow::kNext;
  }
  ++depth_;
  const Flow flow = ExecuteKind(node, streams);
  --depth_;
  return flow;
}

Flow Run::ExecuteKind(const SyntaxNode& node, Streams streams) {
  const std::string_view kind = node.kind();
  if (kind == "command") return Command(node, streams);
  if (kind == "program" || kind == "compound_statement" || kind == "do_group") {
    return ExecuteAll(node.NamedChildren(), streams);
  }
  if (kind == "variable_assignment" || kind == "variable_assignments" || kind == "declaration_command") {
    Assign(node);
  } else if (kind == "redirected_statement") {
    return Redirected(node, streams);
  } else if (kind == "list") {
    return List(node, streams);
  } else if (kind == "pipeline") {
    return Pipeline(node.NamedChildren(), streams);
  } else if (kind == "if_statement") {
    return If(node, streams);
  } else if (kind == "case_statement") {
    return Case(node, streams);
  } else if (kind == "for_statement" || kind == "c_style_for_statement") {
    return For(node, streams);
  } else if (kind == "while_statement") {
    return While(node, streams);
  } else if (kind == "function_definition") {
    environment_.functions[std::string(node.Field("name").text())] = {script_, node.Field("body")};
  } else if (kind == "subshell") {
    const Environment before = environment_;
    const Flow flow = ExecuteAll(node.NamedChildren(), streams);
    std::map<std::string, Value, std::less<>> written = std::move(environment_.written_files);
    environment_ = before;
    environment_.written_files = std::move(written);
    return flow == Flow::kExit ? Flow::kNext : flow;
  } else if (kind == "negated_command") {
    return ExecuteAll(node.NamedChildren(), streams);
  } else if (kind == "unset_command") {
    for (const SyntaxNode& name : node.NamedChildren()) {
      environment_.variables.erase(std::string(name.text()));
    }
  } else if (kind == "ERROR") {
    Report(Diagnostic::Kind::kUnread, script_->PlaceOf(node),
           "shell syntax that is not understood: what it runs is not known");
    return ExecuteAll(node.NamedChildren(), streams);
  }
  return Flow::kNext;
}

// Stage by stage; each reads what the one before it wrote.
Flow Run::Pipeline(const std::vector<SyntaxNode>& stages, Streams streams) {
  Value written;
  for (size_t i = 0; i < stages.size(); ++i) {
    const bool last = i + 1 == stages.size();
    Value next;
    Execute(stages[i], {i == 0 ? streams.in : &written, last ? streams.out : &next});
    written = std::move(next);
  }
  return Flow::kNext;
}

void Run::Redirect(const SyntaxNode& redirect, Streams& streams,
                   std::vector<std::pair<std::string, bool>>& to, std::vector<Value>& kept) {
  const Place place = script_->PlaceOf(redirect);
  if (redirect.is("herestring_redirect")) {
    for (const SyntaxNode& child : redirect.NamedChildren()) {
      if (!child.is("file_descriptor")) kept.push_back(Expand(child));
    }
    if (!kept.empty()) streams.in = &kept.back();
    return;
  }
  const SyntaxNode descriptor = redirect.Field("descriptor"), destination = redirect.Field("destination");
  const auto has = [&](std::string_view op) { return !redirect.FirstOf(op).null(); };
  if (has("<")) {
    if (auto text = FileText(Expand(destination).text(), place, false)) {
      kept.push_back(std::move(*text));
      streams.in = &kept.back();
    }
    return;
  }
  const bool standard_output = descriptor.null() || descriptor.text() == "1";
  if (standard_output && (has(">") || has(">>") || has("&>") || has(">|"))) {
    to.emplace_back(Expand(destination).text(), has(">>"));
  }
}

// What a redirection wrote to `path` can be read back by -f, source or cat.
void Run::Keep(const std::string& path, bool append, const Value& written) {
  if (path == "/dev/null" || path.empty() || written.text().empty()) return;
  Value& content = environment_.written_files[path];
  if (!append) content = Value();
  AppendTo(content, written, nullptr);
}

Flow Run::Redirected(const SyntaxNode& node, Streams streams) {
  std::vector<std::pair<std::string, bool>> to;
  std::vector<Value> kept;
  kept.reserve(64);  // streams point into it
  for (const SyntaxNode& redirect : node.Fields("redirect")) {
    if (kept.size() >= 60) break;
    if (redirect.is("heredoc_redirect")) return HereDocument(node, redirect, streams);
    Redirect(redirect, streams, to, kept);
  }
  if (to.empty()) return Execute(node.Field("body"), streams);
  Value out;
  const Flow flow = Execute(node.Field("body"), {streams.in, &out});
  for (const auto& [path, append] : to) Keep(path, append, out);
  return flow;
}

// cat <<EOF > f, cat > f <<EOF, cat <<EOF | hive, hive <<EOF && …
Flow Run::HereDocument(const SyntaxNode& node, const SyntaxNode& redirect, Streams streams) {
  std::vector<std::pair<std::string, bool>> to;
  std::vector<Value> kept;
  kept.reserve(64);
  Value text;
  std::vector<SyntaxNode> then;
  std::vector<SyntaxNode> stages;
  const std::vector<SyntaxNode> outer = node.Fields("redirect");
  std::vector<SyntaxNode> all(outer.begin(), outer.end());
  for (const SyntaxNode& child : redirect.NamedChildren()) all.push_back(child);
  for (const SyntaxNode& child : all) {
    if (child.is("heredoc_body")) {
      const SyntaxNode start = redirect.FirstOf("heredoc_start");
      if (IsQuotedStart(start.text())) {
        text = Value::Of(TracedText(child.text(), script_->PlaceOf(child)));
      } else {
        text = ExpandParts(child, child.begin(), child.end());
      }
      if (redirect.text().starts_with("<<-")) text = Map(text, WithoutLeadingTabs);
    } else if (child.is("pipeline")) {
      for (const SyntaxNode& stage : child.NamedChildren()) stages.push_back(stage);
    } else if (child.is("file_redirect")) {
      if (kept.size() < 60) Redirect(child, streams, to, kept);
    } else if (!child.is("heredoc_start") && !child.is("heredoc_end") && !child.is("heredoc_redirect") &&
               !child.is("file_descriptor")) {
      then.push_back(child);
    }
  }
  streams.in = &text;
  Value out;
  const bool captured = !to.empty() || !stages.empty();
  Flow flow = Execute(node.Field("body"), {streams.in, captured ? &out : streams.out});
  for (const auto& [path, append] : to) Keep(path, append, out);
  for (size_t i = 0; i < stages.size(); ++i) {
    Value next;
    Execute(stages[i], {&out, i + 1 == stages.size() ? streams.out : &next});
    out = std::move(next);
  }
  if (flow == Flow::kNext) flow = ExecuteAll(then, {nullptr, streams.out});
  return flow;
}

// a && b, a || b
Flow Run::List(const SyntaxNode& node, Streams streams) {
  const std::vector<SyntaxNode> parts = node.NamedChildren();
  if (parts.size() != 2) return ExecuteAll(parts, streams);
  const bool both = !node.FirstOf("&&").null();
  const bool tests = parts[0].is("test_command") || parts[0].text().starts_with("test ");
  if (!tests) {
    const Flow flow = Execute(parts[0], streams);
    if (flow != Flow::kNext) return flow;
    // "… || exit 1": the script goes on where all is well.
    return Branches({{parts[1]}}, true, streams);
  }
  const Truth truth = Condition({parts[0]}, streams);
  if (truth == Truth::kUnknown) return Branches({{parts[1]}}, true, streams);
  return (truth == Truth::kYes) == both ? Execute(parts[1], streams) : Flow::kNext;
}

Environment Run::Joined(Environment a, const Environment& b) const {
  for (const auto& [name, value] : b.variables) {
    const auto [at, added] = a.variables.try_emplace(name, value);
    if (!added && !SameTexts(at->second, value)) at->second = Join(at->second, value, name);
  }
  for (const auto& [path, value] : b.written_files) {
    const auto [at, added] = a.written_files.try_emplace(path, value);
    if (!added && !SameTexts(at->second, value)) at->second = Join(at->second, value, path);
  }
  for (const auto& [name, items] : b.arrays) a.arrays.try_emplace(name, items);
  for (const auto& [name, function] : b.functions) a.functions.try_emplace(name, function);
  return a;
}

Flow Run::Branches(const std::vector<std::vector<SyntaxNode>>& branches, bool may_skip, Streams streams) {
  const Environment before = environment_;
  std::optional<Environment> after;
  if (may_skip) after = before;
  std::optional<Flow> left;  // how the branches that do not go on leave
  for (const std::vector<SyntaxNode>& branch : branches) {
    environment_ = before;
    const Flow flow = ExecuteAll(branch, streams);
    if (flow != Flow::kNext) {
      left = flow;
      // What a branch that leaves has written still stands.
      if (after) after->written_files.merge(environment_.written_files);
      continue;
    }
    after = after ? Joined(std::move(*after), environment_) : std::move(environment_);
  }
  if (!after) {
    environment_ = before;
    return left.value_or(Flow::kNext);
  }
  environment_ = std::move(*after);
  return Flow::kNext;
}

namespace {

// if/elif/else as (condition, body) pairs; an else has no condition.
struct Arm {
  std::vector<SyntaxNode> condition;
  std::vector<SyntaxNode> body;
};

Arm ArmOf(const SyntaxNode& node) {
  Arm arm;
  bool then = node.is("else_clause");
  for (const SyntaxNode& child : node.Children()) {
    if (child.is("elif_clause") || child.is("else_clause")) break;
    if (!child.named()) {
      then |= child.is("then");
    } else if (!child.is("comment")) {
      (then ? arm.body : arm.condition).push_back(child);
    }
  }
  return arm;
}

}  // namespace

Flow Run::If(const SyntaxNode& node, Streams streams) {
  std::vector<Arm> arms{ArmOf(node)};
  bool has_else = false;
  for (const SyntaxNode& child : node.NamedChildren()) {
    if (child.is("elif_clause") || child.is("else_clause")) arms.push_back(ArmOf(child));
    has_else |= child.is("else_clause");
  }
  std::vector<std::vector<SyntaxNode>> open;
  for (size_t i = 0; i < arms.size(); ++i) {
    const bool otherwise = has_else && i + 1 == arms.size();
    const Truth truth = otherwise ? Truth::kYes : Condition(arms[i].condition, streams);
    if (truth == Truth::kNo) continue;
    if (truth == Truth::kYes && open.empty()) return ExecuteAll(arms[i].body, streams);
    open.push_back(arms[i].body);
    if (truth == Truth::kYes) return Branches(open, false, streams);
  }
  return open.empty() ? Flow::kNext : Branches(open, true, streams);
}

Flow Run::Case(const SyntaxNode& node, Streams streams) {
  const Value value = Expand(node.Field("value"));
  std::vector<std::vector<SyntaxNode>> open;
  bool has_default = false;
  for (const SyntaxNode& item : node.NamedChildren()) {
    if (!item.is("case_item")) continue;
    const std::vector<SyntaxNode> patterns = item.Fields("value");
    std::vector<SyntaxNode> body;
    for (const SyntaxNode& child : item.NamedChildren()) {
      if (child.begin() > patterns.back().end()) body.push_back(child);
    }
    bool matches = false;
    for (const SyntaxNode& pattern : patterns) {
      const std::string text = Expand(pattern).text();
      has_default |= text == "*";
      matches |= value.known() && MatchesGlob(text, value.text());
    }
    if (matches) return ExecuteAll(body, streams);
    if (!value.known()) open.push_back(std::move(body));
  }
  return open.empty() ? Flow::kNext : Branches(open, !has_default, streams);
}

Flow Run::For(const SyntaxNode& node, Streams streams) {
  const SyntaxNode body = node.Field("body");
  if (node.is("c_style_for_statement")) {
    const Environment before = environment_;
    for (const SyntaxNode& initializer : node.Fields("initializer")) {
      const SyntaxNode name = initializer.FirstOf("variable_name");
      if (!name.null()) SetVariable(std::string(name.text()), Value::Unknown(name.text(), {}));
    }
    const Flow flow = Execute(body, streams);
    return flow == Flow::kLoop ? Flow::kNext : flow;
  }
  const std::string name(node.Field("variable").text());
  std::vector<Value> words;
  for (const SyntaxNode& item : node.Fields("value")) {
    for (Value& word : ExpandWords(item)) words.push_back(std::move(word));
  }
  if (words.empty()) return Flow::kNext;
  if (words.size() > kLoopWordsMax) {
    Report(Diagnostic::Kind::kUnread, script_->PlaceOf(node),
           "a loop over too many words: the first are read");
    words.resize(kLoopWordsMax);
  }
  for (Value& word : words) {
    const bool open = IsPattern(word.text()) && !word.text().starts_with("${date");
    SetVariable(name, open ? Value::Unknown(name, script_->PlaceOf(node)) : std::move(word));
    const Flow flow = Execute(body, streams);
    if (flow == Flow::kExit || flow == Flow::kReturn) return flow;
    if (steps_ > kShellStepsMax) return Flow::kExit;
  }
  return Flow::kNext;
}

// The body once: what it does again it does to the same names, or to ones that are not known.
Flow Run::While(const SyntaxNode& node, Streams streams) {
  for (const SyntaxNode& condition : node.Fields("condition")) {
    if (condition.named() && !condition.is("test_command")) Execute(condition, {nullptr, nullptr});
  }
  return Branches({{node.Field("body")}}, true, streams);
}

void Run::SetVariable(const std::string& name, Value value) {
  // What is not known is named after the variable that holds it.
  if (value.single() && IsPattern(value.text()) && !value.text().starts_with("${date")) {
    value = Value::Unknown(name, value.alternatives.front().PlaceAt(0));
  }
  environment_.variables[name] = std::move(value);
}

void Run::Assign(const SyntaxNode& node) {
  if (!node.is("variable_assignment")) {
    for (const SyntaxNode& child : node.NamedChildren()) {
      if (IsAssignment(child)) Assign(child);
    }
    return;
  }
  SyntaxNode target = node.Field("name");
  const std::string name(target.is("subscript") ? target.Field("name").text() : target.text());
  const SyntaxNode value = node.Field("value");
  const bool append = !node.FirstOf("+=").null();
  if (value.is("array")) {
    std::vector<Value>& items = environment_.arrays[name];
    if (!append) items.clear();
    std::vector<Value> words;
    for (const SyntaxNode& item : value.NamedChildren()) {
      for (Value& word : ExpandWords(item)) words.push_back(std::move(word));
    }
    std::vector<Value>& now = environment_.arrays[name];
    now.insert(now.end(), words.begin(), words.end());
    environment_.variables.erase(name);
    return;
  }
  Value expanded = value.null() ? Value() : Expand(value);
  if (target.is("subscript")) {
    environment_.arrays[name].push_back(std::move(expanded));
    return;
  }
  if (append) {
    bool set = false;
    Value before = Lookup(name, script_->PlaceOf(node), &set);
    if (set) {
      AppendTo(before, expanded, nullptr);
      expanded = std::move(before);
    }
  }
  SetVariable(name, std::move(expanded));
}

Flow Run::Command(const SyntaxNode& node, Streams streams) {
  std::vector<std::pair<std::string, bool>> to;
  std::vector<Value> kept;
  kept.reserve(64);
  for (const SyntaxNode& child : node.NamedChildren()) {
    if (IsAssignment(child)) Assign(child);
  }
  for (const SyntaxNode& redirect : node.Fields("redirect")) {
    if (kept.size() < 60) Redirect(redirect, streams, to, kept);
  }
  std::vector<Value> words =
      ExpandWords(node.Field("name").NamedChildren().size() == 1 ? node.Field("name").NamedChildren().front()
                                                                 : node.Field("name"));
  for (const SyntaxNode& argument : node.Fields("argument")) {
    for (Value& word : ExpandWords(argument)) words.push_back(std::move(word));
  }
  if (words.empty()) return Flow::kNext;
  if (to.empty()) return Call(std::move(words), streams, script_->PlaceOf(node));
  Value out;
  const Flow flow = Call(std::move(words), {streams.in, &out}, script_->PlaceOf(node));
  for (const auto& [path, append] : to) Keep(path, append, out);
  return flow;
}

}  // namespace godwit::sources::shell
