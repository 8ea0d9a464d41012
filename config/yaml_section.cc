#include "config/yaml_section.h"

#include <filesystem>

namespace godwit::config {

std::string Absolute(const std::string& folder, const std::string& path) {
  if (path.empty()) return path;
  std::string whole = (std::filesystem::path(folder) / path).lexically_normal().string();
  while (whole.size() > 1 && whole.ends_with('/')) whole.pop_back();
  return whole;
}

}  // namespace godwit::config
