#include "state/mirror.h"

#include <fmt/format.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <nlohmann/json.hpp>

#include "base/durable_file.h"
#include "base/sqlite.h"

namespace godwit::state {
namespace {

using Json = nlohmann::json;

constexpr size_t kPage = 1024;
constexpr int64_t kTailFirst = 64 << 10;

std::string LineOf(const Record& record) {
  const Entry& entry = record.entry;
  const Json json = {{"sequence", record.sequence},
                     {"epoch", record.epoch},
                     {"unit", entry.unit},
                     {"generation", entry.generation},
                     {"kind", RecordKindName(entry.kind)},
                     {"op", entry.op},
                     {"reference", entry.reference},
                     {"body", entry.body},
                     {"wall", entry.wall},
                     {"since_boot_ns", entry.since_boot_ns},
                     {"boot_id", entry.boot_id},
                     {"previous", record.previous},
                     {"hash", record.hash}};
  return json.dump(-1, ' ', false, Json::error_handler_t::replace) + "\n";
}

// Nothing for a line that a crash cut off.
std::optional<Record> RecordOf(const std::string& line) {
  const Json json = Json::parse(line, nullptr, false);
  if (!json.is_object()) return std::nullopt;
  try {
    const std::optional<RecordKind> kind = ParseRecordKind(json.at("kind").get<std::string>());
    if (!kind) return std::nullopt;
    Record record;
    record.sequence = json.at("sequence").get<int64_t>();
    record.epoch = json.at("epoch").get<int64_t>();
    record.entry = {json.at("unit").get<std::string>(),
                    json.at("generation").get<int64_t>(),
                    *kind,
                    json.at("op").get<std::string>(),
                    json.at("reference").get<int64_t>(),
                    json.at("body").get<std::string>(),
                    json.at("wall").get<std::string>(),
                    json.at("since_boot_ns").get<int64_t>(),
                    json.at("boot_id").get<std::string>()};
    record.previous = json.at("previous").get<std::string>();
    record.hash = json.at("hash").get<std::string>();
    return record;
  } catch (const Json::exception&) {
    return std::nullopt;
  }
}

// The last record that is whole, if there is one; reads no more of the file than it must.
Result<std::optional<Record>> LastOf(const std::string& path) {
  std::error_code error;
  const std::filesystem::file_status kind = std::filesystem::status(path, error);
  if (kind.type() == std::filesystem::file_type::not_found) return std::optional<Record>();
  if (!std::filesystem::is_regular_file(kind))
    return Unavailable(fmt::format("the mirror {} is no file", path));
  std::ifstream file(path, std::ios::binary | std::ios::ate);
  if (!file) return Unavailable(fmt::format("the mirror {} cannot be read: {}", path, std::strerror(errno)));
  const int64_t size = file.tellg();
  for (int64_t tail = std::min(kTailFirst, size); tail > 0; tail = std::min(tail * 4, size)) {
    std::string text(static_cast<size_t>(tail), '\0');
    file.seekg(size - tail);
    file.read(text.data(), tail);
    for (size_t end = text.size(); end != text.npos && end > 0;) {
      const size_t begin = text.rfind('\n', end - 1);
      if (begin == text.npos && tail < size) break;  // its beginning is further up
      const size_t from = begin == text.npos ? 0 : begin + 1;
      if (std::optional<Record> record = RecordOf(text.substr(from, end - from))) return record;
      end = begin;
    }
    if (tail == size) break;
  }
  return std::optional<Record>();
}

class MirroredJournal : public Journal {
 public:
  MirroredJournal(std::unique_ptr<Journal> journal, std::string path)
      : journal_(std::move(journal)), path_(std::move(path)) {}

  Status Open() {
    GODWIT_TRY_ASSIGN(const std::optional<Record> last, LastOf(path_));
    if (!last) return CatchUp();
    GODWIT_TRY_ASSIGN(const std::vector<Record> same, journal_->Read(last->sequence - 1, 1));
    if (same.empty()) {
      return Corrupt(
          fmt::format("the mirror {} knows {} records, the state file fewer: it was lost or set back. "
                      "Move it away and run `godwit log --restore {}`",
                      path_, last->sequence, path_));
    }
    if (same[0].hash != last->hash) {
      return Corrupt(fmt::format("the mirror {} is of another journal: record {} differs; use another path",
                                 path_, last->sequence));
    }
    mirrored_ = last->sequence;
    return CatchUp();
  }

  Result<int64_t> TakeOver(Entry entry) override {
    GODWIT_TRY(CatchUp());
    GODWIT_TRY_ASSIGN(const int64_t epoch, journal_->TakeOver(std::move(entry)));
    (void)CatchUp().ok();  // made up for before the next append
    return epoch;
  }
  Result<std::vector<Record>> Append(int64_t epoch, std::optional<int64_t> head,
                                     const std::vector<Entry>& entries, const DeriveFacts& derive) override {
    GODWIT_TRY(CatchUp());
    GODWIT_TRY_ASSIGN(std::vector<Record> records, journal_->Append(epoch, head, entries, derive));
    (void)CatchUp().ok();  // made up for before the next append
    return records;
  }
  Result<std::vector<Record>> Read(int64_t after, size_t limit) override {
    return journal_->Read(after, limit);
  }
  Result<std::vector<Record>> ReadUnit(const std::string& unit, int64_t after, size_t limit) override {
    return journal_->ReadUnit(unit, after, limit);
  }
  Result<Head> GetHead() override { return journal_->GetHead(); }
  Result<std::vector<Fact>> ReadFacts(const std::string& scope) override {
    return journal_->ReadFacts(scope);
  }
  Status Beat(int64_t epoch, int64_t since_boot_ns, const std::string& boot_id) override {
    return journal_->Beat(epoch, since_boot_ns, boot_id);
  }
  Result<Heartbeat> LastBeat() override { return journal_->LastBeat(); }
  Status CheckIntegrity() override {
    GODWIT_TRY(journal_->CheckIntegrity());
    return CatchUp();
  }

 private:
  // Writes what is in the journal and not in the mirror.
  Status CatchUp() {
    for (;;) {
      GODWIT_TRY_ASSIGN(const std::vector<Record> page, journal_->Read(mirrored_, kPage));
      if (page.empty()) return Ok();
      std::string text;
      for (const Record& record : page) text += LineOf(record);
      const Status written = AppendToFile(path_, text);
      if (!written.ok()) return Unavailable("the log's mirror cannot be written: " + written.error().message);
      mirrored_ = page.back().sequence;
    }
  }

  std::unique_ptr<Journal> journal_;
  std::string path_;
  int64_t mirrored_ = 0;  // sequence of the last record there
};

Status InsertAll(std::ifstream& mirror, SqliteDatabase& database, Journal::Head& head) {
  GODWIT_TRY_ASSIGN(SqliteTransaction transaction, SqliteTransaction::Begin(database));
  GODWIT_TRY_ASSIGN(SqliteStatement insert,
                    database.Prepare("INSERT INTO log(seq, epoch, unit, gen, kind, op, ref, body, wall, "
                                     "since_boot_ns, boot_id, previous, hash) "
                                     "VALUES(?1,?2,?3,?4,?5,?6,?7,?8,?9,?10,?11,?12,?13)"));
  std::string line;
  while (std::getline(mirror, line)) {
    const std::optional<Record> record = RecordOf(line);
    if (!record || record->sequence <= head.sequence) continue;  // cut off, or written twice
    if (record->sequence != head.sequence + 1 || record->previous != head.hash ||
        ChainHash(*record) != record->hash) {
      return Corrupt(fmt::format("the mirror's chain is broken after record {}: {}", head.sequence,
                                 record->sequence != head.sequence + 1 ? "records are missing"
                                                                       : "a record is not what was written"));
    }
    const Entry& entry = record->entry;
    insert.Bind(1, record->sequence).Bind(2, record->epoch).Bind(3, entry.unit).Bind(4, entry.generation);
    insert.Bind(5, RecordKindName(entry.kind)).Bind(6, entry.op).Bind(7, entry.reference);
    insert.Bind(8, entry.body).Bind(9, entry.wall).Bind(10, entry.since_boot_ns).Bind(11, entry.boot_id);
    GODWIT_TRY(insert.Bind(12, record->previous).Bind(13, record->hash).Run());
    head = {record->sequence, record->hash};
  }
  if (head.sequence == 0) return InvalidInput("the mirror holds no record");
  return transaction.Commit();
}

}  // namespace

Result<std::unique_ptr<Journal>> OpenMirroredJournal(std::unique_ptr<Journal> journal,
                                                     const std::string& path) {
  auto mirrored = std::make_unique<MirroredJournal>(std::move(journal), path);
  GODWIT_TRY(mirrored->Open());
  return std::unique_ptr<Journal>(std::move(mirrored));
}

Result<Journal::Head> RestoreFromMirror(const std::string& mirror_path, const std::string& state_path) {
  if (access(state_path.c_str(), F_OK) == 0) {
    return InvalidInput("there is a state file " + state_path +
                        ": move it away first (with its -wal and -shm)");
  }
  std::ifstream mirror(mirror_path, std::ios::binary);
  if (!mirror) return InvalidInput("there is no mirror " + mirror_path);
  const std::string fresh = state_path + ".restored";
  for (const char* ending : {"", "-wal", "-shm"}) unlink((fresh + ending).c_str());
  Journal::Head head;
  Status done = Ok();
  {
    GODWIT_TRY(OpenSqliteJournal(fresh));  // makes the tables
    GODWIT_TRY_ASSIGN(SqliteDatabase database, SqliteDatabase::Open(fresh, SqliteDatabase::Mode::kReadWrite));
    done = InsertAll(mirror, database, head);
    if (done.ok()) done = database.Execute("PRAGMA wal_checkpoint(TRUNCATE)");
  }
  if (done.ok() && rename(fresh.c_str(), state_path.c_str()) != 0)
    done = Unavailable(state_path + " cannot be made");
  for (const char* ending : {"", "-wal", "-shm"}) unlink((fresh + ending).c_str());
  GODWIT_TRY(std::move(done));
  return head;
}

}  // namespace godwit::state
