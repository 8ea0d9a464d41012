// config/secret.h — where a secret comes from. The configuration holds only the place; the value is read at
// the moment of use and never printed, journaled or reported.
#pragma once

#include <string>
#include <string_view>

#include "base/result.h"

namespace godwit::config {

struct SecretPlace {
  enum class Kind { kEnvironment, kFile };
  Kind kind = Kind::kEnvironment;
  std::string name;  // of the variable, or the file's path
};

// "env:NAME" or "file:PATH". Errors: kInvalidInput for another form; the text itself is not repeated, it may
// be a secret written in the wrong place.
Result<SecretPlace> ParseSecretPlace(std::string_view text);

// The secret; a file's ending newline is not part of it. Errors: kInvalidInput if it is not there or empty.
Result<std::string> ReadSecret(const SecretPlace& place);

}  // namespace godwit::config
