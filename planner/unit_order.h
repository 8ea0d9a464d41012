// planner/unit_order.h — atoms to units in the order of movement: components that fit a unit are packed, what
// has to be cut is arranged.
#pragma once

#include "planner/arrange/arrange.h"
#include "planner/atoms.h"
#include "planner/cost.h"
#include "planner/request.h"

namespace godwit::planner {

// Reads from one atom to another, one entry each access, at the given shares of their bytes (by access;
// empty: all of them). Those that the request makes hard are.
std::vector<arrange::Read> AtomReads(const Workload& workload, const Atoms& atoms, const Request& request,
                                     const std::vector<double>& shares);

Placement PlaceAtoms(const Atoms& atoms, const arrange::Units& units);

// Entry `of` of the result is by atom. The same for the same arguments.
arrange::Units OrderAtoms(const Workload& workload, const Atoms& atoms, const Request& request,
                          int64_t unit_bytes_max);

}  // namespace godwit::planner
