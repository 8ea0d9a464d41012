// Statements that move rows: INSERT, UPDATE, DELETE, MERGE, LOAD, EXPORT, IMPORT.
#include <algorithm>
#include <map>

#include "SqlParser.h"
#include "parser/fact_builder.h"
#include "parser/letters.h"
#include "parser/predicates.h"

namespace godwit::parser {
namespace {

using T = SqlParser;

}  // namespace

// ------------------------------------------------------------------------------------------ partitions

void FactBuilder::EndPartition() { list_ = {list_open_ + 1, Last()}; }

// (ds = '2024-01-01', hr): a value, or none. A value that is no literal stays as its text; a comparison other
// than equality, as DROP PARTITION has, is no value.
std::vector<PartitionValue> FactBuilder::PartitionSpec(Range tokens) const {
  std::vector<PartitionValue> spec;
  uint32_t begin = tokens.begin;
  for (uint32_t i = tokens.begin; i <= tokens.end; ++i) {
    if (i < tokens.end && At(i).type == T::LPAREN && At(i).link != kNoToken && At(i).link < tokens.end)
      i = At(i).link;
    if (i < tokens.end && At(i).type != T::COMMA) continue;
    if (i > begin) {
      PartitionValue& part = spec.emplace_back();
      part.column = Fold(Text(begin));
      if (begin + 2 < i && At(begin + 1).type == T::EQUALS) part.value = LiteralText({begin + 2, i});
    }
    begin = i + 1;
  }
  return spec;
}

// The value of a literal without its quotes; of anything else its text.
std::string FactBuilder::LiteralText(Range tokens) const {
  std::string value;
  if (LiteralValue(script_, tokens_, tokens, value)) return value;
  const Span span = SpanOf(tokens);
  return std::string(script_.substr(span.begin, span.end - span.begin));
}

// Of the table written last.
void FactBuilder::TargetPartition() {
  if (!statement_->writes.empty()) statement_->writes.back().partition = PartitionSpec(list_);
}

// Of the table read last.
void FactBuilder::ReadPartition() {
  for (const PartitionValue& part : PartitionSpec(list_)) {
    if (part.value) statement_->reads.back().predicates.push_back({part.column, "=", {*part.value}});
  }
}

// ----------------------------------------------------------------------------------------------- INSERT

void FactBuilder::BeginInsert() {
  head_ = Last();
  statement_->kind = StatementKind::kInsert;
  target_ = {};
}

void FactBuilder::InsertTable() {
  const WriteKind kind = At(head_ + 1).type == T::OVERWRITE ? WriteKind::kOverwrite : WriteKind::kAppend;
  if (AddPathTarget()) return;
  target_.write = AddWrite(name_, kind);
}

// INSERT INTO delta.`/x`
bool FactBuilder::AddPathTarget() {
  if (!AddPathRelation(name_)) return false;
  statement_->paths.back().use = PathUse::kWritten;
  return true;
}

void FactBuilder::InsertDirectory() {
  bool local = false;
  uint32_t path = kNoToken;
  for (uint32_t i = head_; i <= Last(); ++i) {
    local |= At(i).type == T::LOCAL;
    if (At(i).type == T::STRING) path = i;
  }
  if (path != kNoToken) AddPath(path, PathUse::kWritten, local);
}

// USING csv OPTIONS ('path' '/x')
void FactBuilder::DirectoryOptions() {
  for (uint32_t i = details_.begin; i + 1 < details_.end; ++i) {
    if (At(i).type != T::LPAREN || At(i).link == kNoToken) continue;
    for (uint32_t k = i + 1; k < At(i).link; ++k) {
      const bool path =
          TextIs(k, "path") || (At(k).type == T::STRING && EqualFolded(StringText(script_, At(k)), "path"));
      const uint32_t value = At(k + 1).type == T::EQUALS ? k + 2 : k + 1;
      if (path && At(value).type == T::STRING) AddPath(value, PathUse::kWritten, false);
    }
  }
}

void FactBuilder::InsertPartition() {
  if (target_.write >= 0) TargetPartition();
}

void FactBuilder::InsertColumns() { target_.columns = column_names_; }

void FactBuilder::InsertByName() { target_.by_name = true; }

// REPLACE WHERE …: rows that meet the condition make way.
void FactBuilder::InsertReplaces() {
  if (target_.write >= 0) statement_->writes[static_cast<size_t>(target_.write)].kind = WriteKind::kOverwrite;
}

void FactBuilder::IfNotExists() {
  if (!statement_->writes.empty()) statement_->writes.back().if_not_exists = true;
}

void FactBuilder::EndInsert() {
  if (options_->columns) Emit(target_, result_);
}

// ------------------------------------------------------------------------------ UPDATE, DELETE and MERGE

void FactBuilder::BeginChange(StatementKind kind, WriteKind write) {
  statement_->kind = kind;
  target_ = {};
  target_.write = AddPathRelation(name_) ? -1 : AddWrite(name_, write);
  change_depth_ = depth_;
  changed_from_.clear();
  if (target_.write < 0) statement_->paths.back().use = PathUse::kWritten;
  alias_ = kNoToken;
  scopes_.BeginSelect(false);
  scopes_.select().has_from = true;
}

// The target is a relation whose columns may be used, though not an input.
void FactBuilder::EndTarget() {
  if (!options_->columns) return;
  PendingRelation pending{name_};
  pending.resolved = true;
  if (target_.write >= 0) pending.read = AddRead(name_, ReadRole::kTarget);
  AddRelation(pending, alias_, {});
  scopes_.select().targets = 1;
}

// UPDATE a SET … FROM t a: other engines let the target be an alias.
void FactBuilder::UpdateFrom() {
  notes_.push_back({DiagnosticCode::kOtherDialect, SpanOf({Last(), Last() + 1}),
                    "UPDATE … FROM is neither Hive nor Spark SQL; read as other engines do"});
  updates_from_ = true;
}

void FactBuilder::BeginAssignments() {
  BeginClause(Clause::kItems);
  assigned_items_ = scopes_.ItemCount();
}

// a = x, t.b = y + 1, or the star of MERGE
void FactBuilder::EndAssignments() {
  if (!options_->columns) return;
  for (uint32_t i = assigned_items_; i < scopes_.ItemCount(); ++i) {
    Item& item = scopes_.item(i);
    uint32_t equals = item.tokens.begin;
    while (equals < item.tokens.end && At(equals).type != T::EQUALS) ++equals;
    if (equals == item.tokens.end || equals == item.tokens.begin) continue;
    // The assigned column is the first reference; what it gets are the others.
    item.alias = scopes_.NameOf(equals - 1);
    item.tokens.begin = equals + 1;
    if (item.references.size() > 0 && scopes_.reference(item.references.begin).token < equals)
      ++item.references.begin;
    const bool one = item.references.size() == 1 && scopes_.IsChain(item.references.begin, item.tokens);
    item.shape = one ? ItemShape::kColumn : ItemShape::kExpression;
  }
}

void FactBuilder::BeginMergeInsert() {
  merge_columns_ = {};
  BeginClause(Clause::kItems);
  assigned_items_ = scopes_.ItemCount();
}

void FactBuilder::MergeInsertColumns() { merge_columns_ = column_names_; }

// INSERT (a, b) VALUES (x, y): the row's expressions are one item in parentheses; INSERT *: all columns.
void FactBuilder::EndMergeInsert() {
  if (!options_->columns) return;
  if (At(Last()).type == T::STAR) {
    Item star;
    star.shape = ItemShape::kStar;
    scopes_.AddItem(star);
    return;
  }
  if (scopes_.ItemCount() == assigned_items_) return;
  const Item row = scopes_.item(scopes_.ItemCount() - 1);
  scopes_.RemoveItems(assigned_items_);
  SplitRow(row, merge_columns_);
}

// Parts (x, y) into items.
void FactBuilder::SplitRow(const Item& row, Range columns) {
  const uint32_t open = row.tokens.begin;
  if (At(open).type != T::LPAREN || At(open).link == kNoToken) return;
  Item item;
  uint32_t begin = open + 1;
  uint32_t position = 0;
  uint32_t reference = row.references.begin;
  for (uint32_t i = open + 1; i <= At(open).link; ++i) {
    if (At(i).type == T::LPAREN && At(i).link != kNoToken) i = At(i).link;
    if (At(i).type != T::COMMA && i != At(open).link) continue;
    item.tokens = {begin, i};
    item.references.begin = reference;
    while (reference < row.references.end && scopes_.reference(reference).token < i) ++reference;
    item.references.end = reference;
    const bool one = item.references.size() == 1 && scopes_.IsChain(item.references.begin, item.tokens);
    item.shape = one ? ItemShape::kColumn : ItemShape::kExpression;
    item.alias = position < columns.size() ? scopes_.names[columns.begin + position] : parser::Name{};
    if (item.tokens.size() > 0) scopes_.AddItem(item);
    ++position;
    begin = i + 1;
  }
}

// The target of UPDATE … FROM may be the alias of a relation there.
void FactBuilder::RenameUpdated() {
  if (target_.write < 0) return;
  TableWrite& write = statement_->writes[static_cast<size_t>(target_.write)];
  for (const Named& named : changed_from_) {
    if (named.name.text == write.table)
      write.table = statement_->reads[static_cast<size_t>(named.read)].table;
  }
  for (TableRead& read : statement_->reads) {
    if (read.role == ReadRole::kTarget) read.table = write.table;
  }
}

// A column that several branches of MERGE set gets what all of them give it.
void FactBuilder::MergeColumns() {
  std::vector<ColumnLineage>& columns = statement_->columns;
  std::map<std::string, size_t> first;
  size_t kept = 0;
  for (size_t i = 0; i < columns.size(); ++i) {
    const bool value = columns[i].position >= 0;
    const auto [found, added] = value ? first.emplace(columns[i].column, kept) : std::pair{first.end(), true};
    if (added) {
      if (kept != i) columns[kept] = std::move(columns[i]);
      ++kept;
      continue;
    }
    std::vector<ColumnSource>& sources = columns[found->second].sources;
    for (ColumnSource& source : columns[i].sources) {
      const bool known = std::any_of(sources.begin(), sources.end(), [&](const ColumnSource& other) {
        return other.read == source.read && other.column == source.column;
      });
      if (!known) sources.push_back(std::move(source));
    }
  }
  columns.resize(kept);
}

void FactBuilder::EndChange() {
  result_ = kNoResult;
  if (updates_from_) RenameUpdated();
  if (options_->columns) {
    FinishBranch();
    target_.by_name = true;  // the assignments name the columns
    Emit(target_, result_);
    MergeColumns();
  }
  scopes_.EndSelect();
  result_ = kNoResult;
}

// ------------------------------------------------------------------------------- LOAD, EXPORT and IMPORT

void FactBuilder::Load() {
  statement_->kind = StatementKind::kLoad;
  bool local = false;
  for (uint32_t i = first_; i < Last(); ++i) local |= At(i).type == T::LOCAL;
  AddPath(Last(), PathUse::kRead, local);
}

void FactBuilder::LoadTable() { AddWrite(name_, WriteKind::kLoad); }

void FactBuilder::Export() {
  statement_->kind = StatementKind::kExport;
  AddRead(name_, ReadRole::kData);
}

void FactBuilder::ExportPath() { AddPath(Last(), PathUse::kWritten, false); }

void FactBuilder::ImportTable() { AddWrite(name_, WriteKind::kImport); }

void FactBuilder::ImportPath() {
  statement_->kind = StatementKind::kImport;
  AddPath(Last(), PathUse::kRead, false);
}

void FactBuilder::EndImport() {
  if (TextIs(details_.begin, "location") && At(details_.begin + 1).type == T::STRING) {
    AddPath(details_.begin + 1, PathUse::kLocation, false);
  }
}

}  // namespace godwit::parser
