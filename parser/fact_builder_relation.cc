// Relations: tables, subqueries, functions, joins.
#include <algorithm>

#include "SqlParser.h"
#include "parser/fact_builder.h"
#include "parser/letters.h"
#include "parser/predicates.h"

namespace godwit::parser {
namespace {

using T = SqlParser;

bool IsFileFormat(std::string_view name) {
  constexpr std::string_view kFormats[] = {"parquet", "orc",     "csv",  "json",       "text",  "avro",
                                           "delta",   "iceberg", "hudi", "binaryfile", "libsvm"};
  return std::any_of(std::begin(kFormats), std::end(kFormats),
                     [&](std::string_view format) { return EqualFolded(name, format); });
}

// Columns that a table function names itself.
std::vector<std::string_view> FunctionColumns(std::string_view function) {
  const auto is = [&](std::string_view name) { return EqualFolded(function, name); };
  if (is("range")) return {"id"};
  if (is("posexplode") || is("posexplode_outer")) return {"pos", "col"};
  if (is("json_tuple") || is("parse_url_tuple"))
    return {"c0", "c1", "c2", "c3", "c4", "c5", "c6", "c7", "c8", "c9"};
  if (is("inline") || is("inline_outer") || is("stack"))
    return {"col0", "col1", "col2", "col3", "col4", "col5"};
  return {"col"};
}

}  // namespace

void FactBuilder::EndColumnNames() {
  column_names_ = {static_cast<uint32_t>(scopes_.names.size()), 0};
  bool first = true;
  for (uint32_t i = list_open_ + 1; i < Last(); ++i) {
    const Token& token = At(i);
    if (token.type == T::LPAREN && token.link != kNoToken) i = token.link;
    if (token.type == T::COMMA) {
      first = true;
    } else if (first && (token.type == T::WORD || token.hash != 0)) {
      scopes_.names.push_back(scopes_.NameOf(i));
      first = false;
    }
  }
  column_names_.end = static_cast<uint32_t>(scopes_.names.size());
}

void FactBuilder::BeginRelation() {
  pending_.push_back({name_});
  alias_ = kNoToken;
}

void FactBuilder::SubqueryRelation() {
  PendingRelation pending;
  pending.result = result_;
  pending.resolved = true;
  pending_.push_back(pending);
  alias_ = kNoToken;
}

void FactBuilder::EndRelation() {
  const PendingRelation pending = pending_.back();
  pending_.pop_back();
  AddRelation(pending, alias_, alias_ == kNoToken ? Range{} : column_names_);
}

void FactBuilder::ValuesRelation() {
  PendingRelation pending;
  pending.result = result_;
  pending.resolved = true;
  AddRelation(pending, alias_, {});
}

// parquet.`/x`: a path, not a table.
bool FactBuilder::AddPathRelation(Range name) {
  if (name.size() != 3 || !At(name.begin + 2).Has(kQuoted) || !IsFileFormat(Text(name.begin))) return false;
  const std::string_view path = Text(name.begin + 2);
  if (options_->dialect == Dialect::kHive && path.find('/') == std::string_view::npos) return false;
  statement_->paths.push_back({std::string(path), SpanOf(name), PathUse::kRead, false});
  return true;
}

void FactBuilder::AddRelation(const PendingRelation& pending, uint32_t alias, Range columns) {
  Relation relation;
  relation.read = pending.read;
  relation.result = pending.result;
  if (!pending.resolved && (!pending.function || IsComputed(pending.name))) {
    if (const Cte* cte = FindCte(pending.name)) {
      relation.result = cte->result;
    } else if (!AddPathRelation(pending.name)) {
      relation.read = AddRead(pending.name, ReadRole::kData);
    }
  }
  const uint32_t named = alias < kNoAlias ? alias : pending.name.size() > 0 ? pending.name.end - 1 : kNoToken;
  if (relation.read >= 0 && depth_ == change_depth_ && !pending.resolved) {
    changed_from_.push_back({scopes_.NameOf(named), relation.read});
  }
  if (!options_->columns || !scopes_.InSelect()) return;
  relation.name = pending.name;
  if (relation.read >= 0 && relation.result == kNoResult) {
    if (const auto* known = KnownColumns(statement_->reads[static_cast<size_t>(relation.read)].table)) {
      relation.result = scopes_.AddTable(relation.read, *known);
    }
  }
  if (columns.size() > 0) {
    relation.result = pending.function && !pending.resolved
                          ? scopes_.Spread(relation.result, columns)
                          : scopes_.Rename(relation.result, relation, columns);
  }
  if (named != kNoToken) relation.alias = scopes_.NameOf(named);
  scopes_.AddRelation(relation);
}

// ------------------------------------------------------------------------------------------------ groups

// ( a JOIN b ) [AS x]
void FactBuilder::BeginGroup() {
  Descend();
  groups_.push_back(static_cast<uint32_t>(scopes_.relations().size()));
}

void FactBuilder::EndGroup() {
  Ascend();
  alias_ = kNoToken;
}

void FactBuilder::EndGroupAlias() {
  const uint32_t first = groups_.back();
  groups_.pop_back();
  if (!options_->columns || alias_ == kNoToken) return;
  Relation relation;
  if (alias_ != kNoAlias) relation.alias = scopes_.NameOf(alias_);
  relation.result = scopes_.Group(first);
  if (column_names_.size() > 0) relation.result = scopes_.Rename(relation.result, relation, column_names_);
  scopes_.relations().resize(first);
  scopes_.AddRelation(relation);
}

// --------------------------------------------------------------------------------------------- functions

void FactBuilder::BeginTableFunction() {
  PendingRelation& pending = pending_.back();
  pending.open = Last();
  pending.function = true;
  // In Hive, t('key'='value') is a table with properties.
  if (options_->dialect == Dialect::kHive && At(pending.open + 1).type == T::STRING &&
      At(pending.open + 2).type == T::EQUALS) {
    pending.function = false;
  }
  pending.references = scopes_.ReferenceCount();
  pending.clause = scopes_.select().clause;
  BeginClause(Clause::kArguments);
}

// noop(ON t …): what comes out is what goes in, with more columns.
void FactBuilder::TableFunctionInput() {
  PendingRelation& pending = pending_.back();
  pending.resolved = true;
  if (!options_->columns) return;
  const Relation input = scopes_.relations().back();
  scopes_.relations().pop_back();
  pending.read = input.read;
  pending.result = input.result;
}

void FactBuilder::EndTableFunction() {
  PendingRelation& pending = pending_.back();
  if (scopes_.InSelect()) scopes_.select().clause = pending.clause;
  alias_ = kNoToken;
  if (!options_->columns) return;
  std::vector<parser::Name> columns;
  if (pending.function && !pending.resolved) {
    for (const std::string_view name : FunctionColumns(Text(pending.name.end - 1)))
      columns.push_back(scopes_.Keep(std::string(name)));
  }
  const ResultId result = scopes_.FinishArguments(pending.references, columns);
  if (pending.function && !pending.resolved) pending.result = result;
}

// TABLE(f(x)): a function of no name of its own.
void FactBuilder::TableArgument() {
  PendingRelation pending;
  pending.function = true;
  pending.resolved = true;
  pending_.push_back(pending);
  BeginClause(Clause::kArguments);
}

void FactBuilder::BeginLateralView() {
  PendingRelation pending{name_};
  pending.function = true;
  pending.references = scopes_.ReferenceCount();
  pending.clause = scopes_.select().clause;
  pending_.push_back(pending);
  BeginClause(Clause::kArguments);
}

// After the parenthesis: [table alias] [AS] column, column. A comma may also part relations, so a word that
// is followed like a relation is one.
void FactBuilder::EndLateralView() {
  const PendingRelation pending = pending_.back();
  pending_.pop_back();
  scopes_.select().clause = pending.clause;
  uint32_t i = stream_.position();
  uint32_t alias = kNoToken;
  if (At(i).type == T::WORD) alias = i++;
  if (At(i).type == T::AS) ++i;
  std::vector<parser::Name> columns;
  const auto add = [&] { columns.push_back(scopes_.NameOf(i++)); };
  if (At(i).type == T::WORD) add();
  while (!columns.empty() && At(i).type == T::COMMA && At(i + 1).type == T::WORD) {
    const int32_t after = At(i + 2).type;
    if (after == T::DOT || after == T::WORD || after == T::AS || after == T::LPAREN) break;
    ++i;
    add();
  }
  stream_.MoveTo(i);
  if (!options_->columns) return;
  if (columns.empty()) {
    for (const std::string_view name : FunctionColumns(Text(pending.name.end - 1)))
      columns.push_back(scopes_.Keep(std::string(name)));
  }
  Relation relation;
  if (alias != kNoToken) relation.alias = scopes_.NameOf(alias);
  relation.result = scopes_.FinishArguments(pending.references, columns);
  scopes_.AddRelation(relation);
}

void FactBuilder::BeginPivot() {
  pivot_open_ = Last();
  pivot_references_ = scopes_.ReferenceCount();
  BeginClause(Clause::kArguments);
}

// Names that PIVOT's IN list gives to its columns: an alias, or the value itself.
Range FactBuilder::PivotNames(uint32_t in, uint32_t close) {
  Range names{static_cast<uint32_t>(scopes_.names.size()), 0};
  for (uint32_t i = in + 2; i < close; ++i) {
    if (At(i).type == T::LPAREN && At(i).link != kNoToken) i = At(i).link;
    const int32_t next = At(i + 1).type;
    if (next != T::COMMA && i + 1 != At(in + 1).link) continue;
    const bool word = At(i).type == T::WORD;
    scopes_.names.push_back(word ? scopes_.NameOf(i) : scopes_.Keep(Fold(StringText(script_, At(i)))));
  }
  names.end = static_cast<uint32_t>(scopes_.names.size());
  return names;
}

// PIVOT (sum(a) FOR b IN ('x' AS x)): x comes from what is aggregated. UNPIVOT (v FOR n IN (a, b)): v comes
// from the columns in the list. The relation's other columns stay.
void FactBuilder::EndPivot() {
  if (!options_->columns || scopes_.relations().empty()) return;
  uint32_t in = pivot_open_ + 1;
  uint32_t of = kNoToken;
  while (in < pivot_close_ &&
         !(At(in).type == T::OPERATOR && TextIs(in, "in") && At(in + 1).link != kNoToken)) {
    if (TextIs(in, "for") && of == kNoToken) of = in;
    in = At(in).type == T::LPAREN && At(in).link != kNoToken ? At(in).link + 1 : in + 1;
  }
  if (in >= pivot_close_ || of == kNoToken) return;
  uint32_t head = pivot_open_;
  while (head > 0 && At(head).type != T::PIVOT) --head;
  const uint32_t index = static_cast<uint32_t>(scopes_.relations().size()) - 1;
  Relation& relation = scopes_.relations()[index];
  if (TextIs(head, "unpivot")) {
    const Range names{static_cast<uint32_t>(scopes_.names.size()),
                      static_cast<uint32_t>(scopes_.names.size()) + 1};
    scopes_.names.push_back(scopes_.NameOf(pivot_open_ + 1));
    relation.result = scopes_.Pivot(index, names, {in, pivot_close_}, pivot_references_);
  } else {
    const Range names = PivotNames(in, At(in + 1).link);
    relation.result = scopes_.Pivot(index, names, {pivot_open_, in}, pivot_references_);
  }
  if (alias_ < kNoAlias) scopes_.relations()[index].alias = scopes_.NameOf(alias_);
}

// ------------------------------------------------------------------------------------------------- joins

void FactBuilder::BeginJoin() {
  join_kind_ = JoinKind::kInner;
  for (uint32_t i = Last(); i-- > 0 && At(i).type == T::JOIN_TYPE;) {
    if (TextIs(i, "natural") && scopes_.InSelect()) scopes_.select().natural = true;
    if (TextIs(i, "left")) join_kind_ = JoinKind::kLeft;
    if (TextIs(i, "right") || TextIs(i, "full") || TextIs(i, "anti")) join_kind_ = JoinKind::kOther;
  }
}

void FactBuilder::JoinUsing() {
  if (!options_->columns) return;
  for (uint32_t i = list_open_ + 1; i < Last(); ++i) {
    if (At(i).type != T::WORD) continue;
    scopes_.AddUsing(scopes_.NameOf(i));
    scopes_.AddReference({i, 1, Clause::kJoin, kNoResult});
  }
}

void FactBuilder::Sample() { AddRemark(RemarkKind::kSample, Last(), ""); }

}  // namespace godwit::parser
