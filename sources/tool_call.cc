// Tools that move rows without SQL, and programs that cannot be read.
#include <fmt/format.h>
#include <algorithm>
#include <nlohmann/json.hpp>

#include "sources/command_line.h"
#include "sources/datax.h"
#include "sources/value.h"

namespace godwit::sources {
namespace {

using Words = std::vector<std::string>;
using Read = std::function<std::optional<std::string>(const std::string&)>;

std::string Lower(std::string text) {
  std::transform(text.begin(), text.end(), text.begin(), [](unsigned char c) { return std::tolower(c); });
  return text;
}

// The value behind one of the options; empty if none stands there.
std::string OptionOf(const Words& words, std::initializer_list<std::string_view> names) {
  for (size_t i = 1; i + 1 < words.size(); ++i) {
    if (std::find(names.begin(), names.end(), words[i]) != names.end()) return words[i + 1];
  }
  for (const std::string& word : words) {
    for (const std::string_view name : names) {
      if (word.starts_with(std::string(name) + "=")) return word.substr(name.size() + 1);
    }
  }
  return "";
}

bool HasWord(const Words& words, std::string_view wanted) {
  return std::find(words.begin(), words.end(), wanted) != words.end();
}

std::string Qualified(const std::string& database, const std::string& table) {
  if (database.empty() || table.find('.') != std::string::npos) return Lower(table);
  return Lower(database + "." + table);
}

Endpoint SqoopExternal(const Words& words) {
  std::string name = ExternalName(OptionOf(words, {"--connect", "-connect"}));
  const std::string table = OptionOf(words, {"--table", "-table"});
  if (!table.empty()) name += (name.empty() ? "" : ".") + table;
  if (table.empty() && !OptionOf(words, {"--query", "-query", "-e"}).empty()) name += " (query)";
  return {Endpoint::Kind::kExternal, name.empty() ? "jdbc" : name};
}

// The warehouse's end: a table if one is named, otherwise a path.
std::optional<Endpoint> SqoopWarehouse(const Words& words, bool import) {
  const std::string catalog_table = OptionOf(words, {"--hcatalog-table", "-hcatalog-table"});
  if (!catalog_table.empty()) {
    const std::string database = OptionOf(words, {"--hcatalog-database", "-hcatalog-database"});
    return Endpoint{Endpoint::Kind::kTable, Qualified(database, catalog_table)};
  }
  const std::string hive_table = OptionOf(words, {"--hive-table", "-hive-table"});
  const std::string table = OptionOf(words, {"--table", "-table"});
  if (!hive_table.empty() || HasWord(words, "--hive-import") || HasWord(words, "-hive-import")) {
    const std::string database = OptionOf(words, {"--hive-database", "-hive-database"});
    return Endpoint{Endpoint::Kind::kTable, Qualified(database, hive_table.empty() ? table : hive_table)};
  }
  const std::string folder = OptionOf(words, {"--target-dir", "-target-dir", "--export-dir", "-export-dir"});
  if (!folder.empty()) return Endpoint{Endpoint::Kind::kPath, folder};
  const std::string warehouse = OptionOf(words, {"--warehouse-dir", "-warehouse-dir"});
  if (import && !warehouse.empty()) return Endpoint{Endpoint::Kind::kPath, warehouse + "/" + table};
  return std::nullopt;
}

void Unread(ScriptFacts& facts, Place place, std::string message) {
  facts.diagnostics.push_back({Diagnostic::Kind::kUnread, place, std::move(message)});
}

bool Sqoop(const std::string& name, const Words& words, Place place, ScriptFacts& facts) {
  if (name != "sqoop" && name != "sqoop-import" && name != "sqoop-export" &&
      name != "sqoop-import-all-tables") {
    return false;
  }
  const std::string verb = name == "sqoop" ? (words.size() > 1 ? words[1] : "") : name.substr(6);
  if (verb == "eval" || verb == "list-tables" || verb == "list-databases" || verb == "version") return true;
  const std::optional<Endpoint> here = SqoopWarehouse(words, verb != "export");
  if (verb == "import" && here) {
    facts.transfers.push_back(
        {Transfer::Kind::kImport, "sqoop import", {SqoopExternal(words)}, {*here}, place});
  } else if (verb == "export" && here) {
    facts.transfers.push_back(
        {Transfer::Kind::kExport, "sqoop export", {*here}, {SqoopExternal(words)}, place});
  } else {
    Unread(facts, place, fmt::format("sqoop {}: which table it moves is not said here: declare it", verb));
  }
  return true;
}

bool DataX(const std::string& name, const Words& words, Place place, const Read& read, ScriptFacts& facts) {
  const bool script =
      std::any_of(words.begin(), words.begin() + static_cast<long>(std::min<size_t>(2, words.size())),
                  [](const std::string& word) { return word.ends_with("datax.py"); });
  if (!script && name != "datax") return false;
  const auto file = std::find_if(words.begin(), words.end(),
                                 [](const std::string& word) { return word.ends_with(".json"); });
  Variables variables;
  for (size_t i = 1; i < words.size(); ++i) {
    std::string definitions = words[i] == "-p" && i + 1 < words.size()                   ? words[i + 1]
                              : words[i].starts_with("-p") || words[i].starts_with("-D") ? words[i]
                                                                                         : "";
    for (size_t at = 0; (at = definitions.find("-D", at)) != std::string::npos;) {
      const size_t end = std::min(definitions.find(' ', at), definitions.size());
      const std::string definition = definitions.substr(at + 2, end - at - 2);
      const size_t equals = definition.find('=');
      if (equals != std::string::npos)
        variables[definition.substr(0, equals)] = definition.substr(equals + 1);
      at = end;
    }
  }
  const std::string job = file == words.end() ? "" : *file;
  if (const auto text = job.empty() ? std::nullopt : read(job)) {
    if (auto transfers = ReadDataXJob(*text, variables); transfers.ok()) {
      for (Transfer& transfer : *transfers) {
        transfer.place = place;
        facts.transfers.push_back(std::move(transfer));
      }
    } else {
      Unread(facts, place, fmt::format("{}: {}", job, transfers.error().message));
    }
    return true;
  }
  // Without the job file, the folders given as variables still tell the warehouse's end.
  const std::string stem = job.substr(job.rfind('/') + 1);
  const Endpoint external{Endpoint::Kind::kExternal, "datax " + stem};
  bool told = false;
  for (const auto& [variable, value] : variables) {
    const bool path = value.find('/') != std::string::npos;
    if (!path) continue;
    const bool out = Lower(variable).find("export") != std::string::npos ||
                     Lower(variable).find("source") != std::string::npos;
    const Endpoint folder{Endpoint::Kind::kPath, value};
    facts.transfers.push_back({out ? Transfer::Kind::kExport : Transfer::Kind::kImport,
                               "datax",
                               {out ? folder : external},
                               {out ? external : folder},
                               place});
    told = true;
  }
  Unread(facts, place,
         fmt::format("datax: the job file {} is not in the scanned folders{}",
                     job.empty() ? "(none named)" : job,
                     told ? ": only the folder given as a variable is known" : ""));
  return true;
}

std::string PathName(std::string word) {
  while (word.size() > 1 && word.ends_with('/')) word.pop_back();
  return word;
}

// hadoop fs -put, hdfs dfs -cp, hadoop distcp
bool FileCommand(const std::string& name, const Words& words, Place place, ScriptFacts& facts) {
  if ((name != "hadoop" && name != "hdfs") || words.size() < 3) return false;
  const bool distcp = words[1] == "distcp";
  if (!distcp && words[1] != "fs" && words[1] != "dfs") return false;
  const std::string verb = distcp ? "distcp" : words[2];
  std::vector<Endpoint> paths;
  for (size_t i = distcp ? 2 : 3; i < words.size(); ++i) {
    const std::string& word = words[i];
    if (distcp && (word == "-m" || word == "-bandwidth" || word == "-strategy" || word == "-log")) {
      ++i;
    } else if (!word.starts_with('-')) {
      paths.push_back({Endpoint::Kind::kPath, PathName(word)});
    }
  }
  if (paths.size() < 2) return true;
  const Endpoint last = paths.back();
  paths.pop_back();
  const std::string tool = name + (distcp ? " distcp" : " " + words[1] + " " + verb);
  const auto local = [](std::vector<Endpoint> ends) {
    for (Endpoint& end : ends) end = {Endpoint::Kind::kExternal, "file " + end.name};
    return ends;
  };
  if (verb == "-put" || verb == "-copyFromLocal" || verb == "-moveFromLocal" || verb == "-appendToFile") {
    facts.transfers.push_back({Transfer::Kind::kImport, tool, local(paths), {last}, place});
  } else if (verb == "-get" || verb == "-copyToLocal" || verb == "-getmerge") {
    facts.transfers.push_back({Transfer::Kind::kExport, tool, paths, local({last}), place});
  } else if (verb == "-cp" || verb == "-mv" || distcp) {
    facts.transfers.push_back({Transfer::Kind::kCopy, tool, paths, {last}, place});
  }
  return true;
}

// The words behind a submit command's options: the program file and its arguments.
Words Operands(const Words& words, size_t from, std::string_view flags) {
  for (size_t i = from; i < words.size(); ++i) {
    if (!words[i].starts_with('-')) return Words(words.begin() + static_cast<long>(i), words.end());
    const bool alone =
        words[i].find('=') != std::string::npos || flags.find(" " + words[i] + " ") != std::string_view::npos;
    if (!alone) ++i;
  }
  return {};
}

std::string Base(const std::string& path) { return path.substr(path.rfind('/') + 1); }

bool Submit(const std::string& name, const Words& words, Place place, ScriptFacts& facts) {
  using Kind = Program::Kind;
  Program program;
  program.tool = name;
  program.place = place;
  Words rest;
  if (name.starts_with("spark") && name.find("submit") != std::string::npos) {
    rest = Operands(words, 1, " --verbose --supervise -v ");
    program.name = OptionOf(words, {"--class"});
    if (!rest.empty()) program.kind = rest[0].ends_with(".py") ? Kind::kScript : Kind::kJar;
  } else if ((name == "hadoop" || name == "yarn" || name == "mapred") && words.size() > 2 &&
             words[1] == "jar") {
    program.tool = name + " jar";
    program.kind = Kind::kMapReduce;
    rest = Words(words.begin() + 2, words.end());
    if (rest.size() > 1 && !rest[1].starts_with('-')) program.name = rest[1];
    // Writes an index beside the files that it is given, and no rows.
    if (program.name.ends_with("LzoIndexer")) return true;
  } else if (name == "mapred" && words.size() > 1 && words[1] == "streaming") {
    program.kind = Kind::kMapReduce;
    rest = Words(words.begin() + 1, words.end());
  } else if (name == "flink" && words.size() > 1 && words[1] == "run") {
    rest = Operands(words, 2, " -d -sae ");
    program.name = OptionOf(words, {"-c", "--class"});
  } else if (name == "java") {
    for (size_t i = 1; i < words.size() && rest.empty(); ++i) {
      const bool takes = words[i] == "-cp" || words[i] == "-classpath" || words[i] == "--class-path";
      if (takes) ++i;
      if (!takes && !words[i].starts_with('-'))
        rest.assign(words.begin() + static_cast<long>(i), words.end());
    }
    if (const auto jar = std::find(words.begin(), words.end(), "-jar");
        jar != words.end() && jar + 1 != words.end()) {
      rest = Words(jar + 1, words.end());
    }
  } else if (name == "python" || name == "python3" || name == "python2" || name == "pyspark" ||
             name == "perl" || name == "ruby" || name == "php" || name == "Rscript" || name == "scala" ||
             name == "spark-shell") {
    program.kind = Kind::kScript;
    rest = Operands(words, 1, " -u -O -B ");
    if (rest.empty()) return true;
  } else if (name.ends_with(".py") || name.ends_with(".jar")) {
    program.kind = name.ends_with(".py") ? Kind::kScript : Kind::kJar;
    rest = words;
  } else {
    return false;
  }
  if (program.name.empty() && !rest.empty()) program.name = Base(rest[0]);
  program.arguments = std::move(rest);
  facts.programs.push_back(std::move(program));
  return true;
}

}  // namespace

bool ReadToolCall(const std::string& name, const Words& words, Place place, const Read& read,
                  ScriptFacts& facts) {
  return Sqoop(name, words, place, facts) || DataX(name, words, place, read, facts) ||
         FileCommand(name, words, place, facts) || Submit(name, words, place, facts);
}

}  // namespace godwit::sources
