// Statements that move rows: INSERT, UPDATE, DELETE, MERGE, LOAD, EXPORT, IMPORT.
#include <algorithm>

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

// (ds = '2024-01-01', hr): a value, or dynamic. A value that is no literal stays as its text.
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
      if (begin + 2 < i) part.value = LiteralText({begin + 2, i});
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

void FactBuilder::InsertPartition() {
  if (target_.write >= 0) TargetPartition();
}

void FactBuilder::InsertColumns() { target_.columns = column_names_; }

void FactBuilder::InsertByName() { target_.by_name = true; }

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

void FactBuilder::EndChange() {
  result_ = kNoResult;
  if (options_->columns) {
    FinishBranch();
    target_.by_name = true;  // the assignments name the columns
    Emit(target_, result_);
  }
  scopes_.EndSelect();
  result_ = kNoResult;
}

// ------------------------------------------------------------------------------- LOAD, EXPORT and IMPORT

void FactBuilder::Load() {
  statement_->kind = StatementKind::kLoad;
  bool local = false;
  for (uint32_t i = 0; i < Last(); ++i) local |= At(i).type == T::LOCAL;
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

}  // namespace godwit::parser
