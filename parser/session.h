// parser/session.h — what a statement leaves behind for those after it.
#pragma once

#include "parser/script.h"

namespace godwit::parser {

// USE, SET, temporary views and tables, columns of what was created. O(facts) and, for a statement that
// neither creates nor drops nor sets, O(1).
void ApplyEffects(const Statement& statement, Session& session);

}  // namespace godwit::parser
