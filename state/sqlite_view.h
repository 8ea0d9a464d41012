// state/sqlite_view.h — a state file as it stands at one moment, beside whoever writes to it.
#pragma once

#include <memory>
#include <string>

#include "state/journal.h"

namespace godwit::state {

// Everything that is read through it is of the moment of opening: records and facts fit each other although
// another process goes on writing. Read-only, and not for keeping: the file's log cannot be trimmed
// meanwhile. Errors as OpenSqliteJournal.
Result<std::unique_ptr<Journal>> OpenSqliteView(const std::string& path);

}  // namespace godwit::state
