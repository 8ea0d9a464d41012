// planner/atoms.h — what can never be apart: a table and the jobs that write it (a writer left behind would
// write a stale copy), cycles, and what the user ties together. The order is an order of atoms.
#pragma once

#include <cstdint>
#include <vector>

#include "planner/arrange/graph.h"
#include "planner/terms.h"
#include "planner/workload.h"

namespace godwit::planner {

using arrange::Node;

inline constexpr Node kNoAtom = ~Node{0};

// Why an atom is more than one table with one writer.
enum AtomCause : uint8_t {
  kSharedWriter = 1,     // one job writes several of its tables, or several jobs write one
  kCycle = 2,            // each of its jobs feeds the others
  kTied = 4,             // by workflow or owner, on request
  kUnknownUpstream = 8,  // a writer could not be read, so what is known of its input stays with it
  kEdited = 16,          // by an edit
};

struct AtomRules {
  int64_t unit_bytes_max =
      0;                  // a larger table counts as half of this, so that small neighbours may ride with it
  std::vector<Tie> ties;  // each tied set only as long as it loads at most half a unit
  bool cut_at_unknown = false;                 // allow cuts above a table whose upstream is not wholly known
  std::vector<std::vector<TableId>> together;  // by edits
};

struct Atoms {
  Node count = 0;
  std::vector<Node> of_table;  // kNoAtom for a table that does not move
  std::vector<Node> of_job;
  std::vector<uint8_t> causes;  // AtomCause bits, by atom
  std::vector<double> bytes;    // by atom
  std::vector<double> load;     // bytes it takes of a unit, by atom
};

// O((tables + jobs + accesses) · ties).
Atoms MakeAtoms(const Workload& workload, const AtomRules& rules);

}  // namespace godwit::planner
