#include "planner/edits_json.h"

#include <fmt/format.h>

#include "planner/find_name.h"
#include "planner/json_read.h"
#include "planner/json_text.h"
#include "planner/words.h"

namespace godwit::planner {
namespace {

constexpr char kFormat[] = "godwit-edits/1";

void ReadTable(const JsonValue& value, const Workload& workload, Edit& edit) {
  std::string name;
  if (value.IsNumber()) {
    int64_t number = 0;
    value.To(number);
    name = std::to_string(number);
  } else {
    value.To(name);
  }
  if (value.mistake().any()) return;
  const Result<TableId> table = FindTable(workload, name);
  if (!table.ok()) return value.Wrong(table.error().message);
  edit.tables.push_back(*table);
}

void ReadEdit(const JsonValue& value, const Workload& workload, Edit& edit) {
  JsonFields in(value);
  in.Need("kind", edit.kind);
  in.Each("tables", [&](const JsonValue& table) { ReadTable(table, workload, edit); });
  if (edit.tables.empty()) value.Wrong("`tables` names none");
  int64_t wave = 1;
  if (edit.kind == EditKind::kPin) in.Need("wave", wave);
  if (wave < 1 || wave > int64_t{UINT32_MAX}) value.Wrong("`wave` counts from 1");
  edit.wave = static_cast<uint32_t>(wave - 1);
  in.Get("why", edit.why);
}

}  // namespace

std::string EditsText(const std::vector<Edit>& edits, const Workload& workload) {
  std::string text;
  JsonText json([&](std::string_view piece) { text += piece; });
  json.BeginObject();
  json.Put("format", kFormat);
  json.Key("edits");
  json.BeginList();
  for (const Edit& edit : edits) {
    json.BeginLineObject();
    json.Put("kind", WordOf(edit.kind));
    json.Key("tables");
    json.BeginLineList();
    for (TableId id : edit.tables) {
      if (IsNamed(workload)) {
        json.Text(workload.table(id).name);
      } else {
        json.Number(int64_t{Index(id)});
      }
    }
    json.EndLineList();
    if (edit.kind == EditKind::kPin) json.Put("wave", int64_t{edit.wave} + 1);
    if (!edit.why.empty()) json.Put("why", edit.why);
    json.EndLineObject();
  }
  json.EndList();
  json.EndObject();
  json.Finish();
  return text;
}

Result<std::vector<Edit>> ReadEdits(std::string_view text, const Workload& workload) {
  std::vector<Edit> edits;
  GODWIT_TRY(ReadJson(text, [&](const JsonValue& document) {
    JsonFields in(document);
    std::string format;
    in.Need("format", format);
    if (!document.mistake().any() && format != kFormat) {
      document.Wrong(fmt::format("format `{}` is not {}", format, kFormat));
    }
    in.Each("edits", [&](const JsonValue& value) { ReadEdit(value, workload, edits.emplace_back()); });
  }));
  return edits;
}

}  // namespace godwit::planner
