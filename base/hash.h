// base/hash.h — digests: SHA-256 where tampering matters, XXH3 where only accidents do.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace godwit {

// 64 lower-case hexadecimal digits.
std::string Sha256Hex(std::string_view bytes);

// HMAC-SHA256 (RFC 2104) of `message` under `key`, 64 lower-case hexadecimal digits.
std::string HmacSha256Hex(std::string_view key, std::string_view message);

// 64-bit XXH3 of `bytes`; stable across machines and versions.
uint64_t Hash64(std::string_view bytes, uint64_t seed = 0);

// 16 lower-case hexadecimal digits.
std::string Hex64(uint64_t value);

// Digest of a byte stream that comes in pieces.
class StreamHash {
 public:
  StreamHash();
  ~StreamHash();
  StreamHash(const StreamHash&) = delete;
  StreamHash& operator=(const StreamHash&) = delete;
  void Add(std::string_view bytes);
  uint64_t Finish() const;

 private:
  void* state_;
};

}  // namespace godwit
