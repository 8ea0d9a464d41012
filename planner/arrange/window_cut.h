// planner/arrange/window_cut.h — improves an order by minimum cuts: exact where sifting is blind.
#pragma once

#include "planner/arrange/order.h"
#include "planner/arrange/random.h"

namespace godwit::planner::arrange {

// Every stretch of `window` neighbouring nodes in turn, each overlapping half of the one before: a set S of
// its nodes that is a cheapest split of the window, at the price of time at which moving none and moving all
// of it cost the same, is moved to its front; then the same inside S and inside the rest. This never makes
// the order dearer, and forbidden arcs stay kept.
//
// Why: the price of what crosses is a submodular function f of the moved set. If S minimises f(S) +
// λ·length(S), then for every set P that was moved at some time, f(P ∩ S) + f(P ∪ S) ≤ f(P) + f(S) with the
// same λ on both sides, so first all of S and then all of the rest is no dearer at any time; λ adds the same
// to every order. (Sidney 1975 for one machine; Fokkink, Lidbetter, Végh 2019 for submodular costs.) Returns
// whether anything moved.
bool CutWindows(const Graph& graph, uint32_t window, Random& random, Order& order);

}  // namespace godwit::planner::arrange
