#include "sources/facts.h"

namespace godwit::sources {

const char* EngineName(Engine engine) {
  switch (engine) {
    case Engine::kHive: return "hive";
    case Engine::kSpark: return "spark";
    case Engine::kPresto: return "presto";
    case Engine::kImpala: return "impala";
  }
  return "";
}

const char* DiagnosticKindName(Diagnostic::Kind kind) {
  switch (kind) {
    case Diagnostic::Kind::kUnread: return "unread";
    case Diagnostic::Kind::kOpen: return "open";
    case Diagnostic::Kind::kNote: return "note";
  }
  return "";
}

}  // namespace godwit::sources
