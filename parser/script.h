// parser/script.h — text of a script → the facts of its statements. A script is a stream of statements with
// session state; reading one is a pure function: no files, no globals, safe from any thread.
#pragma once

#include <functional>
#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "parser/diagnostic.h"
#include "parser/dialect.h"
#include "parser/statement.h"

namespace godwit::parser {

// What earlier statements left behind for later ones.
struct Session {
  std::string database;  // of USE; empty: not known
  // Values of variables, by "hivevar:x", "hiveconf:x", "env:x", "system:x", or "x" alone, which answers any
  // of these and `{{ x }}`. A variable without a value stays in names as a pattern.
  std::map<std::string, std::string> variables;
  // Temporary views and tables, and the tables their rows come from.
  std::map<std::string, std::vector<std::string>> temporary;
  // Columns of tables and views that the session made, where it said them.
  std::map<std::string, std::vector<std::string>> columns;
};

// Columns of a table in order, or nullptr if not known. `table` is lower case, with `database.` in front
// where the session knows it. The answer must stay valid while the script is read.
using ColumnCatalog = std::function<const std::vector<std::string>*(std::string_view table)>;

struct ReadOptions {
  Dialect dialect = Dialect::kHive;
  Session session;        // at the start
  ColumnCatalog catalog;  // may be empty
  bool columns = true;    // column lineage
  bool details = true;    // functions, remarks and predicates of reads; only with `columns`
};

struct Script {
  std::vector<Statement> statements;  // in order
  std::vector<Diagnostic> diagnostics;
  Session session;  // at the end
};

// Never fails as a whole: what cannot be read is a diagnostic and, where its tokens tell something, a
// statement with Certainty::kGuessed. A script of 4 GB or more is refused with a diagnostic.
// O(size) time; memory about eight times the longest statement, and the result.
Script ReadScript(std::string_view text, const ReadOptions& options);

struct ScriptEnd {
  std::vector<Diagnostic> diagnostics;
  Session session;
};

// Memory that reading uses and may use again; worth keeping where scripts are short and many. One per thread.
// Holds nothing that the next script could see.
class Workspace {
 public:
  Workspace();
  ~Workspace();
  Workspace(const Workspace&) = delete;
  Workspace& operator=(const Workspace&) = delete;

  struct Parts;
  Parts& parts() { return *parts_; }

 private:
  std::unique_ptr<Parts> parts_;
};

// The same as a stream: `visit` gets each statement in turn and may move from it. Not to be called again with
// the same workspace from within `visit`.
ScriptEnd ReadStatements(std::string_view text, const ReadOptions& options,
                         const std::function<void(Statement&)>& visit, Workspace& workspace);

}  // namespace godwit::parser
