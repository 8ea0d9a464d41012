// Statements about tables themselves, and those that move no rows.
#include <algorithm>

#include "SqlParser.h"
#include "parser/definition.h"
#include "parser/fact_builder.h"
#include "parser/letters.h"
#include "parser/predicates.h"

namespace godwit::parser {
namespace {

using T = SqlParser;

}  // namespace

// ----------------------------------------------------------------------------------------------- CREATE

void FactBuilder::BeginCreate() { head_ = Last(); }

// A word before TABLE or VIEW: TEMPORARY, EXTERNAL …
bool FactBuilder::HasModifier(std::string_view word) const {
  for (uint32_t i = head_ + 1; i < tokens_.size() && At(i).type != T::TABLE && At(i).type != T::VIEW; ++i) {
    if (TextIs(i, word)) return true;
  }
  return false;
}

void FactBuilder::Create(StatementKind kind) {
  statement_->kind = kind;
  target_ = {};
  target_.write = AddWrite(name_, WriteKind::kDefine);
  TableWrite& write = statement_->writes.back();
  write.temporary = HasModifier("temporary") || HasModifier("temp");
  for (uint32_t i = head_; i < name_.begin; ++i) write.if_not_exists |= At(i).type == T::IF_EXISTS;
  statement_->definitions.emplace_back().external = HasModifier("external");
}

void FactBuilder::CreateTable() { Create(StatementKind::kCreateTable); }

void FactBuilder::CreateView() {
  Create(StatementKind::kCreateView);
  statement_->writes.back().view = !HasModifier("materialized");
}

void FactBuilder::CreateLike() {
  statement_->writes.back().kind = WriteKind::kLike;
  AddRead(name_, ReadRole::kDefinition);
}

// What the tokens between the name and the query say about the table.
void FactBuilder::ReadDefinition() {
  if (!statement_->definitions.empty()) HarvestDefinition(script_, tokens_, details_, *statement_);
}

void FactBuilder::CreateFromQuery() {
  TableWrite& write = statement_->writes[static_cast<size_t>(target_.write)];
  write.kind = WriteKind::kCreate;
  if (!options_->columns) return;
  if (!statement_->definitions.empty()) {
    const uint32_t begin = static_cast<uint32_t>(scopes_.names.size());
    for (const std::string& column : statement_->definitions[0].columns)
      scopes_.names.push_back(scopes_.Keep(column));
    target_.columns = {begin, static_cast<uint32_t>(scopes_.names.size())};
  }
  Emit(target_, result_);
}

// A view needs a query, or a file format (Spark's temporary views over files).
void FactBuilder::EndCreate() {
  const TableWrite& write = statement_->writes[static_cast<size_t>(target_.write)];
  const bool bare_view = statement_->kind == StatementKind::kCreateView && write.kind != WriteKind::kCreate;
  if (bare_view && statement_->definitions[0].format.empty()) Fail("AS and a query");
  result_ = kNoResult;
}

void FactBuilder::Cache() {
  statement_->kind = StatementKind::kCache;
  target_ = {};
  if (At(stream_.position()).type < 0) {  // CACHE TABLE t: keeps what is there
    AddRead(name_, ReadRole::kData);
    return;
  }
  target_.write = AddWrite(name_, WriteKind::kCreate);
  statement_->writes.back().temporary = true;
}

// ------------------------------------------------------------------------------------------------ ALTER

void FactBuilder::BeginAlter() {
  head_ = Last();  // TABLE or VIEW
  statement_->kind = StatementKind::kAlter;
}

void FactBuilder::AlterTable() {
  target_ = {};
  target_.write = AddWrite(name_, WriteKind::kAlter);
  const bool materialized = head_ > 0 && TextIs(head_ - 1, "materialized");
  statement_->writes.back().view = At(head_).type == T::VIEW && !materialized;
}

void FactBuilder::RenameTo() {
  const bool view = statement_->writes.back().view;
  statement_->writes.back().kind = WriteKind::kGive;
  const Range from{statement_->writes.back().span.begin, statement_->writes.back().span.end};
  TableRead& read = statement_->reads.emplace_back();
  read.table = statement_->writes.back().table;
  read.span = {from.begin, from.end};
  AddWrite(name_, WriteKind::kReceive);
  statement_->writes.back().view = view;
}

// ALTER TABLE receiver EXCHANGE PARTITION (…) WITH TABLE giver
void FactBuilder::ExchangeWith() {
  statement_->writes.back().kind = WriteKind::kReceive;
  const std::vector<PartitionValue> partition = statement_->writes.back().partition;
  const int32_t read = AddRead(name_, ReadRole::kData);
  for (const PartitionValue& part : partition) {
    if (part.value)
      statement_->reads[static_cast<size_t>(read)].predicates.push_back({part.column, "=", {*part.value}});
  }
  AddWrite(name_, WriteKind::kGive);
  statement_->writes.back().partition = partition;
}

void FactBuilder::AlterViewQuery() {
  statement_->kind = StatementKind::kCreateView;
  statement_->writes.back().kind = WriteKind::kCreate;
  if (options_->columns) Emit(target_, result_);
}

// ADD PARTITION (…) LOCATION '…', DROP PARTITION (…), SET LOCATION '…', REBUILD
void FactBuilder::EndAlter() {
  result_ = kNoResult;
  if (details_.size() == 0) return;
  const bool adds = TextIs(details_.begin, "add");
  const bool drops = TextIs(details_.begin, "drop");
  const TableWrite table = statement_->writes[0];
  size_t partitions = 0;
  for (uint32_t i = details_.begin; i < details_.end; ++i) {
    const bool opens =
        At(i).type == T::PARTITION && At(i + 1).type == T::LPAREN && At(i + 1).link != kNoToken;
    if (opens && (adds || drops)) {
      if (partitions++ > 0) statement_->writes.push_back(table);
      TableWrite& write = statement_->writes.back();
      if (drops) write.kind = WriteKind::kDropPartition;
      write.partition = PartitionSpec({i + 2, At(i + 1).link});
    } else if (TextIs(i, "location") && At(i + 1).type == T::STRING) {
      AddPath(i + 1, adds ? PathUse::kRead : PathUse::kLocation, false);
      // Only a partition with a location brings rows.
      if (adds) statement_->writes.back().kind = WriteKind::kReceive;
    }
  }
  if (TextIs(details_.begin, "rebuild")) statement_->writes[0].kind = WriteKind::kOverwrite;
}

// ---------------------------------------------------------------------------------- DROP and maintenance

void FactBuilder::Drop() {
  statement_->kind = StatementKind::kDrop;
  bool view = false;
  bool materialized = false;
  for (uint32_t i = 0; i < name_.begin; ++i) {
    view |= At(i).type == T::VIEW;
    materialized |= TextIs(i, "materialized");
  }
  AddWrite(name_, WriteKind::kDrop);
  statement_->writes.back().view = view && !materialized;
}

void FactBuilder::Truncate() {
  statement_->kind = StatementKind::kTruncate;
  AddWrite(name_, WriteKind::kTruncate);
}

void FactBuilder::Analyze() {
  statement_->kind = StatementKind::kAnalyze;
  AddWrite(name_, WriteKind::kRefreshMetadata);
}

void FactBuilder::BeginMaintain() {
  statement_->kind = StatementKind::kAlter;
  head_ = Last();
  all_taken_ = true;
}

void FactBuilder::Maintain() { AddWrite(name_, WriteKind::kRefreshMetadata); }

// ------------------------------------------------------------------------------------------- the session

void FactBuilder::Use() {
  statement_->kind = StatementKind::kUse;
  statement_->effects.push_back({EffectKind::kUseDatabase, NameText(name_), ""});
}

// SET VAR x = (SELECT …), DECLARE x INT DEFAULT …
void FactBuilder::Declare() {
  statement_->kind = StatementKind::kSet;
  scopes_.BeginSelect(false);
  BeginClause(Clause::kArguments);
}

// The word and the text after it, as they stand.
void FactBuilder::Command() {
  statement_->kind = StatementKind::kCommand;
  const std::string word = Fold(Text(Last()));
  const std::string_view raw = Text(stream_.position());
  const auto trim = [](std::string_view text) {
    while (!text.empty() && IsSpaceByte(text.front())) text.remove_prefix(1);
    while (!text.empty() && IsSpaceByte(text.back())) text.remove_suffix(1);
    return text;
  };
  const std::string_view rest = trim(raw);
  if (word == "set") {
    statement_->kind = StatementKind::kSet;
    const size_t equals = rest.find('=');
    if (equals == std::string_view::npos) return;
    std::string name(trim(rest.substr(0, equals)));
    if (name.find(':') == std::string::npos) name = "hiveconf:" + name;
    statement_->effects.push_back(
        {EffectKind::kSetVariable, std::move(name), std::string(trim(rest.substr(equals + 1)))});
  } else if (word == "add") {
    statement_->kind = StatementKind::kResource;
    const size_t blank = std::min(rest.find_first_of(" \t\n"), rest.size());
    statement_->effects.push_back(
        {EffectKind::kAddResource, Fold(rest.substr(0, blank)), std::string(trim(rest.substr(blank)))});
  } else if (word == "source") {
    statement_->effects.push_back({EffectKind::kRunScript, "", std::string(rest)});
  } else if (word == "quit" || word == "exit") {
    statement_->effects.push_back({EffectKind::kQuit, "", ""});
  } else if (word == "!" || word == "dfs") {
    statement_->effects.push_back({EffectKind::kCommand, word, std::string(rest)});
  }
}

// SHOW, GRANT, CREATE FUNCTION …: nothing in it concerns lineage, but functions are the session's.
void FactBuilder::Other() {
  statement_->kind = StatementKind::kOther;
  all_taken_ = true;
  const uint32_t head = head_ = Last();
  if (TextIs(head, "call")) {
    notes_.push_back({DiagnosticCode::kDynamicName,
                      {At(head).begin, At(head).end},
                      "nothing here says what a procedure reads and writes: declare its lineage"});
  }
  if (TextIs(head, "execute") && TextIs(head + 1, "immediate")) {
    notes_.push_back({DiagnosticCode::kDynamicName,
                      {At(head).begin, At(head + 1).end},
                      "this statement is made when it runs: declare its lineage"});
  }
  const bool creates = At(head).type == T::CREATE_OTHER;
  if (!creates && !TextIs(head, "drop")) return;
  uint32_t i = head + 1;
  while (TextIs(i, "or") || TextIs(i, "replace") || TextIs(i, "temporary")) ++i;
  if (!TextIs(i, "function") && !TextIs(i, "macro")) return;
  ++i;
  if (At(i).type == T::IF_EXISTS) ++i;
  if (At(i).type != T::WORD) return;
  Range name{i, i + 1};
  while (At(name.end).type == T::DOT && At(name.end + 1).type == T::WORD) name.end += 2;
  statement_->kind = StatementKind::kFunction;
  const bool has_class = At(name.end).type == T::AS && At(name.end + 1).type == T::STRING;
  statement_->effects.push_back({creates ? EffectKind::kAddFunction : EffectKind::kDropFunction,
                                 NameText(name), has_class ? StringText(script_, At(name.end + 1)) : ""});
}

}  // namespace godwit::parser
