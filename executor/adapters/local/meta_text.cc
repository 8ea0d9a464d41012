#include "executor/adapters/local/meta_text.h"

#include <fmt/format.h>

#include <nlohmann/json.hpp>

namespace godwit::executor::local {
namespace {

using Json = nlohmann::ordered_json;

Result<std::string> Text(const Json& json) {
  try {
    return json.dump();
  } catch (const Json::exception& error) {  // the library's only way to say "not UTF-8"
    return InvalidInput(fmt::format("metadata is not UTF-8: {}", error.what()));
  }
}

Result<Json> Parse(const std::string& text, Json::value_t wanted) {
  Json json = Json::parse(text, nullptr, false);
  if (json.type() != wanted)
    return Corrupt(fmt::format("site.db holds '{}' for metadata", text.substr(0, 100)));
  return json;
}

std::string StringAt(const Json& object, const char* key) {
  const auto found = object.find(key);
  return found != object.end() && found->is_string() ? found->get<std::string>() : "";
}

}  // namespace

Result<std::string> ParametersText(const Parameters& parameters) {
  Json json = Json::object();
  for (const auto& [key, value] : parameters) json[key] = value;
  return Text(json);
}

Result<std::string> ColumnsText(const std::vector<Column>& columns) {
  Json json = Json::array();
  for (const Column& column : columns) {
    json.push_back({{"name", column.name}, {"type", column.type}, {"comment", column.comment}});
  }
  return Text(json);
}

Result<std::string> WordsText(const std::vector<std::string>& words) {
  Json json = Json::array();
  for (const std::string& word : words) json.push_back(word);
  return Text(json);
}

Result<Parameters> ParseParameters(const std::string& text) {
  GODWIT_TRY_ASSIGN(const Json json, Parse(text, Json::value_t::object));
  Parameters parameters;
  for (const auto& [key, value] : json.items()) {
    parameters[key] = value.is_string() ? value.get<std::string>() : value.dump();
  }
  return parameters;
}

Result<std::vector<Column>> ParseColumns(const std::string& text) {
  GODWIT_TRY_ASSIGN(const Json json, Parse(text, Json::value_t::array));
  std::vector<Column> columns;
  for (const Json& each : json) {
    if (!each.is_object()) return Corrupt(fmt::format("site.db holds '{}' for columns", text.substr(0, 100)));
    columns.push_back({StringAt(each, "name"), StringAt(each, "type"), StringAt(each, "comment")});
  }
  return columns;
}

Result<std::vector<std::string>> ParseWords(const std::string& text) {
  GODWIT_TRY_ASSIGN(const Json json, Parse(text, Json::value_t::array));
  std::vector<std::string> words;
  for (const Json& each : json) {
    if (!each.is_string()) return Corrupt(fmt::format("site.db holds '{}' for words", text.substr(0, 100)));
    words.push_back(each.get<std::string>());
  }
  return words;
}

const char* TableKindText(TableKind kind) {
  switch (kind) {
    case TableKind::kManaged: return "managed";
    case TableKind::kExternal: return "external";
    case TableKind::kView: return "view";
    case TableKind::kTransactional: return "transactional";
    case TableKind::kOther: return "other";
  }
  return "other";
}

TableKind ParseTableKind(const std::string& text) {
  for (const TableKind kind :
       {TableKind::kManaged, TableKind::kExternal, TableKind::kView, TableKind::kTransactional}) {
    if (text == TableKindText(kind)) return kind;
  }
  return TableKind::kOther;
}

}  // namespace godwit::executor::local
