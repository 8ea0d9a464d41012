#include "parser/scope.h"

#include <algorithm>

#include "SqlParser.h"
#include "parser/keywords.h"
#include "parser/letters.h"

namespace godwit::parser {
namespace {

using T = SqlParser;

// References looked at for the arguments of one statement's functions; calls may nest, so this could be
// quadratic.
constexpr uint32_t kFunctionReferencesMax = 200'000;
constexpr size_t kColumnsMax = 2'000'000;  // of one statement's result sets that stars and unions may make

ColumnUse UseOf(Clause clause) {
  switch (clause) {
    case Clause::kJoin: return ColumnUse::kJoin;
    case Clause::kGroup: return ColumnUse::kGroup;
    default: return ColumnUse::kFilter;
  }
}

}  // namespace

void Scopes::Start(std::string_view script, Dialect dialect, const TokenBuffer& tokens) {
  script_ = script;
  dialect_ = dialect;
  tokens_ = &tokens;
  kept_.clear();
  selects_.clear();
  relations_.clear();
  references_.clear();
  items_.clear();
  usings_.clear();
  functions_.clear();
  windows_.clear();
  names.clear();
  results_.clear();
  columns_.clear();
  sources_.clear();
  source_columns_.clear();
  stamps_.clear();
  stamp_ = 0;
  interned_.Clear();
  column_index_.Clear();
  alias_index_.Clear();
  cut_ = false;
  functions_budget_ = kFunctionReferencesMax;
  steps_ = 0;
}

// ---------------------------------------------------------------------------------------------- names

Name Scopes::NameOf(uint32_t token) {
  const Token& word = (*tokens_)[token];
  if (word.Has(kFolded)) return {word.Text(script_), word.hash};
  return {Keep(Fold(word.Text(script_))).text, word.hash};
}

Name Scopes::Keep(std::string text) {
  kept_.push_back(std::move(text));
  return {kept_.back(), HashWord(kept_.back())};
}

// ------------------------------------------------------------------------------------------- finishing

void Scopes::BeginSelect(bool correlated) {
  Select select;
  select.items = static_cast<uint32_t>(items_.size());
  select.references = static_cast<uint32_t>(references_.size());
  select.functions = static_cast<uint32_t>(functions_.size());
  select.usings = static_cast<uint32_t>(usings_.size());
  select.windows = static_cast<uint32_t>(windows_.size());
  select.relations = static_cast<uint32_t>(relations_.size());
  select.correlated = correlated && !selects_.empty();
  selects_.push_back(select);
}

void Scopes::EndSelect() {
  const Select& select = selects_.back();
  relations_.resize(select.relations);
  usings_.resize(select.usings);
  windows_.resize(select.windows);
  selects_.pop_back();
}

void Scopes::MergeItems(Range list) {
  const Select& select = selects_.back();
  if (items_.size() == select.items) return;
  Item merged = items_[select.items];
  merged.shape = ItemShape::kExpression;
  merged.references.end = items_.back().references.end;
  merged.tokens.end = items_.back().tokens.end;
  merged.alias = {};
  merged.aliases = list;
  items_.resize(select.items);
  items_.push_back(merged);
}

bool Scopes::IsChain(uint32_t index, Range tokens) const {
  const Reference& reference = references_[index];
  return reference.query == kNoResult && reference.token == tokens.begin &&
         tokens.size() == 2u * reference.parts - 1;
}

PendingFunction* Scopes::LastFunctionAtDepth(uint16_t depth) {
  for (size_t i = functions_.size(); i-- > selects_.back().functions;) {
    const Token& open = (*tokens_)[functions_[i].open];
    if (open.depth == depth) return &functions_[i];
    if (open.depth < depth) return nullptr;
  }
  return nullptr;
}

ResultColumn& Scopes::AddColumn(Name name) {
  columns_.push_back(
      {name, {static_cast<uint32_t>(sources_.size()), static_cast<uint32_t>(sources_.size())}, false});
  return columns_.back();
}

ResultId Scopes::AddResult(uint32_t first_column, Range rows) {
  const ResultId id = static_cast<ResultId>(results_.size());
  const uint32_t end = static_cast<uint32_t>(columns_.size());
  results_.push_back({{first_column, end}, rows, false});
  for (uint32_t i = first_column; i < end; ++i) results_.back().star |= columns_[i].star;
  if (end - first_column > kIndexedColumns) {
    for (uint32_t i = first_column; i < end; ++i) {
      if (!columns_[i].star)
        column_index_.FindOrAdd(IndexKey(static_cast<uint32_t>(id), columns_[i].name.hash), i);
    }
  }
  return id;
}

ResultId Scopes::FinishBranch(Statement& statement) {
  Select& select = selects_.back();
  deferred_.clear();
  branch_columns_ = alias_indexed_ = static_cast<uint32_t>(columns_.size());
  ++serial_;
  select.has_from = true;
  use_ = ColumnUse::kDirect;
  for (uint32_t i = select.items; i < items_.size(); ++i) AddItemColumns(items_[i], i - select.items);
  const uint32_t first_column = branch_columns_;
  const uint32_t rows = static_cast<uint32_t>(sources_.size());
  AddRowSources(select);
  const ResultId id = AddResult(first_column, {rows, static_cast<uint32_t>(sources_.size())});
  const size_t deferred = deferred_.size();
  ResolveFunctions(select, statement);
  deferred_.resize(deferred);
  items_.resize(select.items);
  references_.resize(select.references);
  functions_.resize(select.functions);
  if (selects_.size() > 1) {
    // They belong to a select around this one, whose FROM is still to come.
    references_.insert(references_.end(), deferred_.begin(), deferred_.end());
  }
  return id;
}

void Scopes::AddItemColumns(const Item& item, uint32_t position) {
  const Range range = RelationsOf(selects_.size() - 1);
  if (item.shape == ItemShape::kStar) {
    const uint32_t first = range.begin + selects_.back().targets;
    for (uint32_t i = first; i < range.end; ++i) AddStarColumns(relations_[i], i > first);
    return;
  }
  const Reference* reference = item.references.size() > 0 ? &references_[item.references.begin] : nullptr;
  if (item.shape == ItemShape::kQualifiedStar) {
    const Relation* relation = FindStarRelation(*reference);
    if (relation != nullptr) return AddStarColumns(*relation, false);
    AddColumn(NameOf(reference->token)).star = true;
    BeginSources();
    ResolveReference(*reference, true);
    columns_.back().sources.end = static_cast<uint32_t>(sources_.size());
    return;
  }
  const bool direct = item.shape == ItemShape::kColumn;
  const uint32_t begin = static_cast<uint32_t>(sources_.size());
  BeginSources();
  for (uint32_t i = item.references.begin; i < item.references.end; ++i) {
    // A condition of a nested query may have come here from inside it.
    if (references_[i].clause == Clause::kItems) ResolveReference(references_[i], direct);
  }
  if (item.window != kNoToken) {
    const uint32_t open = WindowOpening(item.window);
    const bool affordable = Spend(windows_.size() + references_.size() - item.references.end);
    for (uint32_t i = item.references.end; affordable && open != kNoToken && i < references_.size(); ++i) {
      const bool inside = references_[i].token > open && references_[i].token < (*tokens_)[open].link;
      if (inside) ResolveReference(references_[i], false);
    }
  }
  const uint32_t end = static_cast<uint32_t>(sources_.size());
  const auto add = [&](Name name) { columns_.push_back({name, {begin, end}, false}); };
  if (item.aliases.size() > 0) {
    for (uint32_t i = item.aliases.begin; i < item.aliases.end; ++i) add(names[i]);
  } else if (!item.alias.empty()) {
    add(item.alias);
  } else if (direct) {
    add(NameOf(reference->token + 2u * (reference->parts - 1)));
  } else if (dialect_ == Dialect::kHive) {
    add(Keep("_c" + std::to_string(position)));
  } else {
    const uint32_t last = std::max(item.tokens.end, item.tokens.begin + 1) - 1;
    const uint32_t from = (*tokens_)[item.tokens.begin].begin;
    add({script_.substr(from, (*tokens_)[last].end - from), 0});
  }
}

void Scopes::AddStarColumns(const Relation& relation, bool skip_usings) {
  if (relation.result == kNoResult) {
    ResultColumn& star = AddColumn({"*", 0});
    star.star = true;
    BeginSources();
    if (relation.read >= 0) Append(Intern(relation.read, {"*", HashWord("*")}), ColumnUse::kDirect);
    star.sources.end = static_cast<uint32_t>(sources_.size());
    return;
  }
  const auto used = [&](Name name) {
    return std::find(usings_.begin() + selects_.back().usings, usings_.end(), name) != usings_.end();
  };
  const Range range = result(relation.result).columns;
  if (columns_.size() + range.size() > kColumnsMax) cut_ = true;
  if (!Spend(range.size() * (1 + usings_.size()))) return;
  for (uint32_t i = range.begin; i < range.end; ++i) {
    if (skip_usings && used(columns_[i].name)) continue;
    const ResultColumn column = columns_[i];
    columns_.push_back(column);
  }
}

// Sources that decide which rows the select has: its own conditions, and those of what it selects from.
void Scopes::AddRowSources(const Select& select) {
  BeginSources();
  for (uint32_t i = select.references; i < references_.size(); ++i) {
    const Reference& reference = references_[i];
    if (reference.query != kNoResult) AppendRows(result(reference.query).rows);
    const bool ranks = reference.clause == Clause::kOrder && select.limited;
    const bool decides = reference.clause == Clause::kWhere || reference.clause == Clause::kHaving ||
                         reference.clause == Clause::kJoin || reference.clause == Clause::kGroup ||
                         reference.clause == Clause::kMatched;
    if (!ranks && !decides) continue;
    use_ = UseOf(reference.clause);
    ResolveReference(reference, false);
  }
  use_ = ColumnUse::kDirect;
  const Range range = RelationsOf(selects_.size() - 1);
  if (!Spend(range.size())) return;
  for (uint32_t i = range.begin; i < range.end; ++i) {
    if (relations_[i].result != kNoResult) AppendRows(result(relations_[i].result).rows);
  }
}

ResultId Scopes::FinishArguments(uint32_t begin, const std::vector<Name>& columns) {
  const uint32_t first_column = static_cast<uint32_t>(columns_.size());
  const uint32_t first = static_cast<uint32_t>(sources_.size());
  branch_columns_ = alias_indexed_ = first_column;
  ++serial_;
  BeginSources();
  use_ = ColumnUse::kDirect;
  for (uint32_t i = begin; i < references_.size(); ++i) ResolveReference(references_[i], false);
  references_.resize(begin);
  const uint32_t end = static_cast<uint32_t>(sources_.size());
  for (const Name& name : columns) columns_.push_back({name, {first, end}, false});
  return AddResult(first_column, {end, end});
}

// ---------------------------------------------------------------------------------------- result sets

ResultId Scopes::AddTable(int32_t read, const std::vector<std::string>& columns) {
  const uint32_t first_column = static_cast<uint32_t>(columns_.size());
  for (const std::string& column : columns) {
    ResultColumn& added = AddColumn(Keep(column));
    BeginSources();
    Append(Intern(read, added.name), ColumnUse::kDirect);
    columns_.back().sources.end = static_cast<uint32_t>(sources_.size());
  }
  return AddResult(first_column, {});
}

ResultId Scopes::AddColumns(const std::vector<Name>& columns) {
  const uint32_t first_column = static_cast<uint32_t>(columns_.size());
  for (const Name& column : columns) AddColumn(column);
  return AddResult(first_column, {});
}

ResultId Scopes::Rename(ResultId id, const Relation& relation, Range list) {
  const uint32_t first_column = static_cast<uint32_t>(columns_.size());
  const Range range = id == kNoResult ? Range{} : result(id).columns;
  const Range rows = id == kNoResult ? Range{} : result(id).rows;
  const bool positional = id != kNoResult && !HasStar(id);
  for (uint32_t i = 0; i < list.size(); ++i) {
    ResultColumn column{names[list.begin + i], {}, false};
    if (positional && i < range.size()) {
      column.sources = columns_[range.begin + i].sources;
    } else if (!positional) {
      // Some column of the table, we cannot say which.
      column.sources.begin = static_cast<uint32_t>(sources_.size());
      BeginSources();
      if (relation.read >= 0) Append(Intern(relation.read, {"*", HashWord("*")}), ColumnUse::kExpression);
      for (uint32_t k = range.begin; k < range.end; ++k) AppendColumn(columns_[k], false);
      column.sources.end = static_cast<uint32_t>(sources_.size());
    }
    columns_.push_back(column);
  }
  return AddResult(first_column, rows);
}

ResultId Scopes::Pivot(uint32_t index, Range list, Range from, uint32_t begin) {
  const uint32_t first = static_cast<uint32_t>(sources_.size());
  BeginSources();
  use_ = ColumnUse::kDirect;
  for (uint32_t i = begin; i < references_.size(); ++i) {
    if (references_[i].token >= from.begin && references_[i].token < from.end)
      ResolveReference(references_[i], false);
  }
  references_.resize(begin);
  const uint32_t end = static_cast<uint32_t>(sources_.size());
  const uint32_t first_column = static_cast<uint32_t>(columns_.size());
  for (uint32_t i = list.begin; i < list.end; ++i) columns_.push_back({names[i], {first, end}, false});
  const Relation relation = relations_[index];
  AddStarColumns(relation, false);
  return AddResult(first_column, relation.result == kNoResult ? Range{} : result(relation.result).rows);
}

ResultId Scopes::Spread(ResultId id, Range list) {
  const uint32_t first_column = static_cast<uint32_t>(columns_.size());
  const uint32_t begin = static_cast<uint32_t>(sources_.size());
  BeginSources();
  use_ = ColumnUse::kDirect;
  if (id != kNoResult) AppendAll(id, false);
  const uint32_t end = static_cast<uint32_t>(sources_.size());
  for (uint32_t i = list.begin; i < list.end; ++i) columns_.push_back({names[i], {begin, end}, false});
  return AddResult(first_column, {});
}

ResultId Scopes::Group(uint32_t first_relation) {
  const uint32_t first_column = static_cast<uint32_t>(columns_.size());
  for (uint32_t i = first_relation; i < relations_.size(); ++i)
    AddStarColumns(relations_[i], i > first_relation);
  const uint32_t rows = static_cast<uint32_t>(sources_.size());
  BeginSources();
  for (uint32_t i = first_relation; i < relations_.size(); ++i) {
    if (relations_[i].result != kNoResult) AppendRows(result(relations_[i].result).rows);
  }
  return AddResult(first_column, {rows, static_cast<uint32_t>(sources_.size())});
}

ResultId Scopes::Union(const ResultId* results, size_t count) {
  if (count == 0) return kNoResult;
  if (count == 1) return results[0];
  const uint32_t first_column = static_cast<uint32_t>(columns_.size());
  const Range first = result(results[0]).columns;
  uint32_t width = first.size();
  for (size_t k = 1; k < count; ++k) width = std::max(width, result(results[k]).columns.size());
  if (columns_.size() + width > kColumnsMax) cut_ = true;
  for (uint32_t i = 0; i < width && Spend(count); ++i) {
    ResultColumn merged{{}, {static_cast<uint32_t>(sources_.size()), 0}, false};
    BeginSources();
    for (size_t k = 0; k < count; ++k) {
      const Range range = result(results[k]).columns;
      if (i >= range.size()) continue;
      const ResultColumn& column = columns_[range.begin + i];
      if (merged.name.empty()) merged.name = column.name;
      merged.star |= column.star;
      use_ = ColumnUse::kDirect;
      AppendColumn(column, true);
    }
    merged.sources.end = static_cast<uint32_t>(sources_.size());
    columns_.push_back(merged);
  }
  const uint32_t rows = static_cast<uint32_t>(sources_.size());
  BeginSources();
  for (size_t k = 0; k < count; ++k) AppendRows(result(results[k]).rows);
  return AddResult(first_column, {rows, static_cast<uint32_t>(sources_.size())});
}

// ------------------------------------------------------------------------------------------- functions

// Whether the reference is all of an argument or of an ORDER BY's element.
bool Scopes::IsElement(const Reference& reference, Range range) const {
  const uint32_t end = reference.token + 2u * reference.parts - 1;
  const auto type = [&](uint32_t token) { return (*tokens_)[token].type; };
  const bool begins = reference.token == range.begin || type(reference.token - 1) == T::COMMA ||
                      type(reference.token - 1) == T::BY || type(reference.token - 1) == T::QUANTIFIER;
  return begins && (end >= range.end || type(end) == T::COMMA || type(end) == T::WORD);
}

// Columns referred to between two tokens. References stand in the order of their tokens.
void Scopes::CopySources(Range range, const Select& select, std::vector<ColumnSource>& into) {
  const auto before = [](const Reference& reference, uint32_t token) { return reference.token < token; };
  const auto begin =
      std::lower_bound(references_.begin() + select.references, references_.end(), range.begin, before);
  const uint32_t mark = static_cast<uint32_t>(sources_.size());
  BeginSources();
  for (auto i = begin; i != references_.end() && i->token < range.end && functions_budget_ > 0; ++i) {
    --functions_budget_;
    if (i->query == kNoResult) ResolveReference(*i, IsElement(*i, range));
  }
  for (uint32_t i = mark; i < sources_.size(); ++i) {
    const SourceColumn& column = source_columns_[sources_[i].column];
    into.push_back({column.read, std::string(column.name.text), sources_[i].use});
  }
  sources_.resize(mark);
}

// The parenthesis of the window that the token opens or names.
uint32_t Scopes::WindowOpening(uint32_t token) {
  if ((*tokens_)[token].type != T::WORD) return token;
  if (!Spend(windows_.size())) return kNoToken;
  for (size_t i = windows_.size(); i-- > selects_.back().windows;) {
    if (windows_[i].name_hash == (*tokens_)[token].hash) return windows_[i].open;
  }
  return kNoToken;
}

void Scopes::ResolveFunctions(const Select& select, Statement& statement) {
  for (uint32_t i = select.functions; i < functions_.size(); ++i) {
    const PendingFunction& pending = functions_[i];
    FunctionUse& function = statement.functions[pending.function];
    const uint32_t close = (*tokens_)[pending.open].link;
    if (close != kNoToken) CopySources({pending.open + 1, close}, select, function.arguments);
    if (pending.over == kNoToken) continue;
    const uint32_t open = WindowOpening(pending.over);
    function.window = WindowUse::kUnordered;
    if (open == kNoToken || (*tokens_)[open].link == kNoToken) continue;
    const uint32_t end = (*tokens_)[open].link;
    uint32_t order = open;
    while (order < end && (*tokens_)[order].type != T::ORDER && (*tokens_)[order].type != T::SORT) ++order;
    CopySources({open + 1, order}, select, function.partition_by);
    if (order == end) continue;
    function.window = WindowUse::kOrdered;
    CopySources({order, end}, select, function.order_by);
  }
}

}  // namespace godwit::parser
