// sources/command_line.h — the command lines of engines and tools, as words.
#pragma once

#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "sources/facts.h"

namespace godwit::sources {

// hive, beeline, spark-sql, presto, trino, impala-shell
struct EngineCall {
  // A word from its byte `begin` on: -e"select 1" is option and SQL in one.
  struct Part {
    size_t word = 0;
    size_t begin = 0;
  };
  Engine engine = Engine::kHive;
  std::vector<Part> texts;    // SQL
  std::vector<size_t> files;  // positions of words that name files of SQL, in the order they run
  std::string database;
  Variables variables;
  bool guessed = false;  // the program's name is a variable; its name or options suggest the engine
};

// None if `words` (the first one is the program, `name` its last path component) is not such a call.
std::optional<EngineCall> ReadEngineCall(const std::string& name, const std::vector<std::string>& words);

// Clients of other databases (mysql, psql, sqlcmd …): what they are given is no SQL of the warehouse. `name`
// may be a pattern such as ${MYSQL}.
bool IsOtherDatabase(const std::string& name);

// sqoop, datax, distcp, hadoop fs, and programs that cannot be read: spark-submit, hadoop jar, flink, java,
// python. Adds to `facts`; false if it is none of them. `read` gives a file's text by name.
bool ReadToolCall(const std::string& name, const std::vector<std::string>& words, Place place,
                  const std::function<std::optional<std::string>(const std::string&)>& read,
                  ScriptFacts& facts);

// "jdbc:mysql://host:3306/shop?x=y" → "mysql://host/shop".
std::string ExternalName(std::string_view jdbc_url);

}  // namespace godwit::sources
