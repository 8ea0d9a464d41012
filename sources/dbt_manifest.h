// sources/dbt_manifest.h — dbt's target/manifest.json → a job for each model, snapshot and seed.
#pragma once

#include <string>
#include <string_view>

#include "base/result.h"
#include "sources/definition.h"

namespace godwit::sources {

bool LooksLikeDbtManifest(std::string_view text);

// Reads and writes are dbt's own; where the manifest has compiled SQL, it is read too. Errors: kInvalidInput.
Result<Definitions> ReadDbtManifest(const std::string& file, std::string_view text);

}  // namespace godwit::sources
