// cli/approver.h — whose signature it is: the operating system's name, or the one that a token proves.
#pragma once

#include <string>

#include "config/settings.h"

namespace godwit::cli {

// `token` is where the token is, "env:NAME" or "file:PATH"; "" if none was given. Where the configuration has
// a file of people the name is the one beside the token's SHA-256 there. Errors: kInvalidInput — no token
// though one is needed, nobody has it, or the file may be written by others.
Result<std::string> ApproverName(const config::ApprovalSettings& approvals, const std::string& token);

// "wu@host process 12" and "wu@host" are the same person.
bool IsSamePerson(const std::string& driver, const std::string& approver);

}  // namespace godwit::cli
