#include "base/assert.h"

#include <cstdio>
#include <cstdlib>

namespace godwit {

void AssertFailed(const char* file, int line, const char* condition) {
  std::fprintf(stderr, "godwit: bug at %s:%d: %s\n", file, line, condition);
  std::abort();
}

}  // namespace godwit
