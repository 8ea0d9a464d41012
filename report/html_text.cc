#include "report/html_text.h"

#include <fmt/format.h>

namespace godwit::report {

std::string Escape(std::string_view text) {
  std::string escaped;
  for (const char c : text) {
    switch (c) {
      case '&': escaped += "&amp;"; break;
      case '<': escaped += "&lt;"; break;
      case '>': escaped += "&gt;"; break;
      case '"': escaped += "&quot;"; break;
      default: escaped += c;
    }
  }
  return escaped;
}

HtmlTable::HtmlTable(std::vector<std::string> columns) : columns_(std::move(columns)) {}

void HtmlTable::Row(const std::vector<std::string>& cells) {
  rows_ += "<tr>";
  for (size_t i = 0; i < cells.size(); ++i) {
    rows_ += fmt::format("<td{}>{}</td>", columns_[i].starts_with('#') ? " class=n" : "", cells[i]);
  }
  rows_ += "</tr>\n";
}

std::string HtmlTable::Take() {
  if (rows_.empty()) return "";
  std::string text = "<div class=scroll><table>\n<thead><tr>";
  for (const std::string& column : columns_) {
    const bool number = column.starts_with('#');
    text +=
        fmt::format("<th{}>{}</th>", number ? " class=n" : "", Escape(number ? column.substr(1) : column));
  }
  return text + "</tr></thead>\n<tbody>\n" + rows_ + "</tbody></table></div>\n";
}

}  // namespace godwit::report
