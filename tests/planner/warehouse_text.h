// tests/planner/warehouse_text.h — a small warehouse as people write it in a test:
//
//     table ods.a 10GB changed=1GB owner=ann group=shop        also: layer= priority= stays external unread
//     job load -> ods.a cron=0_3_*_*_* run=20m                 `_` stands for a blank in cron lines
//     job sum ods.a:2GB! -> dws.b workflow=daily type=sql      `:` bytes read a day (1GB), `!` never before
//     it run load 2026-01-05T03:00 25m                            one run of history edit pin ods.a wave=2
//     also: split, merge
//     {"cap": "50%"}                                           the request, see docs/planning.md
#pragma once

#include <string>
#include <vector>

#include "planner/edit.h"
#include "planner/request.h"
#include "planner/workload.h"

namespace godwit::planner {

struct Warehouse {
  Workload workload;
  Request request;
  std::vector<Edit> edits;
};

// Tables and jobs are sorted by name. Errors: kInvalidInput with the line.
Result<Warehouse> ReadWarehouse(const std::string& text);

}  // namespace godwit::planner
