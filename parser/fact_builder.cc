#include "parser/fact_builder.h"

#include <algorithm>

#include "SqlParser.h"
#include "parser/letters.h"
#include "parser/predicates.h"
#include "parser/syntax_error.h"

namespace godwit::parser {
namespace {

// What a fact costs in time and memory, in steps of resolution.
constexpr uint64_t kStepsPerColumn = 50;
constexpr uint64_t kStepsPerSource = 20;

}  // namespace

using T = SqlParser;

void FactBuilder::Start(std::string_view script, const ReadOptions& options, const Session& session,
                        Statement& statement) {
  script_ = script;
  options_ = &options;
  session_ = &session;
  statement_ = &statement;
  scopes_.Start(script, options.dialect, tokens_);
  depth_ = 0;
  explain_ = lateral_ = all_taken_ = updates_from_ = false;
  branch_write_ = -1;
  notes_.clear();
  name_ = details_ = column_names_ = list_ = merge_columns_ = {};
  tails_.clear();
  conditions_.clear();
  join_kind_ = JoinKind::kInner;
  alias_ = kNoToken;
  result_ = kNoResult;
  ctes_.clear();
  cte_marks_.clear();
  pending_ctes_.clear();
  operands_.clear();
  operand_marks_.clear();
  pending_.clear();
  groups_.clear();
  waters_.clear();
  lambdas_.clear();
  target_ = {};
  first_ = head_ = stream_.position();
  change_depth_ = -1;
}

void FactBuilder::Finish() {
  const bool query = statement_->kind == StatementKind::kQuery;
  if (query && options_->columns && result_ != kNoResult) Emit({}, result_);
  if (scopes_.cut()) {
    notes_.push_back({DiagnosticCode::kColumnsCut,
                      {At(first_).begin, At(first_).end},
                      "too many columns flow here: column lineage of this statement is incomplete"});
  }
  if (!explain_) return;
  statement_->kind = StatementKind::kExplain;
  statement_->writes.clear();
  statement_->columns.clear();
  statement_->effects.clear();
  statement_->definitions.clear();
}

void FactBuilder::Fail(std::string expected) const {
  throw SyntaxError{stream_.position(), std::move(expected)};
}

void FactBuilder::Descend() {
  if (++depth_ > kQueryDepthMax) throw SyntaxError{stream_.position(), "", true};
  cte_marks_.push_back(ctes_.size());
}

void FactBuilder::Ascend() {
  --depth_;
  ctes_.resize(cte_marks_.back());
  cte_marks_.pop_back();
}

void FactBuilder::Explain() { explain_ = true; }

bool FactBuilder::TextIs(uint32_t token, std::string_view word) const {
  return token < tokens_.size() && EqualFolded(Text(token), word);
}

// The dotted name as written, folded, quotes dropped.
std::string FactBuilder::NameText(Range range) const {
  std::string text;
  for (uint32_t i = range.begin; i < range.end; i += 2) {
    if (i > range.begin) text += '.';
    const Token& word = At(i);
    if (word.Has(kFolded)) {
      text += word.Text(script_);
    } else {
      text += Fold(word.Text(script_));
    }
  }
  return text;
}

// ---------------------------------------------------------------------------------- reads and writes

// IDENTIFIER(…) of anything but a string, which the lexer has made a name of.
bool FactBuilder::IsComputed(Range name) const {
  return options_->dialect == Dialect::kSpark && name.size() == 1 && !At(name.begin).Has(kQuoted) &&
         At(name.end).type == T::LPAREN && At(name.end).link != kNoToken && TextIs(name.begin, "identifier");
}

// The name in IDENTIFIER('db.' || 't'), as Spark folds it; empty where something else stands in the
// parenthesis.
std::string FactBuilder::JoinedStrings(uint32_t open) const {
  std::string joined;
  for (uint32_t i = open + 1; i < At(open).link; i += 2) {
    const bool last = i + 1 == At(open).link;
    if (At(i).type != T::STRING || At(i).Has(kVariable) || !(last || Text(i + 1) == "||")) return "";
    joined += StringText(script_, At(i));
  }
  return At(At(open).link - 1).type == T::STRING ? Fold(joined) : "";
}

// A table's name; where it is computed, a pattern that says so.
std::string FactBuilder::TableText(Range name) {
  if (!IsComputed(name)) return NameText(name);
  if (std::string joined = JoinedStrings(name.end); !joined.empty()) return joined;
  const Span span{At(name.begin).begin, At(At(name.end).link).end};
  notes_.push_back({DiagnosticCode::kDynamicName, span,
                    "this table's name is computed when the statement runs: declare its lineage"});
  return "${" + std::string(script_.substr(span.begin, span.end - span.begin)) + "}";
}

int32_t FactBuilder::AddRead(Range name, ReadRole role) {
  const int32_t index = static_cast<int32_t>(statement_->reads.size());
  TableRead& read = statement_->reads.emplace_back();
  read.table = TableText(name);
  read.span = SpanOf(name);
  read.role = role;
  read.only_into = branch_write_;
  if (!session_->temporary.empty()) AddTemporarySources(index);
  return index;
}

// A temporary view passes its inputs on.
void FactBuilder::AddTemporarySources(int32_t index) {
  const auto found = session_->temporary.find(statement_->reads[static_cast<size_t>(index)].table);
  if (found == session_->temporary.end()) return;
  TableRead read = statement_->reads[static_cast<size_t>(index)];
  statement_->reads[static_cast<size_t>(index)].temporary = true;
  read.via = read.table;
  for (const std::string& table : found->second) {
    read.table = table;
    statement_->reads.push_back(read);
  }
}

int32_t FactBuilder::AddWrite(Range name, WriteKind kind) {
  TableWrite& write = statement_->writes.emplace_back();
  write.table = TableText(name);
  write.span = SpanOf(name);
  write.kind = kind;
  write.temporary = !session_->temporary.empty() && session_->temporary.contains(write.table);
  return static_cast<int32_t>(statement_->writes.size()) - 1;
}

void FactBuilder::AddPath(uint32_t token, PathUse use, bool local) {
  statement_->paths.push_back({StringText(script_, At(token)), {At(token).begin, At(token).end}, use, local});
}

// Columns of a table that the session made or the catalog knows.
const std::vector<std::string>* FactBuilder::KnownColumns(const std::string& table) {
  const auto made = session_->columns.find(table);
  if (made != session_->columns.end()) return &made->second;
  if (!options_->catalog) return nullptr;
  const bool qualified = table.find('.') != std::string::npos || session_->database.empty();
  return options_->catalog(qualified ? table : session_->database + "." + table);
}

// --------------------------------------------------------------------------------------- column lineage

void FactBuilder::CopySources(Range sources, std::vector<ColumnSource>& into) const {
  into.reserve(sources.size());
  for (uint32_t i = sources.begin; i < sources.end; ++i) {
    const Source& source = scopes_.source(i);
    const SourceColumn& column = scopes_.source_column(source.column);
    into.push_back({column.read, std::string(column.name.text), source.use});
  }
}

// A column's name; of an unnamed expression, its text in lower case with white space as one blank.
std::string FactBuilder::ColumnText(const ResultColumn& column) const {
  if (column.name.hash != 0 || column.star) return std::string(column.name.text);
  std::string text;
  for (const char c : column.name.text) {
    if (!IsSpaceByte(c)) {
      text += static_cast<char>(FoldByte(static_cast<unsigned char>(c)));
    } else if (!text.empty() && text.back() != ' ') {
      text += ' ';
    }
  }
  return text;
}

// Names of the target's columns in the order in which the query's columns fill them; empty if not known.
std::vector<std::string> FactBuilder::TargetColumns(const Target& target, size_t count) {
  std::vector<std::string> columns;
  if (target.by_name || target.write < 0) return columns;
  for (uint32_t i = target.columns.begin; i < target.columns.end; ++i)
    columns.emplace_back(scopes_.names[i].text);
  if (!columns.empty()) return columns;
  const TableWrite& write = statement_->writes[static_cast<size_t>(target.write)];
  const auto is_static = [&](const std::string& column) {
    return std::any_of(write.partition.begin(), write.partition.end(),
                       [&](const PartitionValue& part) { return part.value && part.column == column; });
  };
  if (write.kind == WriteKind::kAppend || write.kind == WriteKind::kOverwrite) {
    if (const std::vector<std::string>* known = KnownColumns(write.table)) {
      for (const std::string& column : *known) {
        if (!is_static(column)) columns.push_back(column);
      }
      return columns;
    }
  }
  std::vector<std::string> dynamic;
  for (const PartitionValue& part : write.partition) {
    if (!part.value) dynamic.push_back(part.column);
  }
  if (!dynamic.empty() && dynamic.size() <= count) {
    columns.resize(count - dynamic.size());  // named by the query
    columns.insert(columns.end(), dynamic.begin(), dynamic.end());
  }
  return columns;
}

void FactBuilder::Emit(const Target& target, ResultId result) {
  if (result == kNoResult) return;
  const ResultSet set = scopes_.result(result);
  const std::vector<std::string> names = TargetColumns(target, set.columns.size());
  bool positions_known = true;
  for (uint32_t i = set.columns.begin; i < set.columns.end; ++i) {
    const ResultColumn& column = scopes_.column(i);
    if (!scopes_.Spend(kStepsPerColumn + kStepsPerSource * column.sources.size())) return;
    const uint32_t position = i - set.columns.begin;
    positions_known &= !column.star;
    ColumnLineage& lineage = statement_->columns.emplace_back();
    lineage.write = target.write;
    lineage.position = static_cast<int32_t>(position);
    const bool named = positions_known && position < names.size() && !names[position].empty();
    lineage.column = named ? names[position] : ColumnText(column);
    CopySources(column.sources, lineage.sources);
  }
  if (set.rows.size() == 0 || !scopes_.Spend(kStepsPerSource * set.rows.size())) return;
  ColumnLineage& rows = statement_->columns.emplace_back();
  rows.write = target.write;
  rows.position = -1;
  CopySources(set.rows, rows.sources);
}

}  // namespace godwit::parser
