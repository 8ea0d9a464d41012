// cli/extract_jsonl.h — `godwit extract --jsonl`: statements in, tables out, a line each, as a stream.
#pragma once

#include <cstddef>

#include "base/result.h"

namespace godwit::cli {

// Reads {"id", "dialect", "sql"} a line from `input` (a file descriptor) and answers {"id", "input_tables",
// "inserted_tables", "diagnostics"} a line on `output`, in order; "guessed" beside them holds the same of
// statements that do not parse, "columns" comes with `columns`. A line that is no such object is answered
// with a diagnostic. Lines are answered as they come; memory is a few blocks of input for each of `jobs`
// threads. Errors: kUnavailable if reading or writing fails.
Status ExtractJsonLines(int input, int output, bool columns, size_t jobs);

}  // namespace godwit::cli
