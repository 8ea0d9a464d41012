// parser/context.h — which words are keywords. SQL's words are mostly not reserved: `left`, `values`, `map`
// or `date` are names in one place and keywords in another. What decides is almost always the next word or
// the one before, so it is decided here, once, and the grammar needs no lists of words that may also be
// names.
#pragma once

#include <string_view>
#include <vector>

#include "parser/token.h"

namespace godwit::parser {

// Sets the types of `words` (ascending indices of tokens whose link is a keyword's index), and of
// parentheses and AS before queries. The last token is EOF. O(words) time.
void DecideWords(std::string_view script, const std::vector<uint32_t>& words, TokenBuffer& tokens);

}  // namespace godwit::parser
