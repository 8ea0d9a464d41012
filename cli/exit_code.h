// cli/exit_code.h — what godwit tells the shell.
#pragma once

#include "base/result.h"

namespace godwit::cli {

enum ExitCode : int {
  kExitDone = 0,
  kExitFailed = 1,
  kExitWrongUse = 2,    // arguments, configuration or input that the user must mend
  kExitIncomplete = 3,  // done as far as possible: gaps in lineage, or units left
};

// kInvalidInput is wrong use; everything else failed.
inline ExitCode ExitCodeOf(const Error& error) {
  return error.code == ErrorCode::kInvalidInput ? kExitWrongUse : kExitFailed;
}

}  // namespace godwit::cli
