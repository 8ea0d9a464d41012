// parser/definition.h — what CREATE TABLE or VIEW says about the thing itself, from the tokens between its
// name and its query.
#pragma once

#include <string_view>

#include "parser/scope.h"
#include "parser/statement.h"
#include "parser/token.h"

namespace godwit::parser {

// Fills the statement's definition and adds LOCATION to its paths.
void HarvestDefinition(std::string_view script, const TokenBuffer& tokens, Range range, Statement& statement);

}  // namespace godwit::parser
