#include "config/secret.h"

#include <fmt/format.h>

#include <cstdlib>
#include <fstream>
#include <iterator>

namespace godwit::config {

Result<SecretPlace> ParseSecretPlace(std::string_view text) {
  using Kind = SecretPlace::Kind;
  if (text.starts_with("env:") && text.size() > 4)
    return SecretPlace{Kind::kEnvironment, std::string(text.substr(4))};
  if (text.starts_with("file:") && text.size() > 5)
    return SecretPlace{Kind::kFile, std::string(text.substr(5))};
  return InvalidInput("a secret is given as env:NAME or file:PATH, never as itself");
}

Result<std::string> ReadSecret(const SecretPlace& place) {
  std::string secret;
  if (place.kind == SecretPlace::Kind::kEnvironment) {
    const char* value = std::getenv(place.name.c_str());
    if (value == nullptr) return InvalidInput(fmt::format("the environment has no {}: set it", place.name));
    secret = value;
  } else {
    std::ifstream stream(place.name, std::ios::binary);
    if (!stream) return InvalidInput(fmt::format("cannot read the secret file {}", place.name));
    secret.assign(std::istreambuf_iterator<char>(stream), {});
    while (secret.ends_with('\n') || secret.ends_with('\r')) secret.pop_back();
  }
  if (secret.empty()) return InvalidInput(fmt::format("the secret in {} is empty", place.name));
  return secret;
}

}  // namespace godwit::config
