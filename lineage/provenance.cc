#include "lineage/provenance.h"

namespace godwit::lineage {

const char* ProvenanceName(Provenance provenance) {
  switch (provenance) {
    case Provenance::kParsed: return "parsed";
    case Provenance::kDeclared: return "declared";
    case Provenance::kScheduler: return "scheduler";
    case Provenance::kLog: return "log";
    case Provenance::kGuessed: return "guessed";
  }
  return "";
}

Provenance Provenances::Best() const {
  for (int i = 0; i < kProvenances; ++i) {
    if (Has(Provenance(i))) return Provenance(i);
  }
  return Provenance::kGuessed;
}

std::string Provenances::Text() const {
  std::string text;
  for (int i = 0; i < kProvenances; ++i) {
    if (Has(Provenance(i))) text += (text.empty() ? "" : "+") + std::string(ProvenanceName(Provenance(i)));
  }
  return text;
}

}  // namespace godwit::lineage
