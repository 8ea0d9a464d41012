// Expressions → objects, as far as they are known.
#include <algorithm>
#include <cctype>

#include "sources/python/run.h"

namespace godwit::sources::python {
namespace {

using Kind = Object::Kind;

bool IsName(char c) { return std::isalnum(static_cast<unsigned char>(c)) || c == '_'; }

// The characters that a string's backslashes stand for.
std::string Unescaped(std::string_view text, bool raw) {
  if (raw || text.find('\\') == std::string_view::npos) return std::string(text);
  std::string result;
  for (size_t i = 0; i < text.size(); ++i) {
    if (text[i] != '\\' || i + 1 == text.size()) {
      result += text[i];
      continue;
    }
    const char next = text[++i];
    if (next == 'n') {
      result += '\n';
    } else if (next == 't') {
      result += '\t';
    } else if (next == '\\' || next == '\'' || next == '"') {
      result += next;
    } else if (next != '\n') {
      result += '\\';
      result += next;
    }
  }
  return result;
}

}  // namespace

const Object* Object::Find(std::string_view key) const {
  for (const auto& [name, value] : entries) {
    if (name == key) return &value;
  }
  return nullptr;
}

Object Run::Unknown(std::string_view name, const SyntaxNode& node) {
  Object object;
  object.text = Value::Unknown(name, PlaceOf(node));
  return object;
}

// As text inside another text: a pattern where it is not known.
Value Run::TextOf(const Object& object, const SyntaxNode& node, std::string_view name) {
  if (object.is(Kind::kText)) return object.text;
  if (object.is(Kind::kUnknown) && !object.text.text().empty()) return object.text;
  if (object.is(Kind::kList) && object.items.size() == 1) return TextOf(object.items[0], node, name);
  return Value::Unknown(name, PlaceOf(node));
}

Object Run::Evaluate(const SyntaxNode& node) {
  if (node.null() || ++steps_ > kPythonStepsMax || depth_ > kPythonDepthMax) return {};
  ++depth_;
  Object object = EvaluateKind(node);
  --depth_;
  return object;
}

Object Run::EvaluateKind(const SyntaxNode& node) {
  const std::string_view kind = node.kind();
  if (kind == "string") return String(node);
  if (kind == "concatenated_string") {
    Value text;
    for (const SyntaxNode& part : node.NamedChildren()) AppendTo(text, String(part).text, nullptr);
    return Object::Text(std::move(text));
  }
  if (kind == "integer" || kind == "float" || kind == "true" || kind == "false") {
    return Object::Text(Value::Of(TracedText(node.text(), PlaceOf(node))));
  }
  if (kind == "identifier") return Lookup(std::string(node.text()), node);
  if (kind == "call") return Call(node);
  if (kind == "binary_operator") return Binary(node);
  if (kind == "list" || kind == "tuple" || kind == "set" || kind == "expression_list") {
    Object list;
    list.kind = Kind::kList;
    for (const SyntaxNode& item : node.NamedChildren()) {
      if (list.items.size() < kPythonItemsMax) list.items.push_back(Evaluate(item));
    }
    return list;
  }
  if (kind == "dictionary") {
    Object map;
    map.kind = Kind::kMap;
    for (const SyntaxNode& pair : node.NamedChildren()) {
      if (!pair.is("pair")) continue;
      map.entries.emplace_back(Evaluate(pair.Field("key")).text.text(), Evaluate(pair.Field("value")));
    }
    return map;
  }
  if (kind == "parenthesized_expression" || kind == "await") {
    const std::vector<SyntaxNode> inner = node.NamedChildren();
    return inner.empty() ? Object() : Evaluate(inner.front());
  }
  if (kind == "subscript") return Subscript(node);
  if (kind == "conditional_expression") {
    const std::vector<SyntaxNode> parts = node.NamedChildren();
    if (parts.size() != 3) return {};
    Object yes = Evaluate(parts[0]), no = Evaluate(parts[2]);
    if (!yes.is(Kind::kText) || !no.is(Kind::kText)) return yes.is(Kind::kUnknown) ? no : yes;
    return Object::Text(Join(yes.text, no.text, "condition"));
  }
  if (kind == "boolean_operator") {
    Object left = Evaluate(node.Field("left"));
    return left.is(Kind::kUnknown) ? Evaluate(node.Field("right")) : left;
  }
  if (kind == "attribute") {
    // A class's or module's constant keeps its last name; an object of an unknown kind is a pattern.
    const std::string name(node.Field("attribute").text());
    const Object self = Evaluate(node.Field("object"));
    if (self.is(Kind::kMap)) {
      if (const Object* value = self.Find(name)) return *value;
    }
    return Unknown(name, node);
  }
  if (kind == "list_comprehension" || kind == "generator_expression") {
    const SyntaxNode clause = node.FirstOf("for_in_clause");
    const Object over = Evaluate(clause.Field("right"));
    Object list;
    list.kind = Kind::kList;
    if (!over.is(Kind::kList)) return list;
    for (const Object& item : over.items) {
      if (steps_ > kPythonStepsMax) break;
      Assign(clause.Field("left"), item);
      list.items.push_back(Evaluate(node.Field("body")));
    }
    return list;
  }
  return Unknown(kind == "none" ? "none" : "value", node);
}

Object Run::Lookup(const std::string& name, const SyntaxNode& node) {
  if (const auto found = variables_.find(name); found != variables_.end()) return found->second;
  if (const auto found = given_.find(name); found != given_.end()) {
    return Object::Text(Value::Of(TracedText(found->second, PlaceOf(node))));
  }
  return Unknown(name, node);
}

Object Run::String(const SyntaxNode& node) {
  const std::string start(node.FirstOf("string_start").text());
  const bool raw = start.find_first_of("rR") != std::string::npos;
  Value text;
  for (const SyntaxNode& part : node.Children()) {
    if (part.is("interpolation")) {
      const SyntaxNode expression = part.Field("expression");
      std::string_view name = expression.text();
      name = name.substr(name.rfind('.') == std::string_view::npos ? 0 : name.rfind('.') + 1);
      AppendTo(text, TextOf(Evaluate(expression), part, name), nullptr);
    } else if (part.is("string_content")) {
      std::string content = Unescaped(part.text(), raw);
      if (start.find_first_of("fF") != std::string::npos) {
        for (const std::string_view doubled : {"{{", "}}"}) {
          for (size_t at = 0; (at = content.find(doubled, at)) != std::string::npos; ++at)
            content.erase(at, 1);
        }
      }
      AppendTo(text, Value::Of(TracedText(content, PlaceOf(part))), nullptr);
    }
  }
  return Object::Text(std::move(text));
}

// "…{x}…".format(…) and "…%s…" % …
Value Run::Formatted(const Value& format, const std::vector<Object>& positional,
                     const std::vector<Entry>& named, bool percent, const SyntaxNode& node) {
  const TracedText& pattern = format.alternatives.front();
  const std::string& all = pattern.text();
  Value result;
  size_t begin = 0, next = 0;
  const auto value = [&](const std::string& name) {
    const bool number = !name.empty() && std::all_of(name.begin(), name.end(), ::isdigit) && name.size() < 5;
    const size_t position = number ? std::stoul(name) : next;
    if (name.empty() || number) {
      ++next;
      if (position < positional.size()) return TextOf(positional[position], node, std::to_string(position));
      return Value::Unknown(std::to_string(position), PlaceOf(node));
    }
    const std::string key = name.substr(0, name.find_first_of(".["));
    for (const auto& [each, object] : named) {
      if (each == key) return TextOf(object, node, name);
    }
    return Value::Unknown(name, PlaceOf(node));
  };
  for (size_t i = 0; i + 1 < all.size(); ++i) {
    if (percent ? all[i] != '%' : all[i] != '{' && all[i] != '}') continue;
    size_t end = i + 1;
    std::string name;
    if (all[i + 1] == all[i]) {  // doubled: itself
      AppendTo(result, Value::Of(pattern.Slice(begin, i + 1 - begin)), nullptr);
      begin = ++i + 1;
      continue;
    }
    if (percent && all[i + 1] == '(') {
      end = all.find(')', i);
      if (end == std::string::npos) break;
      name = all.substr(i + 2, end - i - 2);
      ++end;
    } else if (!percent) {
      if (all[i] == '}') continue;
      end = all.find('}', i);
      if (end == std::string::npos) break;
      name = all.substr(i + 1, end - i - 1);
      name = name.substr(0, name.find_first_of(":!"));
    }
    if (percent) {
      const size_t letter = all.find_first_not_of("0123456789.-+# ", end);
      if (letter == std::string::npos || !std::isalpha(static_cast<unsigned char>(all[letter]))) continue;
      end = letter;
    }
    AppendTo(result, Value::Of(pattern.Slice(begin, i - begin)), nullptr);
    AppendTo(result, value(name), nullptr);
    begin = end + 1;
    i = end;
  }
  AppendTo(result, Value::Of(pattern.Slice(begin)), nullptr);
  return result;
}

Object Run::Binary(const SyntaxNode& node) {
  const std::string_view op = node.Field("operator").text();
  Object left = Evaluate(node.Field("left"));
  Object right = Evaluate(node.Field("right"));
  if (op == ">>") {
    Depend(left, right);
    return right;
  }
  if (op == "<<") {
    Depend(right, left);
    return right;
  }
  if (op == "+" && left.is(Kind::kList) && right.is(Kind::kList)) {
    left.items.insert(left.items.end(), right.items.begin(), right.items.end());
    return left;
  }
  if (op == "+" && (left.is(Kind::kText) || right.is(Kind::kText))) {
    Value text = TextOf(left, node.Field("left"), "left");
    AppendTo(text, TextOf(right, node.Field("right"), "right"), nullptr);
    return Object::Text(std::move(text));
  }
  if (op == "/" && left.is(Kind::kText)) {  // pathlib
    AppendTo(left.text, Value::Of(TracedText("/", PlaceOf(node))), nullptr);
    AppendTo(left.text, TextOf(right, node, "name"), nullptr);
    return left;
  }
  if (op == "%" && left.is(Kind::kText)) {
    const std::vector<Object> one{right};
    return Object::Text(
        Formatted(left.text, right.is(Kind::kList) ? right.items : one, right.entries, true, node));
  }
  return Unknown("value", node);
}

Object Run::Subscript(const SyntaxNode& node) {
  const Object container = Evaluate(node.Field("value"));
  const Object key = Evaluate(node.Field("subscript"));
  const std::string& text = key.text.text();
  if (container.is(Kind::kMap)) {
    if (const Object* value = container.Find(text)) return *value;
  }
  const bool number = key.is(Kind::kText) && !text.empty() && text.size() < 6 &&
                      std::all_of(text.begin(), text.end(), ::isdigit);
  if (container.is(Kind::kList) && number && std::stoul(text) < container.items.size())
    return container.items[std::stoul(text)];
  std::string name;
  for (const char c : text) name += IsName(c) ? c : '_';
  return Unknown(name.empty() ? "item" : name, node);
}

}  // namespace godwit::sources::python
