// parser/scope.h — which columns flow where inside one statement. The builder (fact_builder.h) reports
// selects, relations and column references as the grammar meets them; each select resolves its references
// when it ends, against the relations in its FROM and, for a correlated query, those around it. What comes
// out is a result set: named columns with the table columns behind them.
//
// Everything lives in flat vectors that are used like stacks and reused from statement to statement.
#pragma once

#include <cstdint>
#include <deque>
#include <string>
#include <string_view>
#include <vector>

#include "parser/dialect.h"
#include "parser/flat_index.h"
#include "parser/statement.h"
#include "parser/token.h"

namespace godwit::parser {

// A folded name; the text lives as long as the statement.
struct Name {
  std::string_view text;
  uint32_t hash = 0;
  bool operator==(const Name& other) const { return hash == other.hash && text == other.text; }
  bool empty() const { return text.empty(); }
};

struct Range {
  uint32_t begin = 0;
  uint32_t end = 0;
  uint32_t size() const { return end - begin; }
};

using ResultId = int32_t;
inline constexpr ResultId kNoResult = -1;

// A column of a table: `read` as in ColumnSource.
struct SourceColumn {
  int32_t read;
  Name name;
};

struct Source {
  uint32_t column;  // index in Scopes::source_columns
  ColumnUse use;
};

struct ResultColumn {
  Name name;  // an unnamed expression's is its text, with hash 0
  Range sources;
  bool star = false;  // all columns of a relation whose columns are not known; its sources are `t.*`
};

struct ResultSet {
  Range columns;
  Range rows;  // sources that decide which rows there are
  bool star;   // some column is one
};

struct Relation {
  Name alias;                   // or the table's own last name
  Range name;                   // tokens of the table's name, for db.t.column
  int32_t read = -1;            // index in Statement::reads, if it is a table
  ResultId result = kNoResult;  // its columns, if they are known
};

// In which part of a select a reference stands.
enum class Clause : uint8_t {
  kItems,  // the select list, assignments, values to insert
  kWhere,
  kHaving,   // also QUALIFY
  kMatched,  // condition of a branch of MERGE
  kJoin,
  kGroup,
  kOrder,
  kSort,  // SORT, CLUSTER, DISTRIBUTE BY: place rows, change none
  kWindow,
  kLimit,
  kOffset,
  kArguments,  // of a table function
};

struct Reference {
  uint32_t token = 0;  // first name of a dotted chain
  uint16_t parts = 1;  // names in the chain
  Clause clause = Clause::kItems;
  ResultId query =
      kNoResult;  // instead: a nested query, all of whose columns take part; with 0 parts, none do
};

enum class ItemShape : uint8_t { kExpression, kColumn, kStar, kQualifiedStar };

// One column of a select list, as written.
struct Item {
  ItemShape shape = ItemShape::kExpression;
  Range tokens;                // without the alias
  Range references;            // in the select's references
  Name alias;                  // empty if none
  Range aliases;               // of AS (a, b), in Scopes::names
  uint32_t window = kNoToken;  // name of a window that it uses
};

// Sources of a function's arguments are asked for afterwards; see ResolveFunctions.
struct PendingFunction {
  uint32_t function;         // index in Statement::functions
  uint32_t open;             // its opening parenthesis
  uint32_t over = kNoToken;  // its window's opening parenthesis or name
};

struct Select {
  // Begins; the ends are the vectors' ends while it is open.
  uint32_t items = 0;
  uint32_t references = 0;
  uint32_t functions = 0;
  uint32_t usings = 0;
  uint32_t windows = 0;
  uint32_t conditions = 0;
  uint32_t relations = 0;
  uint32_t targets = 0;           // leading relations that `*` leaves out: the target of MERGE
  uint32_t branch_relations = 0;  // relations before the branch of a FROM-first query
  Clause clause = Clause::kItems;
  bool branch_inserts = false;
  bool correlated = false;  // may refer to selects around it
  bool has_from = false;    // its FROM is complete
  bool natural = false;     // some join is NATURAL
  bool ordered = false;
  bool limited = false;
  uint32_t limit_token = 0;
};

class Scopes {
 public:
  // Forgets the last statement. `tokens` and `script` must outlive the use.
  void Start(std::string_view script, Dialect dialect, const TokenBuffer& tokens);

  // --- names
  Name NameOf(uint32_t token);
  Name Keep(std::string text);  // folded already

  // --- selects
  void BeginSelect(bool correlated);
  // Resolves the open select's references and returns what it selects. The select stays open, without
  // items and references, so that a FROM-first query can have several.
  ResultId FinishBranch(Statement& statement);
  void EndSelect();
  Select& select() { return selects_.back(); }
  const Select& select() const { return selects_.back(); }
  bool InSelect() const { return !selects_.empty(); }

  void AddRelation(const Relation& relation) { relations_.push_back(relation); }
  std::vector<Relation>& relations() { return relations_; }
  void AddReference(const Reference& reference) { references_.push_back(reference); }
  uint32_t ReferenceCount() const { return static_cast<uint32_t>(references_.size()); }
  const Reference& reference(uint32_t index) const { return references_[index]; }
  void AddItem(const Item& item) { items_.push_back(item); }
  uint32_t ItemCount() const { return static_cast<uint32_t>(items_.size()); }
  Item& item(uint32_t index) { return items_[index]; }
  void RemoveItems(uint32_t from) { items_.resize(from); }
  // Makes the select's items one, whose columns have these names.
  void MergeItems(Range names);
  // Whether the tokens are the reference's names and nothing else.
  bool IsChain(uint32_t reference, Range tokens) const;
  void AddUsing(Name name) { usings_.push_back(name); }
  void AddFunction(const PendingFunction& function) { functions_.push_back(function); }
  // WINDOW name AS (…)
  void AddWindow(uint32_t name, uint32_t open) { windows_.push_back({(*tokens_)[name].hash, open}); }
  // The select's last function whose parenthesis stands in `depth` parentheses, or nullptr.
  PendingFunction* LastFunctionAtDepth(uint16_t depth);

  // Resolves the references from `begin` on, takes them away, and returns a result set of the given columns,
  // each of which all of them take part in. For LATERAL VIEW and table functions.
  ResultId FinishArguments(uint32_t begin, const std::vector<Name>& columns);

  // The read that a chain of names belongs to and its column; -1 if that is not clear.
  SourceColumn Locate(uint32_t token, uint16_t parts);

  // --- result sets
  ResultId AddTable(int32_t read, const std::vector<std::string>& columns);  // of a table with known columns
  ResultId AddColumns(const std::vector<Name>& columns);                     // of constants
  ResultId Rename(ResultId result, const Relation& relation, Range names);   // t(a, b)
  // The relations from there on as one, with more columns that come from the references from `begin` on.
  ResultId Pivot(uint32_t relation, Range names, Range tokens, uint32_t begin);
  ResultId Spread(ResultId result, Range names);          // the names, each from all columns of `result`
  ResultId Union(const ResultId* results, size_t count);  // by position
  ResultId Group(uint32_t first_relation);                // SELECT * of relations from there on

  const ResultSet& result(ResultId id) const { return results_[static_cast<size_t>(id)]; }
  const ResultColumn& column(uint32_t index) const { return columns_[index]; }
  const Source& source(uint32_t index) const { return sources_[index]; }
  const SourceColumn& source_column(uint32_t index) const { return source_columns_[index]; }

  std::vector<Name> names;           // lists of names that items and relations refer to
  bool cut() const { return cut_; }  // column lineage is incomplete, see kStepsMax
  // Counts work; false, and cut, when the statement has had all it may have.
  bool Spend(uint64_t steps);

 private:
  enum class Outcome : uint8_t {
    kDone,
    kAbsent,
    kLater
  };  // kLater: known when the select around it has its FROM

  static constexpr uint32_t kIndexedColumns = 16;  // larger result sets are searched through an index

  ColumnUse UseHere(bool direct) const;
  void BeginSources();
  void Append(uint32_t source_column, ColumnUse use);
  void AppendColumn(const ResultColumn& column, bool direct);
  void AppendStar(const ResultColumn& star, Name name, bool direct);
  void AppendFrom(const Relation& relation, Name name, bool direct);
  void AppendAll(ResultId result, bool direct);
  void AppendRows(Range rows);
  uint32_t Intern(int32_t read, Name name);

  Outcome Resolve(const Reference& reference, Name first, bool direct);
  Outcome ResolveUnqualified(Name name, bool direct, size_t level);
  bool ResolveAlias(Name name, bool direct);
  const Relation* FindStarRelation(const Reference& reference);
  uint32_t WindowOpening(uint32_t token);
  const Relation* FindRelation(const Reference& reference, Name first, size_t level, uint16_t& used);
  bool NamesTable(const Reference& reference, const Relation& relation) const;
  uint32_t FindColumn(ResultId result, Name name);
  bool HasStar(ResultId id) const { return result(id).star; }
  Range RelationsOf(size_t level) const;

  void AddItemColumns(const Item& item, uint32_t position);
  void AddStarColumns(const Relation& relation, bool skip_usings);
  void AddRowSources(const Select& select);
  void ResolveReference(const Reference& reference, bool direct);
  void ResolveFunctions(const Select& select, Statement& statement);
  bool IsElement(const Reference& reference, Range range) const;
  void CopySources(Range tokens, const Select& select, std::vector<ColumnSource>& into);
  ResultId AddResult(uint32_t first_column, Range rows);
  ResultColumn& AddColumn(Name name);

  std::string_view script_;
  Dialect dialect_ = Dialect::kHive;
  const TokenBuffer* tokens_ = nullptr;
  std::deque<std::string> kept_;

  std::vector<Select> selects_;
  std::vector<Relation> relations_;
  std::vector<Reference> references_;
  std::vector<Item> items_;
  std::vector<Name> usings_;
  std::vector<PendingFunction> functions_;
  struct Window {
    uint32_t name_hash;
    uint32_t open;
  };
  std::vector<Window> windows_;

  std::vector<ResultSet> results_;
  std::vector<ResultColumn> columns_;
  std::vector<Source> sources_;
  std::vector<SourceColumn> source_columns_;
  FlatIndex interned_;      // (read, hash) → source column
  FlatIndex column_index_;  // (result, hash) → column, of large result sets
  FlatIndex alias_index_;   // (serial of the branch, hash) → column
  uint32_t alias_indexed_ = 0;
  uint32_t serial_ = 0;
  std::vector<Reference> deferred_;
  std::vector<uint32_t> stamps_;  // by source column: the last list it was appended to
  uint32_t stamp_ = 0;
  ColumnUse use_ = ColumnUse::kDirect;  // of what is being resolved
  uint32_t branch_columns_ = 0;         // columns of the select being finished begin here
  uint32_t functions_budget_ = 0;
  uint64_t steps_ = 0;
  bool cut_ = false;
};

}  // namespace godwit::parser
