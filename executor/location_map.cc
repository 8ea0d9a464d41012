#include "executor/location_map.h"

namespace godwit::executor {
namespace {

bool Holds(const std::string& folder, const std::string& location) {
  return location.starts_with(folder) &&
         (location.size() == folder.size() || folder.ends_with('/') || location[folder.size()] == '/');
}

}  // namespace

std::optional<std::string> MapLocation(const LocationMap& map, const std::string& location, Side receiver) {
  const std::string *from = nullptr, *to = nullptr;
  for (const auto& [source, target] : map) {
    const std::string& here = receiver == Side::kTarget ? source : target;
    if (!Holds(here, location) || (from != nullptr && here.size() <= from->size())) continue;
    from = &here;
    to = receiver == Side::kTarget ? &target : &source;
  }
  if (from == nullptr) return std::nullopt;
  return *to + location.substr(from->size());
}

}  // namespace godwit::executor
