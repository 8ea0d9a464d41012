// sources/jinja.h — Jinja in SQL and shell text, as far as lineage needs it.
#pragma once

#include "sources/facts.h"
#include "sources/traced_text.h"

namespace godwit::sources {

// The text without comments {# #} and statements {% %} (both branches of an if stay, a loop's body stands
// once,
// `{% set x = 'text' %}` gives x its value), and with each {{ expression }} replaced: by the value of a
// variable
// (`dt`, `params.dt`, `var('dt')`, `var.value.dt`), by the table of ref('x') and source('s', 'x'), by nothing
// for config(…), otherwise by a pattern ${…} that names the expression.
TracedText WithoutJinja(const TracedText& text, const Variables& variables);

}  // namespace godwit::sources
