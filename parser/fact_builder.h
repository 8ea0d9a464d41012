// parser/fact_builder.h — turns what the grammar recognises into the facts of one statement. The grammar
// calls these in the order of the text; each speaks of the tokens just consumed.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "parser/scope.h"
#include "parser/script.h"
#include "parser/statement.h"
#include "parser/token_stream.h"

namespace godwit::parser {

// Queries and relations nested in one another. Deeper ones are refused: the parser recurses once per level,
// and nobody's hand wrote them.
inline constexpr int kQueryDepthMax = 400;

class FactBuilder {
 public:
  explicit FactBuilder(FlatTokenStream& stream) : stream_(stream), tokens_(stream.tokens()) {}

  // Readies the builder for the statement in the token stream. All arguments must outlive it.
  void Start(std::string_view script, const ReadOptions& options, const Session& session,
             Statement& statement);
  // After the grammar has accepted the statement.
  void Finish();

  // Things in the statement that someone should look at, though it was read.
  struct Note {
    DiagnosticCode code;
    Span span;
    std::string message;
  };
  const std::vector<Note>& notes() const { return notes_; }

  // --- nesting
  void Descend();
  void Ascend();
  void Explain();

  // --- queries (fact_builder_query.cc)
  void BeginCte();
  void CteColumns();
  void EndCte();
  void BeginQuery();
  void SetOperator();
  void EndQuery();
  void BeginSelect();
  void EndSelect();
  void BeginBranch();
  void BranchInserts();
  void EndBranch();
  void EndFromFirst();
  void SelectList();
  void Script();
  void BeginFrom();
  void BeginClause(Clause clause);
  void EndValues();
  void TableQuery();
  void BeginTail();
  void EndTail();

  // --- relations (fact_builder_relation.cc)
  void BeginName() { name_.begin = Last(); }
  void EndName() { name_.end = Last() + 1; }
  void Alias() {
    alias_ = Last();
    column_names_ = {};
  }
  void NoAlias() { alias_ = kNoAlias; }
  void BeginColumnNames() { list_open_ = Last(); }
  void EndColumnNames();
  void BeginRelation();
  void EndRelation();
  void SubqueryRelation();
  void ValuesRelation();
  void TableArgument();
  void BeginGroup();
  void EndGroup();
  void EndGroupAlias();
  void BeginTableFunction();
  void TableFunctionInput();
  void EndTableFunction();
  void Lateral() { lateral_ = true; }
  void BeginLateralView();
  void EndLateralView();
  void BeginPivot();
  void EndPivotBody() { pivot_close_ = Last(); }
  void EndPivot();
  void BeginJoin();
  void JoinUsing();
  void Sample();

  // --- water (fact_builder_water.cc)
  void BeginExpression() { BeginWater(WaterKind::kOne); }
  void BeginExpressions() { BeginWater(WaterKind::kMany); }
  void BeginRows() { BeginWater(WaterKind::kRows); }
  void ResumeExpression();
  void EndExpression();
  void Details();
  void ScriptOutput();

  // --- statements that move rows (fact_builder_write.cc)
  void BeginInsert();
  void InsertTable();
  void InsertDirectory();
  void DirectoryOptions();
  void InsertPartition();
  void InsertColumns();
  void InsertByName();
  void InsertReplaces();
  void IfNotExists();
  void EndInsert();
  void BeginUpdate() { BeginChange(StatementKind::kUpdate, WriteKind::kUpdate); }
  void BeginDelete() { BeginChange(StatementKind::kDelete, WriteKind::kDelete); }
  void BeginMerge() { BeginChange(StatementKind::kMerge, WriteKind::kMerge); }
  void EndTarget();
  void BeginAssignments();
  void EndAssignments();
  void BeginMergeInsert();
  void MergeInsertColumns();
  void EndMergeInsert();
  void UpdateFrom();
  void EndChange();
  void Load();
  void LoadTable();
  void Export();
  void ExportPath();
  void ImportTable();
  void ImportPath();
  void EndImport();
  void BeginPartition() { list_open_ = Last(); }
  void EndPartition();
  void TargetPartition();
  void ReadPartition();

  // --- statements about tables, and the rest (fact_builder_table.cc)
  void BeginCreate();
  void CreateTable();
  void CreateView();
  void ReadDefinition();
  void CreateLike();
  void CreateFromQuery();
  void EndCreate();
  void BeginAlter();
  void AlterTable();
  void RenameTo();
  void ExchangeWith();
  void AlterViewQuery();
  void EndAlter();
  void Drop();
  void Truncate();
  void Cache();
  void Analyze();
  void BeginMaintain();
  void Maintain();
  void Use();
  void Declare();
  void Command();
  void Other();

 private:
  // AS (a, b): columns get names, the relation does not.
  static constexpr uint32_t kNoAlias = kNoToken - 1;

  enum class WaterKind : uint8_t { kOne, kMany, kRows };

  // A run of expression tokens that is being scanned; nested queries interrupt it.
  struct Water {
    WaterKind kind = WaterKind::kOne;
    ItemShape shape = ItemShape::kExpression;
    bool items = false;       // a select list: its commas part items
    bool operand = true;      // an operand may stand next, so a word is a column and not an alias
    uint32_t begin = 0;       // first token
    uint32_t depth = 0;       // open parentheses
    uint32_t item_begin = 0;  // first token of the item
    uint32_t item_references = 0;
    uint32_t item_end = kNoToken;  // first token of the alias, if there is one
    uint32_t alias = kNoToken;
    uint32_t window = kNoToken;  // name of a window used in the item
    Range aliases;
    size_t lambdas = 0;  // of lambdas_, begin
  };

  struct Cte {
    parser::Name name;
    ResultId result = kNoResult;
    Range columns;  // in scopes_.names
  };

  // A relation between its name and its alias.
  struct PendingRelation {
    Range name;
    ResultId result = kNoResult;
    int32_t read = -1;
    bool function = false;
    bool resolved = false;  // subquery, values, or the input of a table function: `result` or `read` is it
    bool lateral = false;
    uint32_t open = kNoToken;  // of a function's arguments
    uint32_t references = 0;
    Clause clause = Clause::kItems;  // of the select around it, to go back to
  };

  // ORDER BY and the like after a query in parentheses.
  struct Tail {
    ResultId result;
    uint32_t begin;  // token
  };

  // A WHERE or ON. Of a LEFT JOIN's ON, `relation` is the only one that it restricts.
  struct Condition {
    Range tokens;
    uint32_t relation = kNoToken;
  };

  enum class JoinKind : uint8_t { kInner, kLeft, kOther };

  // The target of an INSERT, MERGE or UPDATE.
  struct Target {
    int32_t write = -1;
    Range columns;  // named in the statement, in scopes_.names
    bool by_name = false;
  };

  uint32_t Last() const { return stream_.position() - 1; }
  const Token& At(uint32_t token) const { return tokens_[token]; }
  std::string_view Text(uint32_t token) const { return tokens_[token].Text(script_); }
  bool TextIs(uint32_t token, std::string_view word) const;
  Span SpanOf(Range tokens) const { return {At(tokens.begin).begin, At(tokens.end - 1).end}; }
  std::string NameText(Range tokens) const;
  [[noreturn]] void Fail(std::string expected) const;

  // --- facts
  int32_t AddRead(Range name, ReadRole role);
  void AddTemporarySources(int32_t read);
  bool IsComputed(Range name) const;
  std::string JoinedStrings(uint32_t open) const;
  std::string TableText(Range name);
  int32_t AddWrite(Range name, WriteKind kind);
  void AddPath(uint32_t token, PathUse use, bool local);
  bool AddPathRelation(Range name);
  bool AddPathTarget();
  void AddRemark(RemarkKind kind, uint32_t token, std::string text);
  const std::vector<std::string>* KnownColumns(const std::string& table);
  std::vector<std::string> TargetColumns(const Target& target, size_t count);
  void Emit(const Target& target, ResultId result);
  std::string ColumnText(const ResultColumn& column) const;
  void CopySources(Range sources, std::vector<ColumnSource>& into) const;
  std::vector<PartitionValue> PartitionSpec(Range tokens) const;
  std::string LiteralText(Range tokens) const;

  // --- queries and relations
  const Cte* FindCte(Range name);
  void FinishBranch();
  void AddPredicates(const Condition& condition);
  void AddRelation(const PendingRelation& pending, uint32_t alias, Range columns);

  // --- statements
  void BeginChange(StatementKind kind, WriteKind write);
  void RenameUpdated();
  void MergeColumns();
  Range PivotNames(uint32_t in, uint32_t close);
  void SplitRow(const Item& row, Range columns);
  bool HasModifier(std::string_view word) const;
  void Create(StatementKind kind);

  // --- water: functions that take a token return the one to go on with
  void BeginWater(WaterKind kind);
  void RunWater();
  uint32_t ScanTables(Water& water, uint32_t token);
  uint32_t ScanColumns(Water& water, uint32_t token);
  uint32_t Word(Water& water, uint32_t token);
  uint32_t WordAfterOperand(Water& water, uint32_t token);
  uint32_t SpecialWord(Water& water, uint32_t token);
  uint32_t Call(Water& water, uint32_t name, uint32_t open);
  uint32_t LambdaList(Water& water, uint32_t open);
  uint32_t QualifiedStar(Water& water, uint32_t token, uint16_t parts, uint32_t last);
  uint32_t As(Water& water, uint32_t token);
  uint32_t SkipType(uint32_t token) const;
  uint32_t ScriptColumns(uint32_t token);
  uint32_t TableArgumentAt(uint32_t token);
  void Star(Water& water, uint32_t token);
  void AddFunction(uint32_t first, uint32_t last, uint32_t open);
  void BeginWindow(Water& water, uint32_t over);
  void Reference(const Water& water, uint32_t token, uint16_t parts);
  bool IsLambdaName(const Water& water, uint32_t token) const;
  bool IsColumnPattern(uint32_t token) const;
  bool NamesWindow(uint32_t token) const;
  bool AsOfFormat(uint32_t token) const;
  void EndItem(Water& water, uint32_t end);
  void CountValues();
  parser::Name CastName(const Item& item);

  FlatTokenStream& stream_;
  TokenBuffer& tokens_;
  std::string_view script_;
  const ReadOptions* options_ = nullptr;
  const Session* session_ = nullptr;
  Statement* statement_ = nullptr;
  Scopes scopes_;

  int depth_ = 0;
  bool explain_ = false;
  bool lateral_ = false;
  Range name_;                 // tokens of the last table name
  uint32_t alias_ = kNoToken;  // of the last alias, if there was one
  uint32_t list_open_ = 0;
  Range list_;                   // tokens between the last list's parentheses
  Range column_names_;           // names of the last column list, in scopes_.names
  Range details_;                // tokens of the last details
  ResultId result_ = kNoResult;  // of the query that just ended
  bool all_taken_ = false;       // Details() takes everything to the end of the statement

  std::vector<Cte> ctes_;
  std::vector<size_t> cte_marks_;
  std::vector<Cte> pending_ctes_;
  std::vector<ResultId> operands_;  // of set operations
  std::vector<size_t> operand_marks_;
  std::vector<Tail> tails_;
  std::vector<PendingRelation> pending_;
  std::vector<uint32_t> groups_;  // first relation of each open group
  std::vector<Water> waters_;
  std::vector<Condition> conditions_;
  struct Lambda {
    uint32_t hash;
    uint32_t depth;  // of parentheses
  };
  std::vector<Lambda> lambdas_;

  Target target_;
  int32_t branch_write_ = -1;  // of the branch of a multi-insert that is being read
  JoinKind join_kind_ = JoinKind::kInner;
  uint32_t join_relations_ = 0;  // relations before the one being joined
  uint32_t pivot_references_ = 0;
  uint32_t pivot_open_ = 0;
  uint32_t pivot_close_ = 0;
  uint32_t values_width_ = 0;
  struct Named {
    parser::Name name;
    int32_t read;
  };
  int change_depth_ = -1;            // where UPDATE, DELETE or MERGE stands
  std::vector<Named> changed_from_;  // tables of its FROM, by their aliases
  bool updates_from_ = false;
  Range merge_columns_;
  uint32_t assigned_items_ = 0;
  std::vector<Note> notes_;
  uint32_t first_ = 0;  // the statement's first token
  uint32_t head_ = 0;   // token that says what the statement is
};

}  // namespace godwit::parser
