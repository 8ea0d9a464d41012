#include "parser/diagnostic.h"

namespace godwit::parser {

const char* DiagnosticCodeName(DiagnosticCode code) {
  switch (code) {
    case DiagnosticCode::kSyntax: return "syntax";
    case DiagnosticCode::kUnterminated: return "unterminated";
    case DiagnosticCode::kTooDeep: return "too_deep";
    case DiagnosticCode::kTooLarge: return "too_large";
    case DiagnosticCode::kMissingSemicolon: return "missing_semicolon";
    case DiagnosticCode::kDynamicName: return "dynamic_name";
    case DiagnosticCode::kOtherDialect: return "other_dialect";
    case DiagnosticCode::kColumnsCut: return "columns_cut";
    case DiagnosticCode::kVariableTooLong: return "variable_too_long";
  }
  return "";
}

Severity SeverityOf(DiagnosticCode code) {
  switch (code) {
    case DiagnosticCode::kSyntax:
    case DiagnosticCode::kUnterminated:
    case DiagnosticCode::kTooDeep:
    case DiagnosticCode::kTooLarge:
    case DiagnosticCode::kDynamicName: return Severity::kError;
    case DiagnosticCode::kMissingSemicolon:
    case DiagnosticCode::kOtherDialect:
    case DiagnosticCode::kColumnsCut:
    case DiagnosticCode::kVariableTooLong: return Severity::kWarning;
  }
  return Severity::kError;
}

std::string FormatDiagnostic(const Diagnostic& diagnostic) {
  return std::to_string(diagnostic.place.line) + ":" + std::to_string(diagnostic.place.column) + ": " +
         DiagnosticCodeName(diagnostic.code) + ": " + diagnostic.message;
}

}  // namespace godwit::parser
