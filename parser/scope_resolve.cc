// Which columns a reference means, and what stands behind them.
#include <algorithm>

#include "parser/scope.h"

namespace godwit::parser {
namespace {

// Sources of one statement's columns, counted with their multiplicity. Beyond it column lineage is cut, so
// that machine-written SQL cannot make it quadratic.
constexpr size_t kSourcesMax = 4'000'000;
// Steps of one statement's resolution, about half a second: what joins, stars and unions multiply is cut
// there.
constexpr uint64_t kStepsMax = 200'000'000;

bool IsRowUse(ColumnUse use) { return use != ColumnUse::kDirect && use != ColumnUse::kExpression; }

}  // namespace

// -------------------------------------------------------------------------------------------- sources

// Of what a reference brings in.
ColumnUse Scopes::UseHere(bool direct) const {
  return IsRowUse(use_) ? use_ : direct ? ColumnUse::kDirect : ColumnUse::kExpression;
}

uint32_t Scopes::Intern(int32_t read, Name name) {
  const uint32_t next = static_cast<uint32_t>(source_columns_.size());
  const uint32_t found = interned_.FindOrAdd(IndexKey(static_cast<uint32_t>(read), name.hash), next);
  if (found == next) {
    source_columns_.push_back({read, name});
    stamps_.push_back(0);
  }
  return found;
}

void Scopes::BeginSources() { ++stamp_; }

void Scopes::Append(uint32_t source_column, ColumnUse use) {
  if (stamps_[source_column] == stamp_) return;
  if (sources_.size() >= kSourcesMax) {
    cut_ = true;
    return;
  }
  stamps_[source_column] = stamp_;
  sources_.push_back({source_column, use});
}

bool Scopes::Spend(uint64_t steps) {
  steps_ += steps;
  if (steps_ > kStepsMax) cut_ = true;
  return !cut_;
}

// What stands behind a column of a result set, as used here.
void Scopes::AppendColumn(const ResultColumn& column, bool direct) {
  if (!Spend(column.sources.size())) return;
  for (uint32_t i = column.sources.begin; i < column.sources.end; ++i) {
    const Source source = sources_[i];
    const bool same = direct && source.use == ColumnUse::kDirect;
    Append(source.column, IsRowUse(use_) ? use_ : same ? ColumnUse::kDirect : ColumnUse::kExpression);
  }
}

// One column out of `*`.
void Scopes::AppendStar(const ResultColumn& star, Name name, bool direct) {
  const ColumnUse use = UseHere(direct);
  if (!Spend(star.sources.size())) return;
  for (uint32_t i = star.sources.begin; i < star.sources.end; ++i) {
    const SourceColumn behind = source_columns_[sources_[i].column];
    const bool all = behind.name.text == "*";
    // A union may have put single columns beside the star.
    Append(all ? Intern(behind.read, name) : sources_[i].column,
           all || IsRowUse(use_) ? use : ColumnUse::kExpression);
  }
}

void Scopes::AppendFrom(const Relation& relation, Name name, bool direct) {
  const ColumnUse use = UseHere(direct);
  if (relation.result == kNoResult) {
    if (relation.read >= 0) Append(Intern(relation.read, name), use);
    return;
  }
  const uint32_t found = FindColumn(relation.result, name);
  if (found != FlatIndex::kNone) return AppendColumn(columns_[found], direct);
  const ResultColumn* star = nullptr;
  const Range range = result(relation.result).columns;
  if (!HasStar(relation.result) || !Spend(range.size())) return;
  for (uint32_t i = range.begin; i < range.end; ++i) {
    if (!columns_[i].star) continue;
    if (star != nullptr) return Append(Intern(kUnresolved, name), use);  // from one of several tables
    star = &columns_[i];
  }
  if (star != nullptr) AppendStar(*star, name, direct);
}

void Scopes::AppendAll(ResultId id, bool direct) {
  const Range range = result(id).columns;
  if (!Spend(range.size())) return;
  for (uint32_t i = range.begin; i < range.end; ++i) AppendColumn(columns_[i], direct);
}

void Scopes::AppendRows(Range rows) {
  if (!Spend(rows.size())) return;
  for (uint32_t i = rows.begin; i < rows.end; ++i) {
    const Source source = sources_[i];
    Append(source.column, source.use);
  }
}

// ----------------------------------------------------------------------------------------- resolution

Range Scopes::RelationsOf(size_t level) const {
  const uint32_t end =
      level + 1 < selects_.size() ? selects_[level + 1].relations : static_cast<uint32_t>(relations_.size());
  return {selects_[level].relations, end};
}

uint32_t Scopes::FindColumn(ResultId id, Name name) {
  const Range range = result(id).columns;
  if (range.size() > kIndexedColumns) {
    const uint32_t found = column_index_.Find(IndexKey(static_cast<uint32_t>(id), name.hash));
    return found;
  }
  for (uint32_t i = range.begin; i < range.end; ++i) {
    if (columns_[i].name == name && !columns_[i].star) return i;
  }
  return FlatIndex::kNone;
}

// Whether the chain starts with the relation's name as written: db.t.column.
bool Scopes::NamesTable(const Reference& reference, const Relation& relation) const {
  const uint32_t parts = (relation.name.size() + 1) / 2;
  if (parts < 2 || reference.parts <= parts) return false;
  for (uint32_t i = 0; i < parts; ++i) {
    if ((*tokens_)[reference.token + 2 * i].hash != (*tokens_)[relation.name.begin + 2 * i].hash)
      return false;
  }
  return true;
}

// The relation that the chain's first names (`used` of them) stand for.
const Relation* Scopes::FindRelation(const Reference& reference, Name first, size_t level, uint16_t& used) {
  const Range range = RelationsOf(level);
  for (uint32_t i = range.begin; i < range.end; ++i) {
    const Relation& relation = relations_[i];
    if (relation.alias == first) {
      used = 1;
      return &relation;
    }
    if (reference.parts > 2 && NamesTable(reference, relation)) {
      used = static_cast<uint16_t>((relation.name.size() + 1) / 2);
      return &relation;
    }
  }
  return nullptr;
}

// What `x.*` or `db.t.*` means. `tab.*` although tab has an alias: nobody else can be meant.
const Relation* Scopes::FindStarRelation(const Reference& reference) {
  const Name first = NameOf(reference.token);
  const Range range = RelationsOf(selects_.size() - 1);
  if (!Spend(range.size())) return nullptr;
  const auto named = [&](const Relation& relation) {
    if (relation.name.size() < 2u * reference.parts - 1) return false;
    for (uint32_t i = 0; i < 2u * reference.parts; i += 2) {
      const uint32_t written = reference.token + 2u * reference.parts - 2 - i;
      if ((*tokens_)[written].hash != (*tokens_)[relation.name.end - 1 - i].hash) return false;
    }
    return true;
  };
  for (uint32_t i = range.begin; i < range.end && reference.parts == 1; ++i) {
    if (relations_[i].alias == first) return &relations_[i];
  }
  for (uint32_t i = range.begin; i < range.end; ++i) {
    if (named(relations_[i])) return &relations_[i];
  }
  return nullptr;
}

Scopes::Outcome Scopes::ResolveUnqualified(Name name, bool direct, size_t level) {
  const Range range = RelationsOf(level);
  const Select& select = selects_[level];
  const bool shared =
      select.natural || std::find(usings_.begin() + select.usings, usings_.end(), name) != usings_.end();
  const Relation* open = nullptr;
  size_t open_count = 0;
  bool found = false;
  for (uint32_t i = range.begin; i < range.end && (!found || shared); ++i) {
    const Relation& relation = relations_[i];
    if (relation.result == kNoResult || HasStar(relation.result)) {
      ++open_count;
      open = &relation;
    }
    if (relation.result == kNoResult) continue;
    const uint32_t column = FindColumn(relation.result, name);
    if (column == FlatIndex::kNone) continue;
    AppendColumn(columns_[column], direct);
    found = true;
  }
  if (shared && open_count > 0 && Spend(4 * range.size())) {
    for (uint32_t i = range.begin; i < range.end; ++i) AppendFrom(relations_[i], name, direct);
    return Outcome::kDone;
  }
  if (found) return Outcome::kDone;
  if (open_count == 0) return Outcome::kAbsent;
  if (open_count == 1) {
    AppendFrom(*open, name, direct);
  } else {
    Append(Intern(kUnresolved, name), UseHere(direct));
  }
  return Outcome::kDone;
}

// A column that the same select list names: SELECT a + b AS c, c * 2.
bool Scopes::ResolveAlias(Name name, bool direct) {
  for (; alias_indexed_ < columns_.size(); ++alias_indexed_) {
    alias_index_.FindOrAdd(IndexKey(serial_, columns_[alias_indexed_].name.hash), alias_indexed_);
  }
  const uint32_t found = alias_index_.Find(IndexKey(serial_, name.hash));
  if (found == FlatIndex::kNone || columns_[found].star || found < branch_columns_) return false;
  AppendColumn(columns_[found], direct);
  return true;
}

Scopes::Outcome Scopes::Resolve(const Reference& reference, Name first, bool direct) {
  for (size_t level = selects_.size(); level-- > 0;) {
    if (!Spend(1 + RelationsOf(level).size() + usings_.size())) return Outcome::kDone;
    if (level + 1 < selects_.size() && !selects_[level].has_from) return Outcome::kLater;
    uint16_t used = 0;
    if (reference.parts > 1) {
      if (const Relation* relation = FindRelation(reference, first, level, used)) {
        // A field of a struct column is the column.
        AppendFrom(*relation, NameOf(reference.token + 2u * used), direct && reference.parts == used + 1);
        return Outcome::kDone;
      }
    } else if (ResolveUnqualified(first, direct, level) == Outcome::kDone) {
      return Outcome::kDone;
    }
    if (!selects_[level].correlated) break;
  }
  // No relation of that name: a struct column, then.
  if (reference.parts > 1) return ResolveUnqualified(first, false, selects_.size() - 1);
  return Outcome::kAbsent;
}

// Of an item, or with use_ a row use.
void Scopes::ResolveReference(const Reference& reference, bool direct) {
  if (reference.query != kNoResult) {
    if (reference.parts > 0) AppendAll(reference.query, false);
    return;
  }
  const Name name = NameOf(reference.token);
  const bool alias_first =
      reference.parts == 1 && (reference.clause == Clause::kHaving || reference.clause == Clause::kOrder ||
                               reference.clause == Clause::kGroup);
  if (alias_first && ResolveAlias(name, direct)) return;
  switch (Resolve(reference, name, direct)) {
    case Outcome::kDone: return;
    case Outcome::kLater:
      deferred_.push_back(reference);
      if (!IsRowUse(use_)) deferred_.back().clause = selects_[selects_.size() - 2].clause;
      return;
    case Outcome::kAbsent: break;
  }
  if (ResolveAlias(name, direct)) return;
  const ColumnUse use = UseHere(direct);
  Append(Intern(kUnresolved, name), use);
}

SourceColumn Scopes::Locate(uint32_t token, uint16_t parts) {
  const uint32_t mark = static_cast<uint32_t>(sources_.size());
  const ColumnUse use = use_;
  use_ = ColumnUse::kDirect;
  BeginSources();
  const Name first = NameOf(token);
  const Outcome outcome = Resolve({token, parts, Clause::kItems, kNoResult}, first, true);
  use_ = use;
  SourceColumn located{kUnresolved, first};
  const bool one = sources_.size() == mark + 1 && sources_.back().use == ColumnUse::kDirect;
  if (outcome == Outcome::kDone && one) located = source_columns_[sources_.back().column];
  sources_.resize(mark);
  return located;
}

}  // namespace godwit::parser
