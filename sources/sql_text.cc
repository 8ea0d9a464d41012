#include "sources/sql_text.h"

#include <algorithm>
#include <array>
#include <cctype>

namespace godwit::sources {
namespace {

constexpr std::array<std::string_view, 20> kFirstWords = {
    "insert", "select", "with",   "create",   "drop", "alter",   "use",   "set",     "load",    "from",
    "merge",  "update", "delete", "truncate", "msck", "analyze", "cache", "refresh", "explain", "add"};

bool IsWord(char c) { return std::isalnum(static_cast<unsigned char>(c)) || c == '_'; }

std::string_view WithoutLeadingComments(std::string_view text) {
  for (;;) {
    const size_t begin = text.find_first_not_of(" \t\r\n;(");
    if (begin == std::string_view::npos) return "";
    text.remove_prefix(begin);
    size_t end = 0;
    if (text.starts_with("--")) {
      end = text.find('\n');
    } else if (text.starts_with("/*")) {
      end = text.find("*/");
      if (end != std::string_view::npos) end += 2;
    } else {
      return text;
    }
    if (end == std::string_view::npos) return "";
    text.remove_prefix(end);
  }
}

// Lower case, with one blank for each run of blanks, comments and texts in single quotes.
std::string BareWords(std::string_view text) {
  std::string bare = " ";
  for (size_t i = 0; i < text.size(); ++i) {
    size_t end = std::string_view::npos;  // of a comment or a text
    bool skips = true;
    if (text.substr(i, 2) == "--") {
      end = text.find('\n', i);
    } else if (text.substr(i, 2) == "/*") {
      end = text.find("*/", i + 2);
    } else if (text[i] == '\'') {
      end = text.find('\'', i + 1);
    } else {
      skips = std::isspace(static_cast<unsigned char>(text[i])) != 0;
      end = i;
    }
    if (!skips) bare += static_cast<char>(std::tolower(static_cast<unsigned char>(text[i])));
    if (skips && bare.back() != ' ') bare += ' ';
    if (end == std::string_view::npos) break;
    i = end;
  }
  return bare + " ";
}

}  // namespace

std::string OtherDialect(std::string_view text) {
  struct Mark {
    std::string_view words;
    std::string_view dialect;
  };
  constexpr std::array<Mark, 23> kMarks = {{{"language plpgsql", "PostgreSQL"},
                                            {" on conflict ", "PostgreSQL"},
                                            {"::character varying", "PostgreSQL"},
                                            {" serial4 ", "PostgreSQL"},
                                            {" bigserial ", "PostgreSQL"},
                                            {" using btree ", "PostgreSQL"},
                                            {"nextval(", "PostgreSQL"},
                                            {"$function$", "PostgreSQL"},
                                            {" set ansi_nulls ", "T-SQL"},
                                            {"[dbo].", "T-SQL"},
                                            {"(nolock)", "T-SQL"},
                                            {"identity(1,1)", "T-SQL"},
                                            {" go create ", "T-SQL"},
                                            {" go insert ", "T-SQL"},
                                            {" go select ", "T-SQL"},
                                            {" declare @", "T-SQL"},
                                            {"engine=innodb", "MySQL"},
                                            {"engine = innodb", "MySQL"},
                                            {" auto_increment", "MySQL"},
                                            {" delimiter //", "MySQL"},
                                            {" delimiter $$", "MySQL"},
                                            {"varchar2(", "Oracle"},
                                            {" dbms_output.", "Oracle"}}};
  constexpr std::array<std::string_view, 10> kOwn = {
      " insert overwrite ", " lateral view ",  " stored as ",    " row format ",   " partitioned by ",
      " msck repair ",      " distribute by ", " tblproperties", " using parquet", " load data "};
  const std::string bare = BareWords(text);
  const auto has = [&](std::string_view words) { return bare.find(words) != std::string::npos; };
  const auto mark =
      std::find_if(kMarks.begin(), kMarks.end(), [&](const Mark& each) { return has(each.words); });
  if (mark == kMarks.end() || std::any_of(kOwn.begin(), kOwn.end(), has)) return "";
  return std::string(mark->dialect);
}

bool LooksLikeSql(std::string_view text) {
  text = WithoutLeadingComments(text);
  size_t length = 0;
  while (length < text.size() && IsWord(text[length])) ++length;
  if (length == 0 || length == text.size()) return false;
  std::string word(text.substr(0, length));
  std::transform(word.begin(), word.end(), word.begin(), [](unsigned char c) { return std::tolower(c); });
  if (std::find(kFirstWords.begin(), kFirstWords.end(), word) == kFirstWords.end()) return false;
  return std::isspace(static_cast<unsigned char>(text[length])) != 0;
}

std::vector<TextSubstitution> SedSubstitutions(std::string_view script) {
  std::vector<TextSubstitution> found;
  size_t at = 0;
  while (at < script.size()) {
    at = script.find_first_not_of(" ;\n\t", at);
    if (at == std::string_view::npos || script[at] != 's' || at + 1 >= script.size()) break;
    const char mark = script[at + 1];
    std::array<std::string, 2> parts;
    bool plain = true;
    size_t i = at + 2;
    for (std::string& part : parts) {
      for (; i < script.size() && script[i] != mark; ++i) {
        if (script[i] == '\\' && i + 1 < script.size()) {
          ++i;
          plain &=
              !std::isalnum(static_cast<unsigned char>(script[i])) && script[i] != '(' && script[i] != ')';
        } else if (&part == &parts[0]) {
          // "." is mostly meant as itself; "$" in the middle is no anchor.
          plain &= std::string_view("*[]^").find(script[i]) == std::string_view::npos;
        } else {
          plain &= script[i] != '&';
        }
        part += script[i];
      }
      ++i;
    }
    bool all = false;
    while (i < script.size() && std::isalpha(static_cast<unsigned char>(script[i])))
      all |= script[i++] == 'g';
    if (plain && !parts[0].empty()) found.push_back({parts[0], parts[1], all});
    at = i;
  }
  return found;
}

TracedText Replace(const TracedText& text, const TextSubstitution& substitution, Place place) {
  TracedText result;
  size_t begin = 0;
  for (size_t at; (at = text.text().find(substitution.from, begin)) != std::string::npos;) {
    result.Append(text.Slice(begin, at - begin));
    result.Append(substitution.to, place);
    begin = at + substitution.from.size();
    // Without g, the first one of each line.
    if (!substitution.all) {
      const size_t line = std::min(text.text().find('\n', begin), text.text().size());
      result.Append(text.Slice(begin, line - begin));
      begin = line;
    }
  }
  result.Append(text.Slice(begin));
  return result;
}

TracedText FillPatterns(const TracedText& text,
                        const std::function<std::optional<TracedText>(const std::string&)>& value) {
  const std::string& all = text.text();
  TracedText result;
  size_t begin = 0;
  for (size_t at = 0; (at = all.find('$', at)) != std::string::npos;) {
    const bool braces = at + 1 < all.size() && all[at + 1] == '{';
    const size_t name = at + (braces ? 2 : 1);
    size_t end = name;
    while (end < all.size() && IsWord(all[end])) ++end;
    const bool closed = !braces || (end < all.size() && all[end] == '}');
    const auto filled = end > name && closed ? value(all.substr(name, end - name)) : std::nullopt;
    const size_t next = braces && closed ? end + 1 : end;
    if (filled) {
      result.Append(text.Slice(begin, at - begin));
      result.Append(*filled);
      begin = next;
    }
    at = std::max(next, at + 1);
  }
  result.Append(text.Slice(begin));
  return result;
}

std::map<std::string, std::string> UsageVariables(std::string_view text) {
  std::map<std::string, std::string> variables;
  constexpr size_t kHeadMax = 16384;
  size_t at = 0;
  while (at < text.size() && at < kHeadMax) {
    const size_t end = std::min(text.find('\n', at), text.size());
    std::string_view line = text.substr(at, end - at);
    at = end + 1;
    const size_t begin = line.find_first_not_of(" \t");
    if (begin == std::string_view::npos) continue;
    line.remove_prefix(begin);
    const bool comment =
        line.starts_with("--") || line.starts_with("#") || line.starts_with("*") || line.starts_with("/*");
    if (!comment) break;
    for (const std::string_view option :
         {"-d ", "--hivevar ", "-hivevar ", "--define ", "--hiveconf ", "-hiveconf "}) {
      for (size_t found = 0; (found = line.find(option, found)) != std::string_view::npos;) {
        const bool word = found == 0 || line[found - 1] == ' ' || line[found - 1] == '\t';
        found += option.size();
        const size_t name = line.find_first_not_of(' ', found);
        if (!word || name == std::string_view::npos) continue;
        size_t equals = name;
        while (equals < line.size() && (IsWord(line[equals]) || line[equals] == ':')) ++equals;
        if (equals >= line.size() || line[equals] != '=') continue;
        const char quote = equals + 1 < line.size() ? line[equals + 1] : ' ';
        const bool quoted = quote == '"' || quote == '\'';
        const size_t value = equals + (quoted ? 2 : 1);
        const size_t stop =
            std::min(quoted ? line.find(quote, value) : line.find_first_of(" \t\\;", value), line.size());
        std::string_view key = line.substr(name, equals - name);
        if (const size_t colon = key.rfind(':'); colon != std::string_view::npos)
          key.remove_prefix(colon + 1);
        const std::string_view content = line.substr(value, stop - value);
        const bool placeholder =
            content.empty() || content.front() == '<' || content.front() == '$' || content.front() == '{';
        if (!placeholder) variables.try_emplace(std::string(key), content);
      }
    }
  }
  return variables;
}

std::string UsageDatabase(std::string_view text) {
  constexpr size_t kHeadMax = 16384;
  for (size_t at = 0; at < std::min(text.size(), kHeadMax);) {
    const size_t end = std::min(text.find('\n', at), text.size());
    std::string_view line = text.substr(at, end - at);
    at = end + 1;
    const size_t begin = line.find_first_not_of(" \t");
    if (begin == std::string_view::npos) continue;
    if (line.substr(begin, 2) != "--" && line[begin] != '#' && line[begin] != '*') break;
    constexpr std::string_view kOption = " --database ";
    const size_t found = line.find(kOption);
    if (found == std::string_view::npos) continue;
    const size_t name = found + kOption.size();
    size_t stop = name;
    while (stop < line.size() && IsWord(line[stop])) ++stop;
    if (stop > name) return std::string(line.substr(name, stop - name));
  }
  return "";
}

TracedText WithoutImpalaWords(const TracedText& text) {
  struct Word {
    std::string_view word;
    std::string_view instead;
  };
  constexpr std::array<Word, 6> kWords = {{{"upsert into", "insert into"},
                                           {"[shuffle]", " "},
                                           {"[noshuffle]", " "},
                                           {"[broadcast]", " "},
                                           {"straight_join", " "},
                                           {"[straight_join]", " "}}};
  std::string lower = text.text();
  std::transform(lower.begin(), lower.end(), lower.begin(), [](unsigned char c) { return std::tolower(c); });
  TracedText result;
  size_t begin = 0;
  for (size_t i = 0; i < lower.size(); ++i) {
    if (lower[i] == '\'') i = std::min(lower.find('\'', i + 1), lower.size() - 1);
    if (i > 0 && IsWord(lower[i]) && IsWord(lower[i - 1])) continue;
    for (const auto& [word, instead] : kWords) {
      if (lower.compare(i, word.size(), word) != 0) continue;
      if (IsWord(word.back()) && i + word.size() < lower.size() && IsWord(lower[i + word.size()])) continue;
      result.Append(text.Slice(begin, i - begin));
      result.Append(instead, text.PlaceAt(i));
      begin = i + word.size();
      i = begin - 1;
      break;
    }
  }
  result.Append(text.Slice(begin));
  return result;
}

TracedText WithoutOuterQuotes(const TracedText& text) {
  const TracedText trimmed = text.Trimmed();
  const std::string& all = trimmed.text();
  if (all.size() < 2 || !all.starts_with('"')) return text;
  size_t end = all.size();
  while (end > 1 && (all[end - 1] == ';' || std::isspace(static_cast<unsigned char>(all[end - 1])))) --end;
  if (all[end - 1] != '"' || !LooksLikeSql(std::string_view(all).substr(1))) return text;
  return trimmed.Slice(1, end - 2);
}

}  // namespace godwit::sources
