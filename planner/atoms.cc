#include "planner/atoms.h"

#include <algorithm>
#include <numeric>

#include "planner/arrange/union_find.h"
#include "planner/strong_components.h"

namespace godwit::planner {
namespace {

using arrange::UnionFind;

// Tables and jobs as vertices: tables first.
class Vertices {
 public:
  explicit Vertices(const Workload& workload)
      : tables_(static_cast<uint32_t>(workload.tables.size())),
        jobs_(static_cast<uint32_t>(workload.jobs.size())) {}
  uint32_t Of(TableId table) const { return Index(table); }
  uint32_t Of(JobId job) const { return tables_ + Index(job); }
  uint32_t tables() const { return tables_; }
  uint32_t count() const { return tables_ + jobs_; }

 private:
  uint32_t tables_;
  uint32_t jobs_;
};

bool Moves(const Workload& workload, TableId table) {
  return workload.table(table).residence == Residence::kMoves;
}

double LoadOf(const Table& table, int64_t unit_bytes_max) {
  return table.bytes > unit_bytes_max ? unit_bytes_max / 2.0 : static_cast<double>(table.bytes);
}

// Joins what `rules` say, and remembers why.
class Joiner {
 public:
  Joiner(const Workload& workload, const AtomRules& rules)
      : workload_(workload),
        rules_(rules),
        vertices_(workload),
        sets_(vertices_.count()),
        causes_(vertices_.count(), 0) {}

  void JoinWriters() {
    std::vector<uint8_t> writes(workload_.jobs.size(), 0), written(workload_.tables.size(), 0);
    for (const Access& access : workload_.accesses) {
      if (access.kind != AccessKind::kWrite || !Moves(workload_, access.table)) continue;
      const uint32_t job = vertices_.Of(access.job), table = vertices_.Of(access.table);
      sets_.Join(job, table);
      uint8_t& of_job = writes[Index(access.job)];
      uint8_t& of_table = written[Index(access.table)];
      of_job = std::min(of_job + 1, 2);
      of_table = std::min(of_table + 1, 2);
      if (of_job == 2 || of_table == 2) causes_[job] |= kSharedWriter;
    }
  }

  // What reaches each other through reads becomes one set. Not only once: ties close new cycles.
  void JoinCycles() {
    const std::vector<uint32_t> set = sets_.Representatives();
    std::vector<std::pair<uint32_t, uint32_t>> arcs;
    arcs.reserve(workload_.accesses.size());
    for (const Access& access : workload_.accesses) {
      if (access.kind != AccessKind::kRead || !Moves(workload_, access.table)) continue;
      const uint32_t from = set[vertices_.Of(access.table)], to = set[vertices_.Of(access.job)];
      if (from != to) arcs.emplace_back(from, to);
    }
    const std::vector<uint32_t> component = StrongComponents(vertices_.count(), arcs);
    std::vector<uint32_t> first(vertices_.count(), ~0U);  // of a component
    for (uint32_t v = 0; v < vertices_.count(); ++v) {
      if (set[v] != v) continue;
      uint32_t& representative = first[component[v]];
      if (representative == ~0U) representative = v;
      if (sets_.Join(representative, v)) causes_[v] |= kCycle;
    }
  }

  // Where not all is known of what feeds a table, what is known stays with it.
  void JoinUnknownUpstream() {
    std::vector<bool> unread(workload_.jobs.size(), false);
    for (const Access& access : workload_.accesses) {
      const bool writes = access.kind == AccessKind::kWrite && Moves(workload_, access.table);
      if (writes && workload_.table(access.table).unknown_upstream) unread[Index(access.job)] = true;
    }
    for (const Access& access : workload_.accesses) {
      const bool reads = access.kind == AccessKind::kRead && Moves(workload_, access.table);
      if (!reads || !unread[Index(access.job)]) continue;
      if (sets_.Join(vertices_.Of(access.table), vertices_.Of(access.job))) {
        causes_[vertices_.Of(access.table)] |= kUnknownUpstream;
      }
    }
  }

  void JoinEdited() {
    for (const std::vector<TableId>& tables : rules_.together) {
      for (TableId table : tables) {
        if (!Moves(workload_, table) || !Moves(workload_, tables.front())) continue;
        if (sets_.Join(vertices_.Of(tables.front()), vertices_.Of(table)))
          causes_[vertices_.Of(table)] |= kEdited;
      }
    }
  }

  void JoinTied(Tie tie) {
    std::vector<double> load(vertices_.count(), 0);
    for (uint32_t t = 0; t < vertices_.tables(); ++t) {
      if (Moves(workload_, TableId{t}))
        load[sets_.Find(t)] += LoadOf(workload_.tables[t], rules_.unit_bytes_max);
    }
    std::vector<std::vector<uint32_t>> members(workload_.labels.size());
    for (uint32_t j = 0; j < workload_.jobs.size(); ++j) {
      members[Index(LabelOf(tie, JobId{j}))].push_back(vertices_.Of(JobId{j}));
    }
    if (tie == Tie::kGroup) {
      for (uint32_t t = 0; t < vertices_.tables(); ++t) {
        if (Moves(workload_, TableId{t})) members[Index(workload_.tables[t].group)].push_back(t);
      }
    }
    for (size_t label = 1; label < members.size(); ++label) {  // 0: not known
      JoinIfSmall(members[label], load);
    }
  }

  Atoms Take() {
    Atoms atoms;
    // A table that does not move is in no atom; a job is in one even if it touches nothing.
    std::vector<Node> number(vertices_.count(), kNoAtom);
    const auto atom_of = [&](uint32_t vertex) {
      Node& atom = number[sets_.Find(vertex)];
      if (atom == kNoAtom) atom = atoms.count++;
      return atom;
    };
    atoms.of_table.assign(workload_.tables.size(), kNoAtom);
    for (uint32_t t = 0; t < atoms.of_table.size(); ++t) {
      if (Moves(workload_, TableId{t})) atoms.of_table[t] = atom_of(t);
    }
    atoms.of_job.resize(workload_.jobs.size());
    for (uint32_t j = 0; j < atoms.of_job.size(); ++j) atoms.of_job[j] = atom_of(vertices_.Of(JobId{j}));
    Weigh(atoms);
    return atoms;
  }

 private:
  LabelId LabelOf(Tie tie, JobId job) const {
    switch (tie) {
      case Tie::kWorkflow: return workload_.job(job).workflow;
      case Tie::kOwner: return workload_.job(job).owner;
      case Tie::kGroup: return LabelId{};
    }
    return LabelId{};
  }

  void JoinIfSmall(const std::vector<uint32_t>& members, std::vector<double>& load) {
    std::vector<uint32_t> sets;
    for (uint32_t vertex : members) sets.push_back(sets_.Find(vertex));
    std::sort(sets.begin(), sets.end());
    sets.erase(std::unique(sets.begin(), sets.end()), sets.end());
    double sum = 0;
    for (uint32_t set : sets) sum += load[set];
    if (sets.size() < 2 || sum > rules_.unit_bytes_max / 2.0) return;
    for (uint32_t set : sets) {
      sets_.Join(sets.front(), set);
      causes_[set] |= kTied;
    }
    load[sets_.Find(sets.front())] = sum;
  }

  void Weigh(Atoms& atoms) {
    atoms.causes.assign(atoms.count, 0);
    atoms.bytes.assign(atoms.count, 0);
    atoms.load.assign(atoms.count, 0);
    for (uint32_t t = 0; t < atoms.of_table.size(); ++t) {
      const Node atom = atoms.of_table[t];
      if (atom == kNoAtom) continue;
      atoms.bytes[atom] += static_cast<double>(workload_.tables[t].bytes);
      atoms.load[atom] += LoadOf(workload_.tables[t], rules_.unit_bytes_max);
      atoms.causes[atom] |= causes_[t];
    }
    for (uint32_t j = 0; j < atoms.of_job.size(); ++j) {
      atoms.causes[atoms.of_job[j]] |= causes_[vertices_.Of(JobId{j})];
    }
  }

  const Workload& workload_;
  const AtomRules& rules_;
  const Vertices vertices_;
  UnionFind sets_;
  std::vector<uint8_t> causes_;
};

}  // namespace

Atoms MakeAtoms(const Workload& workload, const AtomRules& rules) {
  Joiner joiner(workload, rules);
  joiner.JoinWriters();
  joiner.JoinEdited();
  if (!rules.cut_at_unknown) joiner.JoinUnknownUpstream();
  joiner.JoinCycles();
  for (Tie tie : rules.ties) {
    joiner.JoinTied(tie);
    joiner.JoinCycles();
  }
  return joiner.Take();
}

}  // namespace godwit::planner
