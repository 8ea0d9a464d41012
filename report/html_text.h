// report/html_text.h — text as HTML.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace godwit::report {

std::string Escape(std::string_view text);

// A table. Cells are HTML already; columns whose name begins with '#' are numbers, set to the right.
class HtmlTable {
 public:
  explicit HtmlTable(std::vector<std::string> columns);
  void Row(const std::vector<std::string>& cells);
  std::string Take();  // "" if it has no rows

 private:
  std::vector<std::string> columns_;
  std::string rows_;
};

}  // namespace godwit::report
