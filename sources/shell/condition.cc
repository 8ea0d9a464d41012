// Conditions, in three values: only what is known for certain decides.
#include <algorithm>
#include <charconv>

#include "sources/shell/run.h"

namespace godwit::sources::shell {
namespace {

Truth Not(Truth truth) {
  return truth == Truth::kUnknown ? truth : truth == Truth::kYes ? Truth::kNo : Truth::kYes;
}
Truth Of(bool truth) { return truth ? Truth::kYes : Truth::kNo; }

bool IsNumber(const std::string& text, long& number) {
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  return error == std::errc() && end == text.data() + text.size();
}

Truth Compare(const std::string& op, const Value& left, const Value& right) {
  if (!left.known() || !right.known()) return Truth::kUnknown;
  if (op == "=" || op == "==") {
    return right.text().find_first_of("*?[") == std::string::npos
               ? Of(left.text() == right.text())
               : Of(MatchesGlob(right.text(), left.text()));
  }
  if (op == "!=") return Of(left.text() != right.text());
  long a = 0, b = 0;
  if (!IsNumber(left.text(), a) || !IsNumber(right.text(), b)) return Truth::kUnknown;
  if (op == "-eq") return Of(a == b);
  if (op == "-ne") return Of(a != b);
  if (op == "-lt" || op == "<") return Of(a < b);
  if (op == "-le" || op == "<=") return Of(a <= b);
  if (op == "-gt" || op == ">") return Of(a > b);
  if (op == "-ge" || op == ">=") return Of(a >= b);
  return Truth::kUnknown;
}

Truth Unary(const std::string& op, const Value& value) {
  if (op != "-n" && op != "-z") return Truth::kUnknown;  // files are not looked at
  if (!value.known()) return Truth::kUnknown;
  return Of(value.text().empty() == (op == "-z"));
}

}  // namespace

Truth Run::Binary(const SyntaxNode& node) {
  const std::string op(node.Field("operator").text());
  const SyntaxNode left = node.Field("left"), right = node.Field("right");
  if (op == "&&" || op == "-a" || op == "||" || op == "-o") {
    const Truth a = Test(left), b = Test(right);
    const Truth decides = op == "&&" || op == "-a" ? Truth::kNo : Truth::kYes;
    if (a == decides || b == decides) return decides;
    return a == Truth::kUnknown || b == Truth::kUnknown ? Truth::kUnknown : Not(decides);
  }
  return Compare(op, Expand(left), Expand(right));
}

Truth Run::Test(const SyntaxNode& node) {
  if (depth_ > kShellDepthMax || ++steps_ > kShellStepsMax) return Truth::kUnknown;
  ++depth_;
  Truth truth = Truth::kUnknown;
  if (node.is("binary_expression")) {
    truth = Binary(node);
  } else if (node.is("unary_expression")) {
    const std::vector<SyntaxNode> children = node.Children();
    const std::string op(children.front().text());
    if (op == "!") {
      truth = Not(Test(children.back()));
    } else if (children.size() > 1) {
      truth = Unary(op, Expand(children.back()));
    }
  } else if (node.is("parenthesized_expression") || node.is("test_command")) {
    const std::vector<SyntaxNode> inner = node.NamedChildren();
    if (inner.size() == 1) truth = Test(inner.front());
  } else if (node.is("negated_command")) {
    truth = Not(Test(node.NamedChildren().front()));
  } else if (node.is("string") || node.is("word") || node.is("simple_expansion") || node.is("expansion")) {
    const Value value = Expand(node);
    if (value.known()) truth = Of(!value.text().empty());
  }
  --depth_;
  return truth;
}

// The words between "test" and the end.
Truth Run::TestWords(const std::vector<Value>& words) {
  if (!words.empty() && words.front().text() == "!") {
    return Not(TestWords(std::vector<Value>(words.begin() + 1, words.end())));
  }
  if (words.size() == 2) return Unary(words[0].text(), words[1]);
  if (words.size() == 3) return Compare(words[1].text(), words[0], words[2]);
  return Truth::kUnknown;
}

// The last command of a condition decides; the ones before it run.
Truth Run::Condition(const std::vector<SyntaxNode>& nodes, Streams streams) {
  Truth truth = Truth::kUnknown;
  for (const SyntaxNode& node : nodes) {
    truth = Truth::kUnknown;
    if (node.is("test_command") || node.is("negated_command")) {
      truth = Test(node);
    } else if (node.is("command") && node.text().starts_with("test ")) {
      std::vector<Value> words;
      for (const SyntaxNode& argument : node.Fields("argument")) words.push_back(Expand(argument));
      truth = TestWords(words);
    } else if (node.is("list")) {
      const SyntaxNode left = node.Children().front(), right = node.Children().back();
      const bool both = node.Children().size() > 1 && node.Children()[1].text() == "&&";
      const Truth a = Condition({left}, streams), b = Condition({right}, streams);
      const Truth decides = both ? Truth::kNo : Truth::kYes;
      if (a == decides || b == decides) {
        truth = decides;
      } else if (a != Truth::kUnknown && b != Truth::kUnknown) {
        truth = Not(decides);
      }
    } else if (node.named()) {
      Execute(node, streams);
    }
  }
  return truth;
}

}  // namespace godwit::sources::shell
