// Queries: common table expressions, selects, set operations.
#include <algorithm>

#include "SqlParser.h"
#include "parser/fact_builder.h"
#include "parser/predicates.h"
#include "parser/syntax_error.h"

namespace godwit::parser {

using T = SqlParser;

// ----------------------------------------------------------------------------- common table expressions

void FactBuilder::BeginCte() {
  const uint32_t name = Last();
  pending_ctes_.push_back({scopes_.NameOf(name), kNoResult, {}});
  // A recursive one may name itself.
  if (name > 0 && At(name - 1).type == T::RECURSIVE) ctes_.push_back(pending_ctes_.back());
}

void FactBuilder::CteColumns() { pending_ctes_.back().columns = column_names_; }

void FactBuilder::EndCte() {
  Cte cte = pending_ctes_.back();
  pending_ctes_.pop_back();
  cte.result = result_;
  if (options_->columns && cte.columns.size() > 0) cte.result = scopes_.Rename(result_, {}, cte.columns);
  ctes_.push_back(cte);
}

const FactBuilder::Cte* FactBuilder::FindCte(Range name) {
  if (ctes_.empty() || name.size() != 1) return nullptr;
  const parser::Name wanted = scopes_.NameOf(name.begin);
  for (size_t i = ctes_.size(); i-- > 0;) {
    if (ctes_[i].name == wanted) return &ctes_[i];
  }
  return nullptr;
}

// ---------------------------------------------------------------------------------------- set operations

void FactBuilder::BeginQuery() { operand_marks_.push_back(operands_.size()); }

void FactBuilder::SetOperator() { operands_.push_back(result_); }

void FactBuilder::EndQuery() {
  operands_.push_back(result_);
  const size_t mark = operand_marks_.back();
  operand_marks_.pop_back();
  if (options_->columns) {
    // A branch that went into an INSERT of its own has no result.
    const auto end =
        std::remove(operands_.begin() + static_cast<ptrdiff_t>(mark), operands_.end(), kNoResult);
    operands_.erase(end, operands_.end());
    result_ = scopes_.Union(operands_.data() + mark, operands_.size() - mark);
  }
  operands_.resize(mark);
}

// ------------------------------------------------------------------------------------------------ selects

void FactBuilder::BeginSelect() {
  const bool correlated = !waters_.empty() || lateral_;
  lateral_ = false;
  scopes_.BeginSelect(correlated);
  scopes_.select().conditions = static_cast<uint32_t>(conditions_.size());
  result_ = kNoResult;
}

void FactBuilder::FinishBranch() {
  result_ = kNoResult;
  if (!options_->columns) return;
  const Select& select = scopes_.select();
  if (select.limited && !select.ordered) AddRemark(RemarkKind::kLimitWithoutOrder, select.limit_token, "");
  for (size_t i = select.conditions; i < conditions_.size(); ++i) AddPredicates(conditions_[i]);
  conditions_.resize(select.conditions);
  result_ = scopes_.FinishBranch(*statement_);
}

// Comparisons with literals restrict the reads whose columns they name.
void FactBuilder::AddPredicates(const Condition& condition) {
  FindPredicates(
      script_, tokens_, condition.tokens, [&](uint32_t token, uint16_t parts, Predicate predicate) {
        const SourceColumn column = scopes_.Locate(token, parts);
        if (column.read < 0) return;
        const bool restricted =
            condition.relation == kNoToken || scopes_.relations()[condition.relation].read == column.read;
        if (!restricted) return;
        predicate.column = std::string(column.name.text);
        statement_->reads[static_cast<size_t>(column.read)].predicates.push_back(std::move(predicate));
      });
}

void FactBuilder::EndSelect() {
  FinishBranch();
  scopes_.EndSelect();
}

// FROM x SELECT … SELECT …: one FROM, several selects.
void FactBuilder::BeginBranch() {
  Select& select = scopes_.select();
  select.branch_relations = static_cast<uint32_t>(scopes_.relations().size());
  select.ordered = select.limited = false;
  select.branch_inserts = false;
}

void FactBuilder::BranchInserts() {
  scopes_.select().branch_inserts = true;
  branch_write_ = target_.write;
}

void FactBuilder::EndBranch() {
  const bool inserts = scopes_.select().branch_inserts;
  FinishBranch();
  scopes_.relations().resize(scopes_.select().branch_relations);
  if (inserts) {
    if (options_->columns) Emit(target_, result_);
    branch_write_ = -1;
    result_ = kNoResult;
  } else {
    operands_.push_back(result_);
  }
}

void FactBuilder::EndFromFirst() {
  scopes_.EndSelect();
  result_ = kNoResult;  // its branches are operands already, or went into tables
}

// TRANSFORM (…) USING 'command'
void FactBuilder::Script() { AddRemark(RemarkKind::kScript, Last(), StringText(script_, At(Last()))); }

void FactBuilder::SelectList() { scopes_.select().clause = Clause::kItems; }

void FactBuilder::BeginFrom() {
  if (scopes_.InSelect()) scopes_.select().has_from = true;
}

void FactBuilder::BeginClause(Clause clause) {
  if (!scopes_.InSelect()) return;
  Select& select = scopes_.select();
  select.clause = clause;
  if (clause == Clause::kOrder) select.ordered = true;
  if (clause == Clause::kLimit) {
    select.limited = true;
    select.limit_token = Last();
  }
}

// ORDER BY and the like after (query), VALUES or TABLE t: a select of everything.
void FactBuilder::BeginTail() {
  const ResultId result = result_;
  scopes_.BeginSelect(!waters_.empty());
  Relation relation;
  relation.result = result;
  scopes_.AddRelation(relation);
  scopes_.select().has_from = true;
  scopes_.select().clause = Clause::kOrder;
  tails_.push_back({result, stream_.position()});
}

void FactBuilder::EndTail() {
  const Tail tail = tails_.back();
  tails_.pop_back();
  if (options_->columns && stream_.position() > tail.begin) {
    FinishBranch();
  }
  result_ = tail.result;
  scopes_.EndSelect();
}

void FactBuilder::TableQuery() {
  const PendingRelation pending{name_};
  if (options_->columns) scopes_.BeginSelect(false);
  AddRelation(pending, kNoToken, {});
  if (!options_->columns) return;
  result_ = scopes_.Group(scopes_.select().relations);
  scopes_.EndSelect();
}

// Columns of VALUES: col1, col2 … unless the alias names them.
void FactBuilder::EndValues() {
  if (!options_->columns) return;
  std::vector<parser::Name> names;
  for (uint32_t i = column_names_.begin; alias_ != kNoToken && i < column_names_.end; ++i)
    names.push_back(scopes_.names[i]);
  for (uint32_t i = static_cast<uint32_t>(names.size()); i < values_width_; ++i)
    names.push_back(scopes_.Keep("col" + std::to_string(i + 1)));
  result_ = scopes_.AddColumns(names);
}

}  // namespace godwit::parser
