// Statements: assignments, loops over what is known, both branches of an if, functions, imports of scanned
// files.
#include <fmt/format.h>

#include <algorithm>

#include "sources/python/run.h"
#include "sources/text_file.h"

namespace godwit::sources::python {
namespace {

using Kind = Object::Kind;

}  // namespace

std::shared_ptr<const Script> Run::Load(size_t file) {
  auto script = std::make_shared<Script>();
  script->path = tree_.files()[file].path;
  const auto known = std::find(facts_.files.begin(), facts_.files.end(), script->path);
  script->file = FileId(known - facts_.files.begin());
  if (known == facts_.files.end()) facts_.files.push_back(script->path);
  Result<DecodedText> decoded = ReadText(tree_, file);
  if (decoded.ok()) {
    script->text = std::move(decoded->text);
    script->tree = SyntaxTree::Parse(Language::kPython, script->text);
  }
  if (!decoded.ok() || script->tree.root().null()) {
    facts_.diagnostics.push_back(
        {Diagnostic::Kind::kUnread,
         {script->file, 1},
         decoded.ok() ? "too long or too slow to read as Python" : decoded.error().message});
  }
  return script;
}

void Run::RunFile(size_t file) {
  script_ = Load(file);
  const SyntaxNode root = script_->tree.root();
  if (root.null()) return;
  ExecuteBlock(root);
  if (root.has_error()) {
    facts_.diagnostics.push_back({Diagnostic::Kind::kUnread,
                                  {script_->file, root.FirstErrorLine()},
                                  "syntax that is no Python: what stands around it may not have been read"});
  }
  if (steps_ > kPythonStepsMax) {
    facts_.diagnostics.push_back({Diagnostic::Kind::kUnread,
                                  {script_->file, 1},
                                  fmt::format("more than {} steps: the rest is not read", kPythonStepsMax)});
  }
}

void Run::RunFunction(size_t function) {
  const Function entered = functions_[function];
  Enter(entered, Object());
}

// The names that a scanned file defines.
std::map<std::string, Object> Run::Module(size_t file) {
  if (!modules_.insert(file).second || depth_ > kPythonDepthMax) return {};
  const std::shared_ptr<const Script> caller = std::exchange(script_, Load(file));
  std::map<std::string, Object> before = std::exchange(variables_, {});
  ++depth_;
  if (!script_->tree.root().null()) ExecuteBlock(script_->tree.root());
  --depth_;
  script_ = caller;
  modules_.erase(file);
  return std::exchange(variables_, std::move(before));
}

void Run::Import(const SyntaxNode& node) {
  const SyntaxNode from = node.Field("module_name");
  if (from.null()) return;
  std::string path(from.text());
  while (path.starts_with('.')) path.erase(0, 1);
  std::replace(path.begin(), path.end(), '.', '/');
  const std::string name = path + ".py";
  facts_.lookups.push_back(name);
  const auto file = tree_.Resolve(name, script_->path);
  if (!file || tree_.files()[*file].path == script_->path) return;
  const std::map<std::string, Object> module = Module(*file);
  for (const SyntaxNode& each : node.Fields("name")) {
    const bool renamed = each.is("aliased_import");
    const std::string wanted(renamed ? each.Field("name").text() : each.text());
    const std::string local(renamed ? each.Field("alias").text() : each.text());
    if (const auto found = module.find(wanted); found != module.end()) variables_[local] = found->second;
  }
  if (!node.FirstOf("wildcard_import").null()) variables_.insert(module.begin(), module.end());
}

void Run::ExecuteBlock(const SyntaxNode& block) {
  for (const SyntaxNode& statement : block.NamedChildren()) Execute(statement);
}

void Run::Assign(const SyntaxNode& target, Object value) {
  if (target.is("identifier")) {
    const std::string name(target.text());
    if (value.is(Kind::kUnknown)) value = Unknown(name, target);
    variables_[name] = std::move(value);
  } else if (target.is("pattern_list") || target.is("tuple_pattern") || target.is("list_pattern")) {
    const std::vector<SyntaxNode> targets = target.NamedChildren();
    for (size_t i = 0; i < targets.size(); ++i) {
      Assign(targets[i], value.is(Kind::kList) && i < value.items.size() ? value.items[i] : Object());
    }
  } else if (target.is("subscript")) {
    const std::string name(target.Field("value").text());
    const auto found = variables_.find(name);
    if (found == variables_.end() || !found->second.is(Kind::kMap)) return;
    const std::string key = Evaluate(target.Field("subscript")).text.text();
    std::erase_if(found->second.entries, [&](const auto& entry) { return entry.name == key; });
    found->second.entries.emplace_back(key, std::move(value));
  }
}

void Run::For(const SyntaxNode& node) {
  const Object over = Evaluate(node.Field("right"));
  std::vector<Object> items = over.items;
  if (over.is(Kind::kMap)) {
    for (const auto& [key, value] : over.entries) {
      items.push_back(Object::Text(Value::Of(TracedText(key, PlaceOf(node)))));
    }
  }
  const bool known = over.is(Kind::kList) || over.is(Kind::kMap);
  if (!known) items.emplace_back();  // once, with a variable that is not known
  for (Object& item : items) {
    if (steps_ > kPythonStepsMax) return;
    Assign(node.Field("left"), std::move(item));
    ExecuteBlock(node.Field("body"));
  }
}

void Run::With(const SyntaxNode& node) {
  const size_t dags = dag_stack_.size(), groups = group_stack_.size();
  for (const SyntaxNode& clause : node.NamedChildren()) {
    if (!clause.is("with_clause")) continue;
    for (const SyntaxNode& item : clause.NamedChildren()) {
      SyntaxNode value = item.Field("value"), alias;
      if (value.is("as_pattern")) {
        alias = value.FirstOf("as_pattern_target");
        value = value.NamedChildren().front();
      }
      const Object entered = Evaluate(value);
      if (entered.is(Kind::kDag)) dag_stack_.push_back(entered.index);
      if (entered.is(Kind::kGroup)) group_stack_.push_back(entered.index);
      if (!alias.null() && !alias.NamedChildren().empty()) Assign(alias.NamedChildren().front(), entered);
    }
  }
  ExecuteBlock(node.Field("body"));
  dag_stack_.resize(dags);
  group_stack_.resize(groups);
}

void Run::Define(const SyntaxNode& node, const std::vector<SyntaxNode>& decorators) {
  const std::string name(node.Field("name").text());
  Function function{script_, node, false};
  bool is_dag = false;
  Object arguments;
  for (const SyntaxNode& decorator : decorators) {
    const std::string_view text = decorator.text();
    function.is_task |= text.starts_with("@task") && !text.starts_with("@task_group");
    if (text.starts_with("@dag")) {
      is_dag = true;
      const SyntaxNode call = decorator.FirstOf("call");
      if (!call.null()) arguments = Call(call);
    }
  }
  functions_.push_back(function);
  const size_t index = functions_.size() - 1;
  if (!is_dag) {
    Object object;
    object.kind = Kind::kFunction;
    object.index = index;
    variables_[name] = object;
    return;
  }
  const Object dag = MakeDag(arguments, name);
  variables_[name] = dag;
  dag_stack_.push_back(dag.index);
  RunFunction(index);
  dag_stack_.pop_back();
}

void Run::Execute(const SyntaxNode& node) {
  if (++steps_ > kPythonStepsMax || depth_ > kPythonDepthMax) return;
  ++depth_;
  const std::string_view kind = node.kind();
  if (kind == "expression_statement") {
    for (const SyntaxNode& inner : node.NamedChildren()) Execute(inner);
  } else if (kind == "assignment") {
    Object value = Evaluate(node.Field("right"));
    Assign(node.Field("left"), std::move(value));
  } else if (kind == "augmented_assignment") {
    const SyntaxNode left = node.Field("left");
    Object before = Evaluate(left), added = Evaluate(node.Field("right"));
    if (before.is(Kind::kList) && added.is(Kind::kList)) {
      before.items.insert(before.items.end(), added.items.begin(), added.items.end());
    } else if (before.is(Kind::kText)) {
      AppendTo(before.text, TextOf(added, node, "value"), nullptr);
    }
    Assign(left, std::move(before));
  } else if (kind == "for_statement") {
    For(node);
  } else if (kind == "with_statement") {
    With(node);
  } else if (kind == "if_statement" || kind == "while_statement" || kind == "try_statement" ||
             kind == "elif_clause" || kind == "else_clause" || kind == "except_clause" ||
             kind == "finally_clause" || kind == "except_group_clause") {
    for (const SyntaxNode& child : node.NamedChildren()) {
      const bool inner = child.is("block") || child.kind().ends_with("_clause");
      if (inner) Execute(child);
    }
  } else if (kind == "block" || kind == "module") {
    ExecuteBlock(node);
  } else if (kind == "function_definition") {
    Define(node, {});
  } else if (kind == "decorated_definition") {
    std::vector<SyntaxNode> decorators;
    for (const SyntaxNode& child : node.NamedChildren()) {
      if (child.is("decorator")) decorators.push_back(child);
    }
    const SyntaxNode definition = node.Field("definition");
    if (definition.is("function_definition")) Define(definition, decorators);
  } else if (kind == "class_definition") {
    // Its constants, as members of a map; its methods are functions that nothing calls by name.
    std::map<std::string, Object> outside = variables_;
    ExecuteBlock(node.Field("body"));
    Object constants;
    constants.kind = Kind::kMap;
    for (const auto& [name, value] : variables_) {
      if (value.is(Kind::kText) || value.is(Kind::kList)) constants.entries.emplace_back(name, value);
    }
    for (auto& [name, value] : variables_) {
      if (value.is(Kind::kFunction)) outside.try_emplace(name, value);
    }
    variables_ = std::move(outside);
    variables_[std::string(node.Field("name").text())] = std::move(constants);
  } else if (kind == "return_statement") {
    for (const SyntaxNode& value : node.NamedChildren()) {
      Object object = Evaluate(value);
      if (!returned_.empty() && !object.is(Kind::kUnknown)) returned_.back() = std::move(object);
    }
  } else if (kind == "import_from_statement") {
    Import(node);
  } else {
    Evaluate(node);
  }
  --depth_;
}

}  // namespace godwit::sources::python
