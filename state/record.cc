#include <array>
#include <utility>

#include "base/hash.h"
#include "state/journal.h"

namespace godwit::state {
namespace {

constexpr std::array<std::pair<RecordKind, const char*>, 9> kNames = {{
    {RecordKind::kEpoch, "EPOCH"},
    {RecordKind::kIntent, "INTENT"},
    {RecordKind::kOutcome, "OUTCOME"},
    {RecordKind::kTransition, "TRANSITION"},
    {RecordKind::kEvidence, "EVIDENCE"},
    {RecordKind::kDecision, "DECISION"},
    {RecordKind::kApproval, "APPROVAL"},
    {RecordKind::kControl, "CONTROL"},
    {RecordKind::kNote, "NOTE"},
}};

constexpr size_t kVerifyPage = 4096;

// Length first: no two different lists of fields give the same bytes.
void AddField(std::string& bytes, std::string_view field) {
  bytes += std::to_string(field.size());
  bytes += ':';
  bytes += field;
}

std::string CheckRecord(const Record& record, const Record& last) {
  if (record.sequence != last.sequence + 1) return "records are missing before it";
  if (record.previous != last.hash) return "it does not continue the record before";
  if (ChainHash(record) != record.hash) return "its content is not what was written";
  return "";
}

}  // namespace

const char* RecordKindName(RecordKind kind) { return kNames[static_cast<size_t>(kind)].second; }

std::optional<RecordKind> ParseRecordKind(std::string_view name) {
  for (const auto& [kind, text] : kNames) {
    if (name == text) return kind;
  }
  return std::nullopt;
}

std::string ChainHash(const Record& record) {
  const Entry& entry = record.entry;
  std::string bytes;
  bytes.reserve(entry.body.size() + 256);
  AddField(bytes, record.previous);
  AddField(bytes, std::to_string(record.sequence));
  AddField(bytes, std::to_string(record.epoch));
  AddField(bytes, entry.unit);
  AddField(bytes, std::to_string(entry.generation));
  AddField(bytes, RecordKindName(entry.kind));
  AddField(bytes, entry.op);
  AddField(bytes, std::to_string(entry.reference));
  AddField(bytes, entry.body);
  AddField(bytes, entry.wall);
  AddField(bytes, std::to_string(entry.since_boot_ns));
  AddField(bytes, entry.boot_id);
  return Sha256Hex(bytes);
}

Result<ChainCheck> VerifyChain(Journal& journal) {
  ChainCheck check;
  Record last;
  for (;;) {
    GODWIT_TRY_ASSIGN(std::vector<Record> page, journal.Read(last.sequence, kVerifyPage));
    if (page.empty()) return check;
    for (Record& record : page) {
      check.reason = CheckRecord(record, last);
      if (!check.reason.empty()) {
        check.broken_at = record.sequence;
        return check;
      }
      ++check.records;
      last = std::move(record);
    }
  }
}

}  // namespace godwit::state
