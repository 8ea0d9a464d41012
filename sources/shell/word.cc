// Expansion: words, quotes, parameters and substitutions → values.
#include <algorithm>
#include <cctype>

#include "sources/shell/run.h"
#include "sources/sql_text.h"

namespace godwit::sources::shell {
namespace {

constexpr int kRangeMax = 1000;

bool IsExpansion(const SyntaxNode& node) {
  return node.is("simple_expansion") || node.is("expansion") || node.is("command_substitution") ||
         node.is("arithmetic_expansion") || node.is("process_substitution");
}

bool IsBlank(const std::string& text) { return text.find_first_not_of(" \t\r\n") == std::string::npos; }

// The words of a text that was not quoted.
std::vector<Value> Split(const TracedText& text) {
  std::vector<Value> words;
  const std::string& all = text.text();
  for (size_t begin = 0; (begin = all.find_first_not_of(" \t\r\n", begin)) != std::string::npos;) {
    const size_t end = std::min(all.find_first_of(" \t\r\n", begin), all.size());
    words.push_back(Value::Of(text.Slice(begin, end - begin)));
    begin = end;
  }
  return words;
}

// The text of $'…'.
std::string AnsiC(std::string_view text) {
  std::string result;
  for (size_t i = 0; i < text.size(); ++i) {
    if (text[i] != '\\' || i + 1 == text.size()) {
      result += text[i];
      continue;
    }
    const char next = text[++i];
    result += next == 'n' ? '\n' : next == 't' ? '\t' : next == 'r' ? '\r' : next;
  }
  return result;
}

// Appends written text, with the backslashes that the quoting removes taken out.
void AppendUnescaped(TracedText& to, std::string_view raw, Place place, bool double_quoted) {
  size_t begin = 0;
  const auto flush = [&](size_t end) {
    to.Append(raw.substr(begin, end - begin), place);
    place.line += static_cast<uint32_t>(
        std::count(raw.begin() + static_cast<long>(begin), raw.begin() + static_cast<long>(end), '\n'));
  };
  for (size_t i = 0; i + 1 < raw.size(); ++i) {
    if (raw[i] != '\\') continue;
    const char next = raw[i + 1];
    if (double_quoted && next != '$' && next != '`' && next != '"' && next != '\\' && next != '\n') {
      ++i;
      continue;
    }
    flush(i);
    begin = i + 1;
    if (next == '\n') {
      ++begin;
      ++place.line;
    }
    ++i;
  }
  flush(raw.size());
}

std::string Upper(std::string text) {
  std::transform(text.begin(), text.end(), text.begin(), [](unsigned char c) { return std::toupper(c); });
  return text;
}
std::string Lower(std::string text) {
  std::transform(text.begin(), text.end(), text.begin(), [](unsigned char c) { return std::tolower(c); });
  return text;
}

// The text without its shortest or longest front or end that matches.
TracedText Stripped(const TracedText& text, const std::string& pattern, bool front, bool longest) {
  const std::string& all = text.text();
  const size_t size = std::min<size_t>(all.size(), 4096);
  for (size_t i = 0; i <= size; ++i) {
    const size_t length = longest ? size - i : i;
    const std::string_view part =
        front ? std::string_view(all).substr(0, length) : std::string_view(all).substr(all.size() - length);
    std::string any = pattern;  // a slash is nothing special here
    for (size_t at = 0; (at = any.find('*', at)) != std::string::npos; at += 2) any.insert(at, "*");
    if (MatchesGlob(any, part)) return front ? text.Slice(length) : text.Slice(0, all.size() - length);
  }
  return text;
}

TracedText Replaced(const TracedText& text, const std::string& from, const TracedText& to, bool all) {
  if (from.empty()) return text;
  TracedText result;
  size_t begin = 0;
  for (size_t at; (at = text.text().find(from, begin)) != std::string::npos; begin = at + from.size()) {
    result.Append(text.Slice(begin, at - begin));
    result.Append(to);
    if (!all) {
      begin = at + from.size();
      break;
    }
  }
  result.Append(text.Slice(begin));
  return result;
}

}  // namespace

Value Run::Lookup(const std::string& name, Place place, bool* set) {
  if (set != nullptr) *set = true;
  const Environment& env = environment_;
  if (!name.empty() &&
      std::all_of(name.begin(), name.end(), [](unsigned char c) { return std::isdigit(c); })) {
    const size_t index = name.size() > 4 ? 9999 : std::stoul(name);
    if (index == 0) return Value::Of(TracedText(script_->path, place));
    if (index <= env.arguments.size()) return env.arguments[index - 1];
    if (env.arguments_known) {
      if (set != nullptr) *set = false;
      return Value();
    }
    if (set != nullptr) *set = false;
    return Value::Unknown(name, place);
  }
  if (name == "#" && env.arguments_known) {
    return Value::Of(TracedText(std::to_string(env.arguments.size()), place));
  }
  if (name == "@" || name == "*") {
    if (!env.arguments_known && env.arguments.empty()) return Value::Unknown("@", place);
    Value all;
    for (size_t i = 0; i < env.arguments.size(); ++i) {
      if (i > 0) AppendTo(all, Value::Of(TracedText(" ", place)), nullptr);
      AppendTo(all, env.arguments[i], nullptr);
    }
    return all;
  }
  if (const auto found = env.variables.find(name); found != env.variables.end()) return found->second;
  if (const auto found = env.arrays.find(name); found != env.arrays.end()) {
    return found->second.empty() ? Value() : found->second.front();
  }
  if (set != nullptr) *set = false;
  return Value::Unknown(name, place);
}

Value Run::Subscript(const SyntaxNode& node) {
  const std::string name(node.Field("name").text());
  const Value index = Expand(node.Field("index"));
  const Place place = script_->PlaceOf(node);
  const auto found = environment_.arrays.find(name);
  if (found == environment_.arrays.end()) return Lookup(name, place);
  const std::vector<Value>& items = found->second;
  if (index.text() == "@" || index.text() == "*") {
    Value all;
    for (size_t i = 0; i < items.size(); ++i) {
      if (i > 0) AppendTo(all, Value::Of(TracedText(" ", place)), nullptr);
      AppendTo(all, items[i], nullptr);
    }
    return all;
  }
  const std::string& text = index.text();
  if (!text.empty() && text.size() < 6 && std::all_of(text.begin(), text.end(), ::isdigit)) {
    const size_t position = std::stoul(text);
    if (position < items.size()) return items[position];
    return Value();
  }
  return Value::Unknown(name, place);
}

Value Run::Modified(const SyntaxNode& node, const std::string& name, Value value,
                    const std::vector<SyntaxNode>& operators, const std::vector<SyntaxNode>& operands) {
  const Place place = script_->PlaceOf(node);
  const std::string op(operators.front().text());
  const auto operand = [&](size_t i) {
    if (i < operands.size()) return Expand(operands[i]);
    return Value();
  };
  if (op == "^^" || op == ",,") {
    return Map(value, [&](const TracedText& each) {
      return HasPattern(each.text())
                 ? each
                 : TracedText(op == "^^" ? Upper(each.text()) : Lower(each.text()), place);
    });
  }
  if (HasPattern(value.text())) return value;
  if (op == "#" || op == "##" || op == "%" || op == "%%") {
    const std::string pattern = operand(0).text();
    return Map(value,
               [&](const TracedText& each) { return Stripped(each, pattern, op[0] == '#', op.size() == 2); });
  }
  if (op == "/" || op == "//") {
    const std::string from = operand(0).text();
    const Value to = operand(1);
    return Map(value, [&](const TracedText& each) {
      return Replaced(each, from, to.alternatives.front(), op == "//");
    });
  }
  if (op == ":") {
    const std::string begin = operand(0).text(), length = operand(1).text();
    const auto number = [](const std::string& text) {
      return !text.empty() && text.size() < 8 && std::all_of(text.begin(), text.end(), ::isdigit);
    };
    if (!number(begin) || (operands.size() > 1 && !number(length))) return Value::Unknown(name, place);
    const size_t count = operands.size() > 1 ? std::stoul(length) : std::string::npos;
    return Map(value, [&](const TracedText& each) { return each.Slice(std::stoul(begin), count); });
  }
  return value;
}

// ${…}
Value Run::Parameter(const SyntaxNode& node) {
  std::vector<SyntaxNode> operators, operands;
  SyntaxNode variable;
  bool before = false;  // an operator in front of the name: ${#x}, ${!x}
  for (const SyntaxNode& child : node.Children()) {
    const std::string_view kind = child.kind();
    if (kind == "${" || kind == "}") continue;
    const bool names = kind == "variable_name" || kind == "special_variable_name" || kind == "subscript";
    if (variable.null() && names) {
      variable = child;
    } else if (!child.named()) {
      before |= variable.null();
      operators.push_back(child);
    } else {
      operands.push_back(child);
    }
  }
  const Place place = script_->PlaceOf(node);
  if (variable.null()) {
    const std::string_view raw = node.text();
    return Value::Unknown(raw.size() > 3 ? raw.substr(2, raw.size() - 3) : raw, place);
  }
  const bool subscript = variable.is("subscript");
  const std::string name(subscript ? variable.Field("name").text() : variable.text());
  bool set = true;
  Value value = subscript ? Subscript(variable) : Lookup(name, place, &set);
  if (before) {
    if (operators.front().text() == "!" && value.known()) return Lookup(value.text(), place);
    return Value::Unknown(name, place);
  }
  if (operators.empty()) return value;
  const std::string op(operators.front().text());
  const bool colon = op.size() == 2 && op[0] == ':';
  const char last = op.back();
  const bool defaults = (op.size() == 1 || colon) && std::string_view("-=?+").find(last) != std::string::npos;
  if (!defaults) return Modified(node, name, std::move(value), operators, operands);
  const bool missing = !set || (colon && value.single() && value.text().empty());
  const bool unknown = IsPattern(value.text());
  if (last == '+') return missing ? Value() : operands.empty() ? Value() : Expand(operands.front());
  if (last == '?' || (!missing && !unknown)) return value;
  Value otherwise;
  for (const SyntaxNode& operand : operands) AppendTo(otherwise, Expand(operand), nullptr);
  if (otherwise.single() && otherwise.text().empty()) return value;
  if (last == '=') SetVariable(name, otherwise);
  return otherwise;
}

Value Run::Substitution(const SyntaxNode& node) {
  const std::vector<SyntaxNode> inner = node.NamedChildren();
  const Place place = script_->PlaceOf(node);
  // A single word in back-ticks is a column's name that someone forgot to escape, not a command.
  if (node.text().starts_with('`') && inner.size() == 1 && inner[0].is("command") &&
      inner[0].NamedChildren().size() == 1 &&
      environment_.functions.count(std::string(inner[0].text())) == 0 && inner[0].text() != "date" &&
      inner[0].text() != "pwd" && inner[0].text() != "hostname") {
    return Value::Of(TracedText(node.text(), place));
  }
  Value out;
  out.alternatives.clear();
  out.alternatives.emplace_back();
  const Environment before = environment_;
  if (node.text().starts_with("$(<") && !inner.empty()) {
    const SyntaxNode destination = inner[0].Field("destination");
    if (const auto content = FileText(Expand(destination).text(), place, false)) return *content;
  }
  ExecuteAll(inner, {nullptr, &out});
  environment_ = before;  // a subshell
  return Map(out, [](const TracedText& each) { return each.WithoutEndingNewlines(); });
}

// The source between begin and end, with the expansions that stand in it.
Value Run::ExpandParts(const SyntaxNode& node, size_t begin, size_t end) {
  Value value;
  bool cut = false;
  const auto literal = [&](size_t from, size_t to) {
    if (from >= to) return;
    const std::string_view source = node.source();
    const std::string_view front = source.substr(node.begin(), from - node.begin());
    Place place = script_->PlaceOf(node);
    place.line += static_cast<uint32_t>(std::count(front.begin(), front.end(), '\n'));
    TracedText text;
    AppendUnescaped(text, source.substr(from, to - from), place, true);
    AppendTo(value, Value::Of(std::move(text)), &cut);
  };
  size_t at = begin;
  for (const SyntaxNode& child : node.NamedChildren()) {
    if (!IsExpansion(child) || child.begin() < at) continue;
    literal(at, child.begin());
    AppendTo(value, Expand(child), &cut);
    at = child.end();
  }
  literal(at, end);
  if (cut) {
    Report(Diagnostic::Kind::kUnread, script_->PlaceOf(node),
           "more combinations of variables than are followed: only the first are read");
  }
  return value;
}

Value Run::Expand(const SyntaxNode& node) {
  if (node.null() || ++steps_ > kShellStepsMax || depth_ > kShellDepthMax) return Value();
  ++depth_;
  const Place place = script_->PlaceOf(node);
  const std::string_view kind = node.kind(), text = node.text();
  Value value;
  if (kind == "string" || kind == "translated_string") {
    const size_t open = node.begin() + (kind == "string" ? 1 : 2);
    const bool closed = text.size() > 1 && text.ends_with('"');
    value = ExpandParts(node, open, node.end() - (closed ? 1 : 0));
  } else if (kind == "raw_string") {
    value = Value::Of(TracedText(text.substr(1, text.size() < 2 ? 0 : text.size() - 2), place));
  } else if (kind == "ansi_c_string") {
    value = Value::Of(TracedText(AnsiC(text.substr(2, text.size() < 3 ? 0 : text.size() - 3)), place));
  } else if (kind == "concatenation" || kind == "command_name") {
    for (const SyntaxNode& child : node.Children()) AppendTo(value, Expand(child), nullptr);
  } else if (kind == "simple_expansion") {
    value = Lookup(std::string(text.substr(1)), place);
  } else if (kind == "expansion") {
    value = Parameter(node);
  } else if (kind == "command_substitution") {
    value = Substitution(node);
  } else if (kind == "arithmetic_expansion" || kind == "process_substitution") {
    value = Value::Unknown(kind == "arithmetic_expansion" ? "number" : "process", place);
  } else {
    TracedText written;
    AppendUnescaped(written, text, place, false);
    value = Value::Of(std::move(written));
  }
  --depth_;
  return value;
}

std::vector<Value> Run::ExpandWords(const SyntaxNode& node) {
  const std::string_view text = node.text();
  // "$@" and "${array[@]}" keep their words apart.
  const bool quoted = text.starts_with('"');
  const std::string_view bare = quoted && text.size() > 1 ? text.substr(1, text.size() - 2) : text;
  if (bare == "$@" || bare == "$*" || bare == "${@}") {
    if (environment_.arguments_known || !environment_.arguments.empty()) return environment_.arguments;
  }
  if (bare.starts_with("${") && (bare.ends_with("[@]}") || bare.ends_with("[*]}"))) {
    const auto found = environment_.arrays.find(bare.substr(2, bare.size() - 6));
    if (found != environment_.arrays.end()) return found->second;
  }
  if (node.is("brace_expression")) {
    const std::vector<SyntaxNode> ends = node.NamedChildren();
    const std::string first(ends.empty() ? "" : ends.front().text()),
        last(ends.empty() ? "" : ends.back().text());
    const bool numbers = !first.empty() && first.size() < 7 && !last.empty() && last.size() < 7 &&
                         std::all_of(first.begin(), first.end(), ::isdigit) &&
                         std::all_of(last.begin(), last.end(), ::isdigit);
    std::vector<Value> words;
    for (int i = numbers ? std::stoi(first) : 1; numbers && i <= std::stoi(last) && words.size() < kRangeMax;
         ++i) {
      words.push_back(Value::Of(TracedText(std::to_string(i), script_->PlaceOf(node))));
    }
    if (numbers) return words;
  }
  Value value = Expand(node);
  const bool splits = IsExpansion(node);
  if (!splits || !value.single()) return {std::move(value)};
  if (IsBlank(value.text())) return {};
  // SQL that someone forgot to quote is meant as one word.
  if (IsPattern(value.text()) || LooksLikeSql(value.text())) return {std::move(value)};
  return Split(value.alternatives.front());
}

}  // namespace godwit::sources::shell
