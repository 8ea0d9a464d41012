// sources/sql_text.h — small readings of SQL text and of text that becomes SQL.
#pragma once

#include <functional>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "sources/traced_text.h"

namespace godwit::sources {

// Starts, after comments, with a word that begins a statement which reads or writes tables.
bool LooksLikeSql(std::string_view text);

// "PostgreSQL", "T-SQL" … if words outside of comments and quotes belong to that engine alone and none to
// Hive or Spark; empty otherwise.
std::string OtherDialect(std::string_view text);

// One s/from/to/ of a sed script, whose `from` is plain text.
struct TextSubstitution {
  std::string from;
  std::string to;
  bool all = false;  // the flag g
};
// Those substitutions of the script that replace plain text; the others are left out.
std::vector<TextSubstitution> SedSubstitutions(std::string_view script);
TracedText Replace(const TracedText& text, const TextSubstitution& substitution, Place place);

// Each ${name} and $name for which `value` has a text, replaced by it.
TracedText FillPatterns(const TracedText& text,
                        const std::function<std::optional<TracedText>(const std::string&)>& value);

// Values that the comments at a script's head show in a call of it: `spark3-sql -f x.hql -d table=a.b -d
// year=2024`.
std::map<std::string, std::string> UsageVariables(std::string_view text);

// The database that such a call names: `hive --database sales -f x.hql`. Empty: none.
std::string UsageDatabase(std::string_view text);

// Impala's text as Hive would write it: UPSERT is an insert, and hints on how to join are left out.
TracedText WithoutImpalaWords(const TracedText& text);

// A whole script in double quotes, as if pasted from a shell: without them.
TracedText WithoutOuterQuotes(const TracedText& text);

}  // namespace godwit::sources
