// executor/adapters/hdfs/acl_barrier.h — the WriteBarrier port on HDFS.
//
// The record: DATABASE_LOCATION/_godwit/TABLE/.barrier/PARTY/TOKEN.closed or TOKEN.open, one file a Set; the
// largest token rules, so a late request of an earlier attempt leaves a file that means nothing. Writers are
// kept out by taking the write bits from the table's folders (with an ACL that is the mask, so it binds named
// users and groups too); the bits from before are lines of the .closed file. A superuser, and whoever an
// authorisation plug-in lets in, is not bound: `godwit doctor` says so. Copiers are kept out by the record
// alone: they write to folders of their own, and publishing asks for the record (wrappers/sealed_catalog.h).
//
// Needs: godwit's user owns the folders or is a superuser, and may write below the database's location.
// Cost of closing and opening: two calls a folder.
#pragma once

#include "executor/adapters/hdfs/web_hdfs.h"
#include "executor/ports/catalog.h"
#include "executor/ports/write_barrier.h"

namespace godwit::executor {

class AclBarrier : public WriteBarrier {
 public:
  AclBarrier(WebHdfs& hdfs, Catalog& catalog) : hdfs_(hdfs), catalog_(catalog) {}

  Result<Effect> Set(const TableName& table, Party party, bool closed, Token token) override;
  // For writers `closed` is read from the folders: closed if no folder of the table has a write bit.
  Result<BarrierStatus> Get(const TableName& table, Party party) override;

 private:
  WebHdfs& hdfs_;
  Catalog& catalog_;
};

}  // namespace godwit::executor
