// cli/opened_world.h — the two sites of a configuration, opened: the only place that knows which kinds there
// are.
#pragma once

#include <memory>
#include <string>

#include "config/settings.h"
#include "executor/migration.h"
#include "executor/ports/site.h"

namespace godwit::cli {

class OpenedWorld {
 public:
  virtual ~OpenedWorld() = default;
  virtual executor::World& world() = 0;
};

// Errors: kInvalidInput — no sites in the configuration, or both are the same one; as the kind's.
Result<std::unique_ptr<OpenedWorld>> OpenWorld(const config::Settings& settings, const std::string& program);

// The executor's limits as the configuration has them. Where it names no locations, the sites' own are
// used.
executor::Policy PolicyOf(const config::Settings& settings);

}  // namespace godwit::cli
