// executor/location_map.h — where data of one site comes to lie at the other.
#pragma once

#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "executor/ports/site.h"

namespace godwit::executor {

// Folders of the source and of the target, in pairs.
using LocationMap = std::vector<std::pair<std::string, std::string>>;

// The longest folder that holds `location` is replaced: `/warehouse` holds `/warehouse/ods`, but not
// `/warehouse2`. None: it lies outside all of them.
std::optional<std::string> MapLocation(const LocationMap& map, const std::string& location, Side receiver);

}  // namespace godwit::executor
