// base/assert.h — for bugs in godwit itself, never for bad input. On in release too: the process dies, and
// the journal makes that safe.
#pragma once

namespace godwit {

// Prints place and condition to stderr and aborts.
[[noreturn]] void AssertFailed(const char* file, int line, const char* condition);

}  // namespace godwit

#define GODWIT_ASSERT(condition)                                              \
  do {                                                                        \
    if (!(condition)) ::godwit::AssertFailed(__FILE__, __LINE__, #condition); \
  } while (false)
