// report/markdown.h — the board's page as Markdown, for a code review or a wiki.
#pragma once

#include <string>

#include "report/board.h"

namespace godwit::report {

std::string MarkdownPage(const Board& board);

}  // namespace godwit::report
