#include "lineage/names.h"

#include <algorithm>
#include <cctype>

namespace godwit::lineage {
namespace {

bool IsWord(char c) { return std::isalnum(static_cast<unsigned char>(c)) || c == '_'; }

std::string Lower(std::string_view text) {
  std::string lower(text);
  std::transform(lower.begin(), lower.end(), lower.begin(), [](unsigned char c) { return std::tolower(c); });
  return lower;
}

// Every way to write a variable as ${…}.
std::string WithUniformPatterns(std::string_view name) {
  std::string result;
  for (size_t i = 0; i < name.size(); ++i) {
    const size_t close = name.substr(i).starts_with("{{") ? name.find("}}", i) : std::string_view::npos;
    if (close != std::string_view::npos) {
      std::string inside(name.substr(i + 2, close - i - 2));
      std::erase(inside, ' ');
      result += "${" + inside + "}";
      i = close + 1;
    } else if (name[i] == '$' && i + 1 < name.size() && IsWord(name[i + 1])) {
      size_t end = i + 1;
      while (end < name.size() && IsWord(name[end])) ++end;
      result += "${" + std::string(name.substr(i + 1, end - i - 1)) + "}";
      i = end - 1;
    } else {
      result += name[i];
    }
  }
  return result;
}

// Dots outside of patterns.
int Dots(std::string_view name) {
  int depth = 0, dots = 0;
  for (const char c : name) {
    depth += c == '{' ? 1 : c == '}' ? -1 : 0;
    dots += c == '.' && depth == 0 ? 1 : 0;
  }
  return dots;
}

bool IsDateLike(std::string_view part) {
  const auto digits =
      std::count_if(part.begin(), part.end(), [](unsigned char c) { return std::isdigit(c); });
  const bool only = std::all_of(part.begin(), part.end(),
                                [](unsigned char c) { return std::isdigit(c) || c == '-' || c == '_'; });
  return only && digits >= 4;
}

bool IsFile(std::string_view part) {
  if (part.starts_with("part-") || part.find('*') != std::string_view::npos || part.starts_with("_"))
    return true;
  const size_t dot = part.rfind('.');
  if (dot == std::string_view::npos || dot + 1 == part.size() || part.ends_with(".db")) return false;
  const std::string_view ending = part.substr(dot + 1);
  return ending.size() <= 7 &&
         std::all_of(ending.begin(), ending.end(), [](unsigned char c) { return std::isalnum(c); });
}

}  // namespace

std::string TableName(std::string_view written, std::string_view database) {
  std::string name = Lower(WithUniformPatterns(written));
  for (const std::string_view catalog : {"spark_catalog.", "hive.", "awsdatacatalog."}) {
    if (name.starts_with(catalog) && Dots(name) >= 2) name = name.substr(catalog.size());
  }
  if (database.empty() || Dots(name) > 0) return name;
  return Lower(WithUniformPatterns(database)) + "." + name;
}

bool IsFamily(std::string_view name) { return name.find("${") != std::string_view::npos; }

std::string FamilyKey(std::string_view name) {
  std::string key;
  for (size_t i = 0; i < name.size(); ++i) {
    if (!name.substr(i).starts_with("${")) {
      key += name[i];
      continue;
    }
    const size_t end = name.find('}', i);
    if (end == std::string_view::npos) break;
    if (!key.ends_with('*')) key += '*';
    i = end;
  }
  return key;
}

std::string FolderName(std::string_view path) {
  const size_t scheme = path.find("://");
  if (scheme != std::string_view::npos) {
    const std::string_view kind = path.substr(0, scheme);
    const bool bucket =
        kind.starts_with("s3") || kind == "oss" || kind == "gs" || kind == "cosn" || kind == "obs";
    const size_t slash = path.find('/', scheme + 3);
    if (slash == std::string_view::npos) return "";
    path.remove_prefix(bucket ? scheme + 2 : slash);  // a bucket's name is part of the path
  }
  std::string folder;
  for (size_t at = 0; at < path.size();) {
    const size_t end = std::min(path.find('/', at), path.size());
    const std::string_view part = path.substr(at, end - at);
    at = end + 1;
    const bool leading_pattern = folder.empty() && part.starts_with("${");  // ${WAREHOUSE}/ods/x
    if (part.empty() || part == "." || leading_pattern) continue;
    if (part.find('=') != std::string_view::npos || part.find("${") != std::string_view::npos ||
        IsDateLike(part) || IsFile(part))
      break;
    folder += "/" + std::string(part);
  }
  return folder;
}

std::string PathNode(std::string_view folder) { return "path:" + std::string(folder); }
std::string ExternalNode(std::string_view name) { return "external:" + std::string(name); }

}  // namespace godwit::lineage
