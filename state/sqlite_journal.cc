#include <fmt/format.h>

#include <map>
#include <optional>
#include <utility>

#include "base/sqlite.h"
#include "state/journal.h"
#include "state/sqlite_view.h"

namespace godwit::state {
namespace {

constexpr int64_t kFormatVersion = 1;
constexpr int64_t kApplicationId = 0x474f4457;  // "GODW", shown by file(1)

constexpr char kSchema[] = R"(
CREATE TABLE log(
  seq INTEGER PRIMARY KEY, epoch INTEGER NOT NULL, unit TEXT NOT NULL, gen INTEGER NOT NULL,
  kind TEXT NOT NULL CHECK(kind IN ('EPOCH','INTENT','OUTCOME','TRANSITION','EVIDENCE','DECISION','APPROVAL',
                                    'CONTROL','NOTE')),
  op TEXT NOT NULL, ref INTEGER NOT NULL, body TEXT NOT NULL,
  wall TEXT NOT NULL, since_boot_ns INTEGER NOT NULL, boot_id TEXT NOT NULL,
  previous TEXT NOT NULL, hash TEXT NOT NULL) STRICT;
CREATE INDEX log_of_unit ON log(unit, seq);
CREATE UNIQUE INDEX one_decision ON log(unit, gen) WHERE kind = 'DECISION';
CREATE UNIQUE INDEX one_outcome ON log(ref) WHERE kind = 'OUTCOME';
CREATE TRIGGER log_is_not_changed BEFORE UPDATE ON log BEGIN SELECT RAISE(ABORT, 'the log is append-only'); END;
CREATE TRIGGER log_is_not_shortened BEFORE DELETE ON log BEGIN SELECT RAISE(ABORT, 'the log is append-only'); END;
CREATE TABLE facts(scope TEXT NOT NULL, key TEXT NOT NULL, value TEXT NOT NULL, PRIMARY KEY(scope, key))
  STRICT, WITHOUT ROWID;
CREATE TABLE heartbeat(one INTEGER PRIMARY KEY CHECK(one = 1), epoch INTEGER NOT NULL,
  since_boot_ns INTEGER NOT NULL, boot_id TEXT NOT NULL) STRICT;
)";

constexpr char kColumns[] =
    "seq, epoch, unit, gen, kind, op, ref, body, wall, since_boot_ns, boot_id, previous, hash";

Result<Record> ReadRecord(const SqliteStatement& row) {
  Record record;
  record.sequence = row.Integer(0);
  record.epoch = row.Integer(1);
  record.entry.unit = row.Text(2);
  record.entry.generation = row.Integer(3);
  const std::optional<RecordKind> kind = ParseRecordKind(row.Text(4));
  if (!kind) return Corrupt(fmt::format("record {} is of unknown kind {}", record.sequence, row.Text(4)));
  record.entry.kind = *kind;
  record.entry.op = row.Text(5);
  record.entry.reference = row.Integer(6);
  record.entry.body = row.Text(7);
  record.entry.wall = row.Text(8);
  record.entry.since_boot_ns = row.Integer(9);
  record.entry.boot_id = row.Text(10);
  record.previous = row.Text(11);
  record.hash = row.Text(12);
  return record;
}

class SqliteJournal : public Journal {
 public:
  explicit SqliteJournal(SqliteDatabase database) : database_(std::move(database)) {}

  Result<int64_t> TakeOver(Entry entry) override {
    entry.kind = RecordKind::kEpoch;
    GODWIT_TRY_ASSIGN(SqliteTransaction transaction, SqliteTransaction::Begin(database_));
    GODWIT_TRY_ASSIGN(const int64_t newest, NewestEpoch());
    GODWIT_TRY(Insert(newest + 1, {entry}));
    GODWIT_TRY(
        Beat(newest + 1, entry.since_boot_ns, entry.boot_id));  // the first beat shuts out older epochs
    GODWIT_TRY(transaction.Commit());
    return newest + 1;
  }

  Result<std::vector<Record>> Append(int64_t epoch, std::optional<int64_t> head,
                                     const std::vector<Entry>& entries, const DeriveFacts& derive) override {
    GODWIT_TRY_ASSIGN(SqliteTransaction transaction, SqliteTransaction::Begin(database_));
    if (epoch != 0) {
      GODWIT_TRY_ASSIGN(const int64_t newest, NewestEpoch());
      if (epoch != newest) {
        return Conflict(
            fmt::format("another process took over this migration (epoch {}, ours is {})", newest, epoch));
      }
    }
    if (head) {
      GODWIT_TRY_ASSIGN(const Head last, GetHead());
      if (last.sequence != *head) return Unavailable("somebody else wrote to the journal");
    }
    GODWIT_TRY_ASSIGN(std::vector<Record> records, Insert(epoch, entries));
    if (derive) GODWIT_TRY(StoreFacts(derive(records)));
    GODWIT_TRY(transaction.Commit());
    return records;
  }

  Result<std::vector<Record>> Read(int64_t after, size_t limit) override {
    GODWIT_TRY_ASSIGN(
        SqliteStatement * select,
        Statement(fmt::format("SELECT {} FROM log WHERE seq > ?1 ORDER BY seq LIMIT ?2", kColumns)));
    select->Bind(1, after).Bind(2, static_cast<int64_t>(limit));
    return Collect(*select);
  }

  Result<std::vector<Record>> ReadUnit(const std::string& unit, int64_t after, size_t limit) override {
    GODWIT_TRY_ASSIGN(
        SqliteStatement * select,
        Statement(
            fmt::format("SELECT {} FROM log WHERE unit = ?1 AND seq > ?2 ORDER BY seq LIMIT ?3", kColumns)));
    select->Bind(1, unit).Bind(2, after).Bind(3, static_cast<int64_t>(limit));
    return Collect(*select);
  }

  Result<Head> GetHead() override {
    GODWIT_TRY_ASSIGN(SqliteStatement * select,
                      Statement("SELECT seq, hash FROM log ORDER BY seq DESC LIMIT 1"));
    GODWIT_TRY_ASSIGN(const bool row, select->Step());
    Head head;
    if (row) head = {select->Integer(0), select->Text(1)};
    select->Reset();
    return head;
  }

  Result<std::vector<Fact>> ReadFacts(const std::string& scope) override {
    GODWIT_TRY_ASSIGN(SqliteStatement * select,
                      Statement("SELECT scope, key, value FROM facts WHERE scope = ?1 ORDER BY key"));
    select->Bind(1, scope);
    std::vector<Fact> facts;
    for (;;) {
      GODWIT_TRY_ASSIGN(const bool row, select->Step());
      if (!row) break;
      facts.push_back({select->Text(0), select->Text(1), select->Text(2)});
    }
    select->Reset();
    return facts;
  }

  Status Beat(int64_t epoch, int64_t since_boot_ns, const std::string& boot_id) override {
    GODWIT_TRY_ASSIGN(SqliteStatement * upsert,
                      Statement("INSERT INTO heartbeat VALUES(1, ?1, ?2, ?3) ON CONFLICT(one) DO UPDATE SET "
                                "epoch = ?1, since_boot_ns = ?2, boot_id = ?3 WHERE epoch <= ?1"));
    GODWIT_TRY(upsert->Bind(1, epoch).Bind(2, since_boot_ns).Bind(3, boot_id).Run());
    if (database_.Changes() == 0) return Conflict("another process took over this migration");
    return Ok();
  }

  Result<Heartbeat> LastBeat() override {
    GODWIT_TRY_ASSIGN(SqliteStatement * select,
                      Statement("SELECT epoch, since_boot_ns, boot_id FROM heartbeat"));
    GODWIT_TRY_ASSIGN(const bool row, select->Step());
    Heartbeat beat;
    if (row) beat = {select->Integer(0), select->Integer(1), select->Text(2)};
    select->Reset();
    return beat;
  }

  Status CheckIntegrity() override {
    GODWIT_TRY_ASSIGN(const std::string answer, database_.QueryText("PRAGMA quick_check(1)"));
    if (answer != "ok") return Corrupt("the state file is damaged: " + answer);
    return Ok();
  }

 private:
  // Prepared once, kept.
  Result<SqliteStatement*> Statement(const std::string& sql) {
    const auto found = statements_.find(sql);
    if (found != statements_.end()) return &found->second;
    GODWIT_TRY_ASSIGN(SqliteStatement statement, database_.Prepare(sql));
    return &statements_.emplace(sql, std::move(statement)).first->second;
  }

  // Epochs only grow, and outsiders write 0: the last record of any orchestrator has the newest. Nothing
  // that looks at more of the log will do here, since this is asked with every append.
  Result<int64_t> NewestEpoch() {
    GODWIT_TRY_ASSIGN(SqliteStatement * select,
                      Statement("SELECT epoch FROM log WHERE epoch > 0 ORDER BY seq DESC LIMIT 1"));
    GODWIT_TRY_ASSIGN(const bool row, select->Step());
    const int64_t newest = row ? select->Integer(0) : 0;
    select->Reset();
    return newest;
  }

  Result<std::vector<Record>> Insert(int64_t epoch, const std::vector<Entry>& entries) {
    GODWIT_TRY_ASSIGN(Head head, GetHead());
    GODWIT_TRY_ASSIGN(
        SqliteStatement * insert,
        Statement(
            fmt::format("INSERT INTO log({}) VALUES(?1,?2,?3,?4,?5,?6,?7,?8,?9,?10,?11,?12,?13)", kColumns)));
    std::vector<Record> records;
    for (const Entry& entry : entries) {
      Record record{head.sequence + 1, epoch, entry, head.hash, ""};
      record.hash = ChainHash(record);
      insert->Bind(1, record.sequence).Bind(2, epoch).Bind(3, entry.unit).Bind(4, entry.generation);
      insert->Bind(5, RecordKindName(entry.kind)).Bind(6, entry.op).Bind(7, entry.reference);
      insert->Bind(8, entry.body).Bind(9, entry.wall).Bind(10, entry.since_boot_ns).Bind(11, entry.boot_id);
      insert->Bind(12, record.previous).Bind(13, record.hash);
      GODWIT_TRY(insert->Run());
      head = {record.sequence, record.hash};
      records.push_back(std::move(record));
    }
    return records;
  }

  Status StoreFacts(const std::vector<Fact>& facts) {
    if (facts.empty()) return Ok();
    GODWIT_TRY_ASSIGN(
        SqliteStatement * upsert,
        Statement("INSERT INTO facts VALUES(?1, ?2, ?3) ON CONFLICT(scope, key) DO UPDATE SET value = ?3"));
    GODWIT_TRY_ASSIGN(SqliteStatement * remove, Statement("DELETE FROM facts WHERE scope = ?1 AND key = ?2"));
    for (const Fact& fact : facts) {
      if (fact.value.empty()) {
        GODWIT_TRY(remove->Bind(1, fact.scope).Bind(2, fact.key).Run());
      } else {
        GODWIT_TRY(upsert->Bind(1, fact.scope).Bind(2, fact.key).Bind(3, fact.value).Run());
      }
    }
    return Ok();
  }

  Result<std::vector<Record>> Collect(SqliteStatement& select) {
    std::vector<Record> records;
    for (;;) {
      GODWIT_TRY_ASSIGN(const bool row, select.Step());
      if (!row) break;
      GODWIT_TRY_ASSIGN(Record record, ReadRecord(select));
      records.push_back(std::move(record));
    }
    select.Reset();
    return records;
  }

  SqliteDatabase database_;
  std::map<std::string, SqliteStatement> statements_;
};

Status Prepare(SqliteDatabase& database, const std::string& path) {
  GODWIT_TRY_ASSIGN(const int64_t version, database.QueryInteger("PRAGMA user_version"));
  if (version > kFormatVersion) {
    return Unsupported(
        fmt::format("{} was written by a newer godwit (format {}, this one reads {}): use that one", path,
                    version, kFormatVersion));
  }
  if (version == 0) {
    GODWIT_TRY_ASSIGN(const int64_t tables, database.QueryInteger("SELECT count(*) FROM sqlite_schema"));
    if (tables != 0) return InvalidInput(path + " is a database, but not a journal of godwit");
    GODWIT_TRY_ASSIGN(SqliteTransaction transaction, SqliteTransaction::Begin(database));
    GODWIT_TRY(database.Execute(kSchema));
    GODWIT_TRY(database.Execute(
        fmt::format("PRAGMA user_version = {}; PRAGMA application_id = {}", kFormatVersion, kApplicationId)));
    GODWIT_TRY(transaction.Commit());
  }
  return Ok();
}

}  // namespace

Result<std::unique_ptr<Journal>> OpenSqliteJournal(const std::string& path,
                                                   const SqliteJournalOptions& options) {
  GODWIT_TRY_ASSIGN(SqliteDatabase database,
                    SqliteDatabase::Open(path, options.read_only ? SqliteDatabase::Mode::kReadOnly
                                                                 : SqliteDatabase::Mode::kCreate));
  if (!options.read_only) {
    GODWIT_TRY(database.Execute("PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL"));
    GODWIT_TRY(Prepare(database, path));
  }
  return std::unique_ptr<Journal>(std::make_unique<SqliteJournal>(std::move(database)));
}

Result<std::unique_ptr<Journal>> OpenSqliteView(const std::string& path) {
  GODWIT_TRY_ASSIGN(SqliteDatabase database, SqliteDatabase::Open(path, SqliteDatabase::Mode::kReadOnly));
  GODWIT_TRY(database.Execute("BEGIN"));
  GODWIT_TRY(database.QueryInteger("SELECT count(*) FROM heartbeat"));  // the first read fixes the moment
  return std::unique_ptr<Journal>(std::make_unique<SqliteJournal>(std::move(database)));
}

}  // namespace godwit::state
