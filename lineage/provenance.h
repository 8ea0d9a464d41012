// lineage/provenance.h — where a fact is known from.
#pragma once

#include <cstdint>
#include <string>

namespace godwit::lineage {

enum class Provenance : uint8_t { kParsed, kDeclared, kScheduler, kLog, kGuessed };
inline constexpr int kProvenances = 5;
const char* ProvenanceName(Provenance provenance);  // "parsed", …

// One or several of them.
class Provenances {
 public:
  Provenances() = default;
  Provenances(Provenance one) { Add(one); }  // NOLINT: implicit by design
  void Add(Provenance one) { bits_ |= Bit(one); }
  void Add(Provenances other) { bits_ |= other.bits_; }
  bool Has(Provenance one) const { return (bits_ & Bit(one)) != 0; }
  bool Only(Provenance one) const { return bits_ == Bit(one); }
  // The surest one, in the order of the enumeration.
  Provenance Best() const;
  std::string Text() const;  // "parsed+declared"
  bool operator==(const Provenances&) const = default;

 private:
  static uint8_t Bit(Provenance one) { return static_cast<uint8_t>(1u << static_cast<unsigned>(one)); }
  uint8_t bits_ = 0;
};

}  // namespace godwit::lineage
