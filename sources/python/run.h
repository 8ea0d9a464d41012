// sources/python/run.h — a Python file read without running it: enough of the language to follow strings,
// lists, loops over them, functions and Airflow's objects. Only sources/ includes it.
#pragma once

#include <map>
#include <memory>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "sources/facts.h"
#include "sources/source_tree.h"
#include "sources/syntax_tree.h"
#include "sources/value.h"

namespace godwit::sources::python {

inline constexpr int kPythonStepsMax = 300'000;
inline constexpr int kPythonDepthMax = 80;
inline constexpr size_t kPythonItemsMax = 10'000;  // of one list

struct Entry;

// A value as far as it is known.
struct Object {
  enum class Kind { kUnknown, kText, kList, kMap, kTask, kDag, kGroup, kFunction, kCall };
  Kind kind = Kind::kUnknown;
  Value text;                  // kText; kUnknown: its pattern; kCall: the name called
  std::vector<Object> items;   // kList; kCall: positional arguments
  std::vector<Entry> entries;  // kMap; kCall: keyword arguments
  size_t index = 0;            // kTask, kDag, kGroup, kFunction: position in Run

  bool is(Kind wanted) const { return kind == wanted; }
  const Object* Find(std::string_view key) const;
  static Object Text(Value text);
};

struct Entry {
  std::string name;
  Object value;
};

inline Object Object::Text(Value text) { return {Kind::kText, std::move(text), {}, {}, 0}; }

struct Task {
  std::string id;
  std::string operator_name;
  std::vector<Entry> arguments;
  size_t dag = 0;                    // position in dags
  std::set<size_t> upstream;         // positions in tasks
  std::vector<std::string> outside;  // "dag.task" that a sensor waits for
  Place place;
};

struct Dag {
  std::string id;
  std::vector<Entry> arguments;
};

// Tasks that depend on others together.
struct Group {
  std::string id;
  std::vector<size_t> tasks;
};

struct Script {
  std::string path;
  FileId file{};
  std::string text;
  SyntaxTree tree;
};

struct Function {
  std::shared_ptr<const Script> script;
  SyntaxNode definition;
  bool is_task = false;  // @task
};

class Run {
 public:
  Run(const SourceTree& tree, const Variables& variables, ScriptFacts& facts)
      : tree_(tree), given_(variables), facts_(facts) {}

  // Reads the file as the program. The file becomes facts.files[0].
  void RunFile(size_t file);
  // The body of a function with its parameters not known, for what it hands to engines.
  void RunFunction(size_t function);

  const std::vector<Task>& tasks() const { return tasks_; }
  const std::vector<Dag>& dags() const { return dags_; }

  // The facts that calls add to; an Airflow callable is read into a job of its own.
  // Shell commands are kept as they stand.
  void Collect(ScriptFacts& facts, std::vector<TracedText>& commands) {
    collect_ = &facts;
    commands_ = &commands;
  }

 private:
  // statement.cc
  void Execute(const SyntaxNode& node);
  void ExecuteBlock(const SyntaxNode& block);
  void Assign(const SyntaxNode& target, Object value);
  void For(const SyntaxNode& node);
  void With(const SyntaxNode& node);
  void Import(const SyntaxNode& node);
  void Define(const SyntaxNode& node, const std::vector<SyntaxNode>& decorators);
  std::shared_ptr<const Script> Load(size_t file);
  std::map<std::string, Object> Module(size_t file);

  // expression.cc
  Object Evaluate(const SyntaxNode& node);
  Object EvaluateKind(const SyntaxNode& node);
  Object String(const SyntaxNode& node);
  Object Binary(const SyntaxNode& node);
  Object Subscript(const SyntaxNode& node);
  Object Lookup(const std::string& name, const SyntaxNode& node);
  Object Unknown(std::string_view name, const SyntaxNode& node);
  Value TextOf(const Object& object, const SyntaxNode& node, std::string_view name);
  Value Formatted(const Value& format, const std::vector<Object>& positional, const std::vector<Entry>& named,
                  bool percent, const SyntaxNode& node);

  // call.cc
  Object Call(const SyntaxNode& node);
  Object Method(const std::string& name, const Object& self, const Object& call, const SyntaxNode& node);
  Object Enter(const Function& function, const Object& call);
  Object MakeTask(const std::string& name, const Object& call, const SyntaxNode& node);
  Object MakeDag(const Object& call, const std::string& otherwise);
  bool Engines(const std::string& name, const SyntaxNode& function, const Object& call,
               const SyntaxNode& node);
  std::vector<size_t> TasksOf(const Object& object) const;
  void Depend(const Object& upstream, const Object& downstream);
  void Emit(Engine engine, const Value& text, const SyntaxNode& node);
  std::string FileText(const std::string& name, TracedText* text);
  size_t CurrentDag();
  Place PlaceOf(const SyntaxNode& node) const { return {script_->file, node.line()}; }
  ScriptFacts& facts() { return collect_ != nullptr ? *collect_ : facts_; }

  const SourceTree& tree_;
  const Variables& given_;
  ScriptFacts& facts_;
  ScriptFacts* collect_ = nullptr;
  std::vector<TracedText>* commands_ = nullptr;
  std::shared_ptr<const Script> script_;
  std::map<std::string, Object> variables_;
  std::vector<Task> tasks_;
  std::vector<Dag> dags_;
  std::vector<Group> groups_;
  std::vector<Function> functions_;
  std::vector<size_t> dag_stack_;
  std::vector<size_t> group_stack_;
  std::vector<Object> returned_;
  std::vector<std::string> views_;  // temporary ones, as createOrReplaceTempView names them
  std::set<size_t> modules_;        // files being imported
  int steps_ = 0;
  int depth_ = 0;
};

}  // namespace godwit::sources::python
