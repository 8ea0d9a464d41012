// executor/adapters/local/meta_text.h — metadata ↔ the JSON texts that site.db keeps it in.
#pragma once

#include <string>
#include <vector>

#include "executor/ports/table_meta.h"

namespace godwit::executor::local {

// Keys sorted. Errors: kInvalidInput for bytes that are not UTF-8.
Result<std::string> ParametersText(const Parameters& parameters);
Result<std::string> ColumnsText(const std::vector<Column>& columns);
Result<std::string> WordsText(const std::vector<std::string>& words);

// Errors: kCorrupt for a text that is not of that form.
Result<Parameters> ParseParameters(const std::string& text);
Result<std::vector<Column>> ParseColumns(const std::string& text);
Result<std::vector<std::string>> ParseWords(const std::string& text);

const char* TableKindText(TableKind kind);
TableKind ParseTableKind(const std::string& text);  // kOther for a word it does not know

}  // namespace godwit::executor::local
