// state/mirror.h — a second copy of the log in another place: one line of JSON for each record, synced before
// the journal's append returns. What it misses after a failure is made up for before anything else is
// appended.
#pragma once

#include <memory>
#include <string>

#include "state/journal.h"

namespace godwit::state {

// The journal, mirrored to the file at `path` (made if it is not there). CheckIntegrity also checks that the
// mirror is as long as the journal. Errors: kCorrupt — the mirror is of another journal, or knows more than
// this one: the state file was lost or set back (`godwit log --restore`); kUnavailable — it cannot be
// written.
//
// Append: kUnavailable before anything is written while the mirror cannot be brought up to date.
Result<std::unique_ptr<Journal>> OpenMirroredJournal(std::unique_ptr<Journal> journal,
                                                     const std::string& path);

// Makes a state file at `state_path`, which must not be there, of a mirror. The chain is checked on the way;
// facts follow from the records when it is next opened. Returns the head. Errors: kInvalidInput — no mirror,
// or there is a state file; kCorrupt — the chain is broken (it says where; nothing is left behind).
Result<Journal::Head> RestoreFromMirror(const std::string& mirror_path, const std::string& state_path);

}  // namespace godwit::state
