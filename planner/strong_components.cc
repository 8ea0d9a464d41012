#include "planner/strong_components.h"

#include <boost/graph/compressed_sparse_row_graph.hpp>
#include <boost/graph/strong_components.hpp>

namespace godwit::planner {

std::vector<uint32_t> StrongComponents(uint32_t vertices,
                                       const std::vector<std::pair<uint32_t, uint32_t>>& arcs) {
  using Digraph = boost::compressed_sparse_row_graph<boost::directedS, boost::no_property, boost::no_property,
                                                     boost::no_property, uint32_t, uint32_t>;
  const Digraph graph(boost::edges_are_unsorted_multi_pass, arcs.begin(), arcs.end(), vertices);
  std::vector<uint32_t> component(vertices);
  if (vertices > 0) {
    boost::strong_components(
        graph, boost::make_iterator_property_map(component.begin(), boost::get(boost::vertex_index, graph)));
  }
  return component;
}

}  // namespace godwit::planner
