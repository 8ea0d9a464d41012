// parser/diagnostic.h — what could not be read, and where. Never thrown; a script's diagnostics stand beside
// its facts.
#pragma once

#include <cstdint>
#include <string>

#include "parser/place.h"

namespace godwit::parser {

enum class DiagnosticCode : uint8_t {
  kSyntax,            // the statement does not parse; its facts are guesses
  kUnterminated,      // a string or comment that does not end
  kTooDeep,           // queries or parentheses nested beyond kQueryDepthMax
  kTooLarge,          // a script of 4 GB or more, or a statement beyond kStatementTokensMax
  kMissingSemicolon,  // the statement was read; so was the next, which starts on a line of its own
  kDynamicName,       // a table whose name is an expression: IDENTIFIER('a' || x), EXECUTE IMMEDIATE
  kOtherDialect,      // read, but neither Hive nor Spark takes it
  kColumnsCut,        // column lineage of the statement passed its limit and is incomplete
  kVariableTooLong,   // substitution passed its limit; the variable was left in place
};
const char* DiagnosticCodeName(DiagnosticCode code);  // "syntax", …

enum class Severity : uint8_t {
  kError,    // facts are missing or guessed
  kWarning,  // facts are there; someone should look at the text
};
Severity SeverityOf(DiagnosticCode code);

struct Diagnostic {
  DiagnosticCode code;
  Span span;              // of the offending text
  Place place;            // of its begin
  std::string message;    // what was found, and what was expected
  int32_t statement = 0;  // index in Script::statements of the statement it speaks of; -1: none
};

// "3:14: syntax: found `x`, expected FROM or end of statement"
std::string FormatDiagnostic(const Diagnostic& diagnostic);

}  // namespace godwit::parser
