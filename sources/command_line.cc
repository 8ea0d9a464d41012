#include "sources/command_line.h"

#include <algorithm>
#include <array>
#include <cctype>

#include "sources/sql_text.h"
#include "sources/value.h"

namespace godwit::sources {
namespace {

// How one program writes its options. Each list is words with a blank around each.
struct Options {
  std::string_view text;        // SQL follows
  std::string_view file;        // a file of SQL follows
  std::string_view variable;    // NAME=VALUE follows
  std::string_view database;    // a name follows
  std::string_view with_value;  // something else follows
  bool long_takes_value;        // any other --word takes the next word
};

constexpr Options kHiveOptions = {" -e ",
                                  " -f -i ",
                                  " -d --define --hivevar -hivevar --hiveconf -hiveconf ",
                                  " --database -database ",
                                  " --auxpath --service ",
                                  false};
constexpr Options kBeelineOptions = {" -e ",
                                     " -f -i ",
                                     " --hivevar --hiveconf -hivevar -hiveconf ",
                                     " ",
                                     " -u -r -n -p -d -w --property-file ",
                                     false};
constexpr Options kSparkOptions = {
    " -e ", " -f -i ", " -d --define --hivevar -hivevar --hiveconf -hiveconf ", " --database -database ",
    " -c ", true};
constexpr Options kPrestoOptions = {" --execute -e ", " -f --file ", " ", " --schema ", " ", true};
constexpr Options kImpalaOptions = {" -q --query ",
                                    " -f --query_file ",
                                    " --var ",
                                    " -d --database ",
                                    " -i -o -u --user --output_file --output_delimiter -c_file ",
                                    false};

// Options of spark-sql without a value.
constexpr std::string_view kSparkFlags = " --verbose --supervise --silent --help ";

bool Has(std::string_view list, const std::string& word) {
  return list.find(" " + word + " ") != std::string_view::npos;
}

// -e"insert …" and -e${sql}
bool HoldsText(const Options& options, const std::string& word) {
  if (word.size() < 4 || !Has(options.text, word.substr(0, 2))) return false;
  return word.find_first_of(" \t\n", 2) != std::string::npos || IsPattern(word.substr(2));
}

std::string Lower(std::string text) {
  std::transform(text.begin(), text.end(), text.begin(), [](unsigned char c) { return std::tolower(c); });
  return text;
}

struct Client {
  Engine engine;
  const Options* options;
};

std::optional<Client> ProgramOf(const std::string& name) {
  if (name == "hive" || name == "hive2") return Client{Engine::kHive, &kHiveOptions};
  if (name == "beeline" || name == "beeline.sh") return Client{Engine::kHive, &kBeelineOptions};
  // spark-sql, spark3-sql, spark2-sql, spark-sql3, kyuubi-beeline
  if (name.starts_with("spark") && name.find("sql") != std::string::npos && !name.ends_with(".sh") &&
      !name.ends_with(".py")) {
    return Client{Engine::kSpark, &kSparkOptions};
  }
  if (name == "kyuubi-beeline") return Client{Engine::kSpark, &kBeelineOptions};
  if (name == "presto" || name == "presto-cli" || name == "trino" || name == "trino-cli") {
    return Client{Engine::kPresto, &kPrestoOptions};
  }
  if (name == "impala-shell") return Client{Engine::kImpala, &kImpalaOptions};
  return std::nullopt;
}

// A program that is only known as a variable: ${HIVE_CMD} -e …
std::optional<Client> GuessedProgram(const std::string& name, const std::vector<std::string>& words) {
  if (!IsPattern(name)) return std::nullopt;
  const bool runs = std::find(words.begin(), words.end(), "-e") != words.end() ||
                    std::find(words.begin(), words.end(), "-f") != words.end();
  if (!runs) return std::nullopt;
  const std::string lower = Lower(name);
  if (lower.find("spark") != std::string::npos) return Client{Engine::kSpark, &kSparkOptions};
  if (lower.find("beeline") != std::string::npos) return Client{Engine::kHive, &kBeelineOptions};
  if (lower.find("presto") != std::string::npos) return Client{Engine::kPresto, &kPrestoOptions};
  if (IsOtherDatabase(name)) return std::nullopt;
  return Client{Engine::kHive, &kHiveOptions};
}

// The database of "jdbc:hive2://host:10000/sales;principal=…".
std::string DatabaseOfUrl(const std::string& url) {
  const size_t host = url.find("://");
  if (host == std::string::npos) return "";
  const size_t slash = url.find('/', host + 3);
  if (slash == std::string::npos) return "";
  const size_t end = url.find_first_of(";?#", slash);
  return url.substr(slash + 1, end == std::string::npos ? end : end - slash - 1);
}

void AddVariable(const std::string& definition, Variables& variables) {
  const size_t equals = definition.find('=');
  if (equals == std::string::npos) return;
  std::string name = definition.substr(0, equals);
  for (const std::string_view prefix : {"hivevar:", "hiveconf:"}) {
    if (name.starts_with(prefix)) name = name.substr(prefix.size());
  }
  variables[name] = definition.substr(equals + 1);
}

}  // namespace

std::optional<EngineCall> ReadEngineCall(const std::string& name, const std::vector<std::string>& words) {
  std::optional<Client> program = ProgramOf(name);
  EngineCall call;
  if (!program) {
    program = GuessedProgram(name, words);
    call.guessed = true;
  }
  if (!program) return std::nullopt;
  const Options& options = *program->options;
  call.engine = program->engine;
  for (size_t i = 1; i < words.size(); ++i) {
    std::string option = words[i], value;
    const size_t equals = option.starts_with("--") ? option.find('=') : std::string::npos;
    const bool inside = equals != std::string::npos;
    if (inside) {
      value = option.substr(equals + 1);
      option = option.substr(0, equals);
    } else if (i + 1 < words.size()) {
      value = words[i + 1];
    }
    if (!option.starts_with('-')) continue;
    bool takes = true;
    if (Has(options.text, option)) {
      if (i + 1 < words.size()) call.texts.push_back({i + 1, 0});
    } else if (HoldsText(options, words[i])) {
      call.texts.push_back({i, 2});
      continue;
    } else if (Has(options.file, option)) {
      if (i + 1 < words.size()) call.files.push_back(i + 1);
    } else if (Has(options.variable, option)) {
      AddVariable(value, call.variables);
    } else if (Has(options.database, option)) {
      call.database = Lower(value);
    } else if (option == "-u" && &options == &kBeelineOptions) {
      call.database = Lower(DatabaseOfUrl(value));
    } else {
      takes = Has(options.with_value, option) ||
              (options.long_takes_value && option.starts_with("--") && !Has(kSparkFlags, option));
    }
    if (takes && !inside) ++i;
  }
  if (call.database == "default") call.database.clear();
  return call;
}

bool IsOtherDatabase(const std::string& name) {
  constexpr std::array<std::string_view, 18> kClients = {
      "mysql",  "mysqldump", "mysqlimport", "psql", "pg_dump",           "sqlplus",
      "sqlldr", "sqlcmd",    "bcp",         "isql", "clickhouse-client", "clickhouse",
      "mongo",  "mongosh",   "bteq",        "vsql", "snowsql",           "sqlite3"};
  const std::string lower = Lower(name);
  if (std::find(kClients.begin(), kClients.end(), lower) != kClients.end()) return true;
  return IsPattern(name) &&
         (lower.find("mysql") != std::string::npos || lower.find("psql") != std::string::npos ||
          lower.find("sqlplus") != std::string::npos || lower.find("clickhouse") != std::string::npos);
}

std::string ExternalName(std::string_view url) {
  if (url.starts_with("jdbc:")) url.remove_prefix(5);
  url = url.substr(0, url.find_first_of("?;"));
  const size_t host = url.find("://");
  if (host == std::string_view::npos) return std::string(url);
  const size_t slash = url.find('/', host + 3);
  std::string server(url.substr(host + 3, slash == std::string_view::npos ? slash : slash - host - 3));
  if (const size_t comma = server.find(','); comma != std::string::npos) server.resize(comma);
  if (const size_t port = server.rfind(':'); port != std::string::npos) server.resize(port);
  const std::string_view rest = slash == std::string_view::npos ? "" : url.substr(slash);
  return std::string(url.substr(0, host + 3)) + server + std::string(rest);
}

}  // namespace godwit::sources
