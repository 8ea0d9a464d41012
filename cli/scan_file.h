// cli/scan_file.h — where a command finds the configuration and the scan that the one before it left.
#pragma once

#include <string>

#include "base/result.h"
#include "lineage/scan.h"

namespace godwit::cli {

inline constexpr char kConfigFile[] = "godwit.yaml";

// The configuration named by --config, or godwit.yaml if it stands here; empty if there is none.
std::string FindConfig(const std::string& given);
// .godwit/ beside the configuration, or here.
std::string FolderOfScan(const std::string& config);
// The scan named by --scan, or the one in the state folder. Errors: those of lineage::LoadScan.
Result<lineage::Scan> ReadScan(const std::string& given, const std::string& config);

}  // namespace godwit::cli
