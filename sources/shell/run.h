// sources/shell/run.h — the interpreter's state and parts; only sources/shell/ includes it.
#pragma once

#include <memory>
#include <optional>
#include <set>

#include "sources/shell/shell.h"
#include "sources/syntax_tree.h"

namespace godwit::sources::shell {

// A parsed text; functions keep theirs alive.
struct Script {
  TracedText text;
  SyntaxTree tree;
  std::optional<FileId> file;  // set if the text is that whole file
  std::string path;            // names relative to it are looked up from here

  Place PlaceOf(const SyntaxNode& node) const {
    return file ? Place{*file, node.line()} : text.PlaceAt(node.begin());
  }
};

struct Function {
  std::shared_ptr<const Script> script;
  SyntaxNode body;
};

// What a branch may change; copied where two branches may run.
struct Environment {
  std::map<std::string, Value, std::less<>> variables;
  std::map<std::string, std::vector<Value>, std::less<>> arrays;
  std::map<std::string, Function, std::less<>> functions;
  std::map<std::string, Value, std::less<>> written_files;  // by the path as the script names it
  std::vector<Value> arguments;                             // $1 …
  bool arguments_known = false;
};

// How control leaves a statement.
enum class Flow { kNext, kExit, kReturn, kLoop };

enum class Truth { kNo, kYes, kUnknown };

struct Streams {
  const Value* in = nullptr;  // what is known of standard input
  Value* out = nullptr;       // where standard output goes, if anyone wants it
};

class Run {
 public:
  Run(const SourceTree& tree, ScriptFacts& facts, const Variables& variables)
      : tree_(tree), facts_(facts), variables_(variables) {}

  Environment& environment() { return environment_; }
  FileId AddFile(const std::string& path);

  // run.cc: statements.
  Flow RunText(std::shared_ptr<const Script> script, Streams streams);
  std::shared_ptr<const Script> ParseFile(size_t file);
  std::shared_ptr<const Script> ParseText(TracedText text, std::string path);

 private:
  // run.cc
  Flow Execute(const SyntaxNode& node, Streams streams);
  Flow ExecuteKind(const SyntaxNode& node, Streams streams);
  Flow ExecuteAll(const std::vector<SyntaxNode>& nodes, Streams streams);
  Flow Pipeline(const std::vector<SyntaxNode>& stages, Streams streams);
  Flow Redirected(const SyntaxNode& node, Streams streams);
  Flow HereDocument(const SyntaxNode& node, const SyntaxNode& redirect, Streams streams);
  Flow List(const SyntaxNode& node, Streams streams);
  Flow If(const SyntaxNode& node, Streams streams);
  Flow Case(const SyntaxNode& node, Streams streams);
  Flow For(const SyntaxNode& node, Streams streams);
  Flow While(const SyntaxNode& node, Streams streams);
  Flow Command(const SyntaxNode& node, Streams streams);
  void Assign(const SyntaxNode& node);
  void SetVariable(const std::string& name, Value value);
  void Redirect(const SyntaxNode& redirect, Streams& streams, std::vector<std::pair<std::string, bool>>& to,
                std::vector<Value>& kept);
  void Keep(const std::string& path, bool append, const Value& written);
  // Runs each of `branches` from the same state and joins what they leave.
  Flow Branches(const std::vector<std::vector<SyntaxNode>>& branches, bool may_skip, Streams streams);
  Environment Joined(Environment a, const Environment& b) const;

  // condition.cc
  Truth Condition(const std::vector<SyntaxNode>& nodes, Streams streams);
  Truth Test(const SyntaxNode& node);
  Truth Binary(const SyntaxNode& node);
  Truth TestWords(const std::vector<Value>& words);

  // word.cc: expansion.
  Value Expand(const SyntaxNode& node);
  Value ExpandParts(const SyntaxNode& node, size_t begin, size_t end);
  std::vector<Value> ExpandWords(const SyntaxNode& node);
  Value Parameter(const SyntaxNode& node);
  Value Modified(const SyntaxNode& node, const std::string& name, Value value,
                 const std::vector<SyntaxNode>& operators, const std::vector<SyntaxNode>& operands);
  Value Lookup(const std::string& name, Place place, bool* set = nullptr);
  Value Subscript(const SyntaxNode& node);
  Value Substitution(const SyntaxNode& node);

  // command.cc: what a command does.
  Flow Call(std::vector<Value> words, Streams streams, Place place);
  Flow CallFunction(const Function& function, std::vector<Value> words, Streams streams);
  Flow CallScript(const Value& name, std::vector<Value> arguments, Streams streams, Place place,
                  bool sourced);
  Flow Evaluate(const Value& text, Streams streams);
  bool Builtin(const std::string& name, const std::vector<Value>& words, Streams streams, Place place,
               Flow& flow);
  bool Filter(const std::string& name, const std::vector<Value>& words, Streams streams, Place place);
  bool Engine(const std::string& name, const std::vector<Value>& words, Streams streams, Place place);
  bool Tool(const std::string& name, const std::vector<Value>& words, Place place);
  bool Moves(const std::string& name, const std::vector<Value>& words, Place place);
  void Sed(const std::vector<Value>& words, Streams streams, Place place);
  bool Guess(const std::string& name, const std::vector<Value>& words, Place place);
  void Emit(sources::Engine engine, const Value& text, const std::string& database,
            const Variables& variables, bool guessed, Place place);
  // The file's content: one that the script wrote, or one of the tree. None: reported when `wanted`.
  std::optional<Value> FileText(const std::string& name, Place place, bool wanted);
  std::optional<size_t> FindFile(const std::string& name);
  void Print(Streams streams, const Value& value);
  void Report(Diagnostic::Kind kind, Place place, std::string message);

  const SourceTree& tree_;
  ScriptFacts& facts_;
  const Variables& variables_;  // of the configuration and the scheduler
  Environment environment_;
  std::shared_ptr<const Script> script_;  // whose nodes are being executed
  std::set<std::string> active_files_;    // sourced or called right now
  std::set<uint64_t> emitted_;
  size_t emitted_bytes_ = 0;
  int steps_ = 0;
  int depth_ = 0;
};

// One "name" of a command line: the last part of its path.
std::string CommandName(const std::string& word);

}  // namespace godwit::sources::shell
