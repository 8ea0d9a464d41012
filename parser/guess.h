// parser/guess.h — what the tokens of a statement that does not parse still tell about its tables.
#pragma once

#include <string_view>

#include "parser/scope.h"
#include "parser/statement.h"
#include "parser/token.h"

namespace godwit::parser {

// Fills `statement` (kind kUnread, certainty kGuessed): names after FROM, JOIN and USING are reads, names
// after INSERT INTO, CREATE TABLE and their kin are writes; names of common table expressions are neither.
// O(tokens).
void GuessFacts(std::string_view script, const TokenBuffer& tokens, Range range, Statement& statement);

}  // namespace godwit::parser
