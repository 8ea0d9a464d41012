#include "sources/jinja.h"

#include <algorithm>
#include <cctype>
#include <optional>
#include <string>
#include <vector>

namespace godwit::sources {
namespace {

std::string_view Trim(std::string_view text) {
  while (!text.empty() && (std::isspace(static_cast<unsigned char>(text.front())) || text.front() == '-'))
    text.remove_prefix(1);
  while (!text.empty() && (std::isspace(static_cast<unsigned char>(text.back())) || text.back() == '-'))
    text.remove_suffix(1);
  return text;
}

// The quoted texts in an expression, in order.
std::vector<std::string> Quoted(std::string_view expression) {
  std::vector<std::string> texts;
  for (size_t i = 0; i < expression.size(); ++i) {
    if (expression[i] != '\'' && expression[i] != '"') continue;
    const size_t end = expression.find(expression[i], i + 1);
    if (end == std::string_view::npos) break;
    texts.emplace_back(expression.substr(i + 1, end - i - 1));
    i = end;
  }
  return texts;
}

std::optional<std::string> VariableOf(const Variables& variables, std::string name) {
  for (const std::string_view prefix : {"params.", "var.value.", "var.json.", "dag_run.conf."}) {
    if (name.starts_with(prefix)) name = name.substr(prefix.size());
  }
  const auto found = variables.find(name);
  if (found == variables.end()) return std::nullopt;
  return found->second;
}

std::string PatternOf(std::string_view expression) {
  std::string name;
  for (const char c : expression.substr(0, 60)) {
    if (std::isalnum(static_cast<unsigned char>(c)) || c == '_' || c == '.') {
      name += c;
    } else if (!name.empty() && name.back() != '_') {
      name += '_';
    }
  }
  while (name.ends_with('_')) name.pop_back();
  return "${" + (name.empty() ? "expression" : name) + "}";
}

std::string ValueOf(std::string_view expression, const Variables& variables) {
  expression = Trim(expression);
  std::string_view bare = expression;
  if (const size_t filter = bare.find('|'); filter != std::string_view::npos)
    bare = Trim(bare.substr(0, filter));
  if (const auto value = VariableOf(variables, std::string(bare))) return *value;
  const std::vector<std::string> texts = Quoted(expression);
  if (bare.starts_with("config(") || bare.starts_with("log(")) return "";
  if (bare.starts_with("ref(") && !texts.empty()) return texts.back();
  if (bare.starts_with("source(") && texts.size() >= 2) return texts[0] + "." + texts[1];
  if (bare.starts_with("var(") && !texts.empty()) {
    if (const auto value = VariableOf(variables, texts[0])) return *value;
    if (texts.size() > 1) return texts[1];
  }
  if ((bare.starts_with('\'') || bare.starts_with('"')) && texts.size() == 1 &&
      bare.size() == texts[0].size() + 2)
    return texts[0];
  return PatternOf(expression);
}

// "set name = 'text'"
void Remember(std::string_view statement, Variables& variables) {
  statement = Trim(statement);
  if (!statement.starts_with("set ")) return;
  const size_t equals = statement.find('=');
  if (equals == std::string_view::npos) return;
  const std::string name(Trim(statement.substr(4, equals - 4)));
  const std::vector<std::string> texts = Quoted(statement.substr(equals));
  if (texts.size() == 1) variables.try_emplace(name, texts[0]);
}

}  // namespace

TracedText WithoutJinja(const TracedText& text, const Variables& given) {
  const std::string& all = text.text();
  if (all.find("{{") == std::string::npos && all.find("{%") == std::string::npos &&
      all.find("{#") == std::string::npos)
    return text;
  Variables variables = given;
  TracedText result;
  size_t begin = 0;
  for (size_t at = 0; (at = all.find('{', at)) != std::string::npos;) {
    const char kind = at + 1 < all.size() ? all[at + 1] : ' ';
    if (kind != '{' && kind != '%' && kind != '#') {
      ++at;
      continue;
    }
    const std::string close = kind == '{' ? "}}" : kind == '%' ? "%}" : "#}";
    const size_t end = all.find(close, at + 2);
    if (end == std::string::npos) break;
    result.Append(text.Slice(begin, at - begin));
    const std::string_view inside = std::string_view(all).substr(at + 2, end - at - 2);
    if (kind == '{') {
      result.Append(ValueOf(inside, variables), text.PlaceAt(at));
    } else if (kind == '%') {
      Remember(inside, variables);
    }
    at = begin = end + 2;
  }
  result.Append(text.Slice(begin));
  return result;
}

}  // namespace godwit::sources
