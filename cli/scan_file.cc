#include "cli/scan_file.h"

#include <filesystem>

namespace godwit::cli {

std::string FindConfig(const std::string& given) {
  if (!given.empty()) return given;
  return std::filesystem::exists(kConfigFile) ? kConfigFile : "";
}

std::string FolderOfScan(const std::string& config) {
  return (std::filesystem::path(config).parent_path() / ".godwit").string();
}

Result<lineage::Scan> ReadScan(const std::string& given, const std::string& config) {
  return lineage::LoadScan(given.empty() ? FolderOfScan(FindConfig(config)) + "/scan.json" : given);
}

}  // namespace godwit::cli
