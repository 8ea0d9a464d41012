// parser/predicates.h — comparisons with literals that a condition requires: they may pin partitions.
#pragma once

#include <functional>
#include <string_view>

#include "parser/scope.h"
#include "parser/statement.h"
#include "parser/token.h"

namespace godwit::parser {

// Calls `found` for each conjunct of the condition in `range` that compares a column (`parts` names from
// `token` on) with literals. `predicate.column` is left empty. A condition with OR at its top has none.
void FindPredicates(std::string_view script, const TokenBuffer& tokens, Range range,
                    const std::function<void(uint32_t token, uint16_t parts, Predicate predicate)>& found);

// The literal that the tokens are, without quotes; false if they are no single literal. A placeholder is one.
bool LiteralValue(std::string_view script, const TokenBuffer& tokens, Range range, std::string& value);

// Text between the quotes of a string token; a backslash before a quote, `;` or a backslash is dropped.
std::string StringText(std::string_view script, const Token& token);

}  // namespace godwit::parser
