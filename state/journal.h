// state/journal.h — the durable memory of a migration: an append-only log, hash-chained, and next to it facts
// derived from the log. It stores and returns records; what a unit or a step means is the executor's
// business.
//
// Several processes may append (an operator's command beside a running `apply`, the watchdog): every append
// is one immediate transaction that continues the chain from the last record there is. Format:
// docs/journal_format.md.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"

namespace godwit::state {

enum class RecordKind : uint8_t {
  kEpoch,       // a process took over
  kIntent,      // about to change the world
  kOutcome,     // what became of an intent
  kTransition,  // a unit moved on
  kEvidence,    // something was compared
  kDecision,    // commit or cancel: one for each unit and generation
  kApproval,    // a person signed
  kControl,     // a person's command
  kNote,        // worth telling, changes nothing
};

const char* RecordKindName(RecordKind kind);
std::optional<RecordKind> ParseRecordKind(std::string_view name);

// What the writer says.
struct Entry {
  std::string unit;  // "" for the run as a whole
  int64_t generation = 0;
  RecordKind kind = RecordKind::kNote;
  std::string op;         // names the operation that an intent and its outcome belong to
  int64_t reference = 0;  // outcome: the sequence number of its intent
  std::string body;       // JSON, keys sorted, one line; never a secret
  std::string wall;       // for people
  int64_t since_boot_ns = 0;
  std::string boot_id;
};

// What is kept. hash = SHA-256 over `previous` and every field, see ChainHash.
struct Record {
  int64_t sequence = 0;  // 1, 2, 3 … without gaps
  int64_t epoch =
      0;  // of the process that wrote it; 0: no orchestrator (an operator's command, the watchdog)
  Entry entry;
  std::string previous;
  std::string hash;
};

std::string ChainHash(const Record& record);

// A value derived from the log: state(scope, key) = value. An empty value removes it.
struct Fact {
  std::string scope;
  std::string key;
  std::string value;

  auto operator<=>(const Fact&) const = default;
};

// Facts that follow from the records just given their sequence numbers. Empty: none.
using DeriveFacts = std::function<std::vector<Fact>(const std::vector<Record>&)>;

class Journal {
 public:
  virtual ~Journal() = default;

  // Becomes the orchestrator: writes an epoch record and returns its number. From then on Append of any
  // earlier epoch is refused. `body` tells who (host, process).
  virtual Result<int64_t> TakeOver(Entry entry) = 0;

  // Appends all entries in one transaction and the facts with them; durable when it returns. `epoch` 0
  // appends as an outsider. Returns the records as kept. Errors: kConflict — the epoch is not the newest
  // (another process took over), a second outcome of one intent, a second decision for one unit and
  // generation; nothing is written. kUnavailable — disk full, database busy: nothing is written, try again.
  // kCorrupt — I/O error or damaged file: stop.
  virtual Result<std::vector<Record>> Append(int64_t epoch, std::optional<int64_t> head,
                                             const std::vector<Entry>& entries,
                                             const DeriveFacts& derive) = 0;

  // Records with sequence > `after`, in order, at most `limit`.
  virtual Result<std::vector<Record>> Read(int64_t after, size_t limit) = 0;
  // Records of one unit with sequence > `after`, in order, at most `limit`.
  virtual Result<std::vector<Record>> ReadUnit(const std::string& unit, int64_t after, size_t limit) = 0;
  // Sequence number and hash of the last record; {0, ""} if there is none.
  struct Head {
    int64_t sequence = 0;
    std::string hash;
  };
  virtual Result<Head> GetHead() = 0;

  // Facts of a scope, by key.
  virtual Result<std::vector<Fact>> ReadFacts(const std::string& scope) = 0;

  // The orchestrator is alive. Not part of the log. `since_boot_ns` counts only under the same boot.
  virtual Status Beat(int64_t epoch, int64_t since_boot_ns, const std::string& boot_id) = 0;
  struct Heartbeat {
    int64_t epoch = 0;
    int64_t since_boot_ns = 0;
    std::string boot_id;
  };
  virtual Result<Heartbeat> LastBeat() = 0;

  // Looks at the file's pages, not only at rows that happen to be read. Cost: reads the whole file.
  virtual Status CheckIntegrity() = 0;
};

// Recomputes the chain. `broken_at`: the first record that does not follow from the one before; 0 if all do.
struct ChainCheck {
  int64_t records = 0;
  int64_t broken_at = 0;
  std::string reason;
};
Result<ChainCheck> VerifyChain(Journal& journal);

// What a journal in memory refuses; a test may take one away to see that it is noticed.
struct MemoryJournalRules {
  bool newest_epoch_only = true;
  bool one_decision = true;  // a generation
  bool head_is_checked = true;
  // Else what an orchestrator appended cannot be read back: for one that is alone and never starts again.
  bool records_are_kept = true;
};
// For simulations. Same promises but durability.
std::unique_ptr<Journal> MakeMemoryJournal(const MemoryJournalRules& rules = {});

struct SqliteJournalOptions {
  bool read_only = false;  // for status and log: a file that does not exist is an error
};
// Errors: kInvalidInput — no such file, or one that is no journal; kUnsupported — written by a newer version;
// kCorrupt — damaged: run `godwit log --verify`.
Result<std::unique_ptr<Journal>> OpenSqliteJournal(const std::string& path,
                                                   const SqliteJournalOptions& options = {});

}  // namespace godwit::state
