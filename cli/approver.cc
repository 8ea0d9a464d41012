#include "cli/approver.h"

#include <fmt/format.h>
#include <sys/stat.h>

#include <sstream>

#include "base/durable_file.h"
#include "base/hash.h"
#include "cli/state_folder.h"
#include "config/secret.h"

namespace godwit::cli {
namespace {

constexpr size_t kDigestLength = 64;

Status CheckRights(const std::string& path) {
  struct stat info {};
  if (stat(path.c_str(), &info) != 0) return InvalidInput("there is no file of people " + path);
  if ((info.st_mode & (S_IWGRP | S_IWOTH)) != 0) {
    return InvalidInput(path + " may be written by others: `chmod go-w` it, whoever writes there approves");
  }
  return Ok();
}

// Looks at every line, so that the time it takes does not tell where the digest was found.
Result<std::string> NameOf(const std::string& path, const std::string& text, const std::string& digest) {
  std::istringstream lines(text);
  std::string line, found;
  for (int number = 1; std::getline(lines, line); ++number) {
    if (line.empty() || line.starts_with('#')) continue;
    std::istringstream words(line);
    std::string name, known, rest;
    words >> name >> known;
    if (known.size() != kDigestLength || words >> rest) {
      return InvalidInput(
          fmt::format("{}:{}: a line is a name and the SHA-256 of a token, 64 digits", path, number));
    }
    unsigned char different = 0;
    for (size_t i = 0; i < kDigestLength; ++i) different |= static_cast<unsigned char>(known[i] ^ digest[i]);
    if (different == 0) found = name;
  }
  if (found.empty()) return InvalidInput("nobody in " + path + " has this token");
  return found;
}

}  // namespace

Result<std::string> ApproverName(const config::ApprovalSettings& approvals, const std::string& token) {
  if (approvals.people.empty()) {
    if (!token.empty()) {
      return InvalidInput("a token needs `approvals.people`, the file of those who have one");
    }
    return PersonName();
  }
  if (token.empty()) {
    return InvalidInput("a token is needed: --token env:NAME or --token file:PATH (" + approvals.people +
                        " has those who may approve)");
  }
  GODWIT_TRY(CheckRights(approvals.people));
  GODWIT_TRY_ASSIGN(const config::SecretPlace place, config::ParseSecretPlace(token));
  GODWIT_TRY_ASSIGN(const std::string secret, config::ReadSecret(place));
  GODWIT_TRY_ASSIGN(const std::optional<std::string> text, ReadFileIfThere(approvals.people));
  return NameOf(approvals.people, text.value_or(""), Sha256Hex(secret));
}

bool IsSamePerson(const std::string& driver, const std::string& approver) {
  return driver.substr(0, driver.find(" process ")) == approver;
}

}  // namespace godwit::cli
