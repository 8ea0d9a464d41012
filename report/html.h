// report/html.h — the board's page: one file that opens without a network, a script or another file.
#pragma once

#include <string>

#include "report/board.h"

namespace godwit::report {

inline constexpr size_t kRowsShown = 200;  // of a list; the CSV files have all of it

std::string HtmlPage(const Board& board);

}  // namespace godwit::report
