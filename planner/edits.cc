#include "planner/edits.h"

#include <fmt/format.h>

#include <algorithm>
#include <queue>

namespace godwit::planner {
namespace {

using arrange::Read;

constexpr int kCascadeRoundsMax = 32;

using Neighbours = std::vector<std::vector<Node>>;  // by atom, over hard reads

// Everything that can be reached from `start`, without it, over atoms that `follow` admits.
template <typename Follow>
std::vector<Node> Reachable(const Neighbours& next, Node start, const Follow& follow) {
  std::vector<Node> found{start};
  std::vector<bool> seen(next.size(), false);
  seen[start] = true;
  for (size_t i = 0; i < found.size(); ++i) {
    for (Node other : next[found[i]]) {
      if (seen[other] || !follow(other)) continue;
      seen[other] = true;
      found.push_back(other);
    }
  }
  found.erase(found.begin());
  return found;
}

std::vector<UnitDraft> FirstDrafts(const arrange::Units& units) {
  std::vector<UnitDraft> drafts(units.count);
  for (Node atom = 0; atom < units.of.size(); ++atom) drafts[units.of[atom]].atoms.push_back(atom);
  return drafts;
}

// The drafts, in a legal order apart from pins, and where each atom is.
class Drafting {
 public:
  Drafting(const Atoms& atoms, const std::vector<Read>& reads, const arrange::Units& units)
      : drafts_(FirstDrafts(units)), draft_of_(units.of), upstream_(atoms.count), downstream_(atoms.count) {
    for (const Read& read : reads) {
      if (!read.hard) continue;
      upstream_[read.downstream].push_back(read.upstream);
      downstream_[read.upstream].push_back(read.downstream);
    }
  }

  // Makes `atom` a draft of its own where it stands: before it what it needs from its old draft, after it the
  // rest.
  void TakeOut(Node atom, std::optional<uint32_t> wave) {
    const uint32_t place = draft_of_[atom];
    const std::vector<Node> needed =
        Reachable(upstream_, atom, [&](Node other) { return draft_of_[other] == place; });
    Insert(place, UnitDraft{});
    Move(needed, place + 1, place);
    Insert(place + 1, UnitDraft{{}, wave, true, false});
    Move({atom}, place + 2, place + 1);
  }

  // Takes along what one pin forces to move to its wave, by the waves there are now. False if there was
  // nothing to do.
  Result<bool> Cascade(const std::vector<uint32_t>& waves) {
    for (uint32_t place = 0; place < drafts_.size(); ++place) {
      if (!drafts_[place].wave || drafts_[place].atoms.empty()) continue;
      const Node atom = drafts_[place].atoms.front();
      const uint32_t wave = waves[place];
      std::vector<Node> late = Reachable(upstream_, atom, [](Node) { return true; });
      std::erase_if(late, [&](Node other) { return waves[draft_of_[other]] <= wave; });
      std::vector<Node> early = Reachable(downstream_, atom, [](Node) { return true; });
      std::erase_if(early, [&](Node other) { return waves[draft_of_[other]] >= wave; });
      if (late.empty() && early.empty()) continue;
      GODWIT_TRY(CheckNotPinned(late, atom));
      GODWIT_TRY(CheckNotPinned(early, atom));
      // One side at a time: places shift.
      TakeAlong(late.empty() ? early : late, late.empty() ? place + 1 : place, *drafts_[place].wave);
      return true;
    }
    return false;
  }

  const std::vector<UnitDraft>& drafts() const { return drafts_; }

  void DropEmpty() {
    std::erase_if(drafts_, [](const UnitDraft& draft) { return draft.atoms.empty(); });
    Renumber();
  }

  // Sorts by wave; inside one as they stand, as far as hard reads allow.
  DraftOrder Sorted(const std::vector<uint32_t>& waves) && {
    std::vector<std::vector<uint32_t>> later(drafts_.size());
    std::vector<uint32_t> waits_for(drafts_.size(), 0);
    for (Node atom = 0; atom < draft_of_.size(); ++atom) {
      for (Node other : downstream_[atom]) {
        if (draft_of_[atom] == draft_of_[other]) continue;
        later[draft_of_[atom]].push_back(draft_of_[other]);
        ++waits_for[draft_of_[other]];
      }
    }
    using Entry = std::pair<uint32_t, uint32_t>;  // wave, place
    std::priority_queue<Entry, std::vector<Entry>, std::greater<>> ready;
    for (uint32_t place = 0; place < drafts_.size(); ++place) {
      if (waits_for[place] == 0) ready.emplace(waves[place], place);
    }
    DraftOrder order;
    while (!ready.empty()) {
      const auto [wave, place] = ready.top();
      ready.pop();
      order.units.push_back(std::move(drafts_[place]));
      order.waves.push_back(wave);
      for (uint32_t other : later[place]) {
        if (--waits_for[other] == 0) ready.emplace(waves[other], other);
      }
    }
    return order;
  }

 private:
  void Renumber() {
    for (uint32_t place = 0; place < drafts_.size(); ++place) {
      for (Node atom : drafts_[place].atoms) draft_of_[atom] = place;
    }
  }
  void Insert(uint32_t place, UnitDraft draft) {
    drafts_.insert(drafts_.begin() + place, std::move(draft));
    Renumber();
  }
  void Move(const std::vector<Node>& atoms, uint32_t from, uint32_t to) {
    std::erase_if(drafts_[from].atoms,
                  [&](Node atom) { return std::ranges::find(atoms, atom) != atoms.end(); });
    drafts_[to].atoms.insert(drafts_[to].atoms.end(), atoms.begin(), atoms.end());
    std::ranges::sort(drafts_[to].atoms);
    for (Node atom : atoms) draft_of_[atom] = to;
  }
  // Makes drafts of `atoms` at `place`, one for those of each draft they were in.
  void TakeAlong(std::vector<Node> atoms, uint32_t place, uint32_t wave) {
    std::ranges::stable_sort(atoms, {}, [&](Node atom) { return draft_of_[atom]; });
    for (size_t i = 0; i < atoms.size();) {
      const uint32_t from = draft_of_[atoms[i]];
      std::vector<Node> same;
      for (; i < atoms.size() && draft_of_[atoms[i]] == from; ++i) same.push_back(atoms[i]);
      Insert(place, UnitDraft{{}, wave, false, true});
      Move(same, from >= place ? from + 1 : from, place);
      ++place;
    }
  }
  Status CheckNotPinned(const std::vector<Node>& atoms, Node by) const {
    for (Node atom : atoms) {
      const UnitDraft& draft = drafts_[draft_of_[atom]];
      if (!draft.edited || !draft.wave) continue;
      return InvalidInput(
          fmt::format("the pins to waves {} and {} contradict each other: a hard read links them; "
                      "change one of them",
                      *drafts_[draft_of_[by]].wave + 1, *draft.wave + 1));
    }
    return Ok();
  }

  std::vector<UnitDraft> drafts_;
  std::vector<uint32_t> draft_of_;
  Neighbours upstream_;
  Neighbours downstream_;
};

Result<Node> AtomOf(const Edit& edit, const Atoms& atoms) {
  for (TableId table : edit.tables) {
    if (atoms.of_table[Index(table)] == kNoAtom) {
      return InvalidInput(
          fmt::format("an edit names table {}, which does not move: take it out of the edit", Index(table)));
    }
  }
  if (edit.tables.empty()) return InvalidInput("an edit names no table");
  return atoms.of_table[Index(edit.tables.front())];
}

}  // namespace

Result<DraftOrder> ApplyEdits(const std::vector<Edit>& edits, const Atoms& atoms,
                              const std::vector<Read>& reads, const arrange::Units& units,
                              const WaveRules& rules, int64_t total_bytes, const DraftLoad& load) {
  const auto waves_of = [&](const std::vector<UnitDraft>& drafts) {
    std::vector<WaveLoad> loads;
    for (const UnitDraft& draft : drafts) {
      loads.push_back(load(draft));
      loads.back().wave = draft.wave;
    }
    return GroupIntoWaves(loads, rules, total_bytes);
  };
  if (edits.empty()) {
    DraftOrder order{FirstDrafts(units), {}};
    order.waves = waves_of(order.units);
    return order;
  }
  Drafting drafting(atoms, reads, units);
  for (const Edit& edit : edits) {
    GODWIT_TRY_ASSIGN(const Node atom, AtomOf(edit, atoms));
    if (edit.kind == EditKind::kMerge) continue;  // the atom is all there is to it
    drafting.TakeOut(atom, edit.kind == EditKind::kPin ? std::optional(edit.wave) : std::nullopt);
  }
  drafting.DropEmpty();
  for (int round = 0; round < kCascadeRoundsMax; ++round) {
    GODWIT_TRY_ASSIGN(const bool changed, drafting.Cascade(waves_of(drafting.drafts())));
    drafting.DropEmpty();
    if (!changed) return std::move(drafting).Sorted(waves_of(drafting.drafts()));
  }
  return InvalidInput("the pins move each other's upstream without end: use fewer of them");
}

}  // namespace godwit::planner
