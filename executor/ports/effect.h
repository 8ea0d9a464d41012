// executor/ports/effect.h — what became of a request to change the world.
//
// Every mutating call of a port is idempotent: asked twice with the same arguments it changes nothing the
// second time and says kAlready. It returns an error kUnavailable when the caller cannot know whether the
// effect happened (a time-out, a reset connection, a 5xx): such an outcome is looked up, never assumed. Every
// other error is a definite refusal: nothing was changed.
#pragma once

#include <cstdint>

#include "base/result.h"

namespace godwit::executor {

enum class Effect : uint8_t { kDone, kAlready };

// A fencing token. A resource remembers the largest token it has seen and refuses (kConflict) a smaller one,
// so that a late request of an earlier attempt cannot undo a later one. See unit_state.h for who hands them
// out.
using Token = uint64_t;

}  // namespace godwit::executor
