// planner/request_json.h — a request as text and back (docs/planning.md has every key). What is not given is
// as by default.
#pragma once

#include <string>
#include <string_view>

#include "planner/json_read.h"
#include "planner/json_text.h"
#include "planner/request.h"

namespace godwit::planner {

// Sizes are texts such as "1%" or "2TB", times texts such as "1d12h", rates texts such as "5GB" (a second).
// Errors: kInvalidInput with the path of the first value that is wrong.
Result<Request> ReadRequest(std::string_view text);
Status ReadOntoRequest(std::string_view text, Request& request);  // what is not given stays as it is
void WriteRequest(const Request& request, const TextSink& sink);

// The same as part of a larger document.
void PutRequest(const Request& request, JsonText& json);
void GetRequest(const JsonValue& value, Request& request);

// Changes one wish: "cap=2TB", "bandwidth=5GB", "alpha=5", "tie=workflow", "order=upstream-first",
// "objective=sync-once", "effort=high", "replication=3", "overhead=0.1", "start=2026-12-07", "seed=8".
// Errors: kInvalidInput that lists the keys.
Status ChangeRequest(std::string_view wish, Request& request);

}  // namespace godwit::planner
