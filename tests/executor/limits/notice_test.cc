#include "executor/notice.h"

#include <gtest/gtest.h>

#include "config/settings.h"

namespace godwit::executor {
namespace {

std::optional<Notice> Of(state::RecordKind kind, const std::string& body) {
  state::Record record;
  record.sequence = 7;
  record.hash = "abc";
  record.entry.kind = kind;
  record.entry.unit = "u1";
  record.entry.body = body;
  record.entry.wall = "2026-11-22T02:00:00Z";
  return NoticeOf(record);
}

std::string EventOf(state::RecordKind kind, const std::string& body) {
  const std::optional<Notice> notice = Of(kind, body);
  return notice ? notice->event + ": " + notice->text : "";
}

TEST(Notice, TellsWhatPeopleWaitFor) {
  using Kind = state::RecordKind;
  EXPECT_EQ(EventOf(Kind::kTransition, R"({"event":"freeze_begun"})"),
            "freeze: its writers are being stopped");
  EXPECT_EQ(EventOf(Kind::kTransition, R"({"event":"copied"})"), "");
  EXPECT_EQ(EventOf(Kind::kDecision, R"({"decision":"cancel","why":"the freeze budget is spent"})"),
            "cancel: this cut-over is cancelled: the freeze budget is spent");
  EXPECT_EQ(EventOf(Kind::kControl, R"({"verb":"hold","by":"godwit","comment":"failed 8 times"})"),
            "failure: held for a person: failed 8 times");
  EXPECT_EQ(EventOf(Kind::kControl, R"({"verb":"hold","by":"wu@h","comment":"lunch"})"),
            "hold: held by wu@h: lunch");
  EXPECT_EQ(EventOf(Kind::kControl, R"({"verb":"resume","by":"wu@h"})"), "");
  EXPECT_EQ(EventOf(Kind::kControl, R"({"verb":"breaker_open","comment":"12 of 20"})"),
            "breaker_open: begins nothing new: 12 of 20");
  EXPECT_EQ(EventOf(Kind::kNote, R"({"denied":"cancel","by":"wu@h","why":"it is at rest already"})"),
            "denied: cancel by wu@h: it is at rest already");
  EXPECT_EQ(EventOf(Kind::kOutcome, R"({"outcome":"refused","error":"no right"})"),
            "problem: refused: no right");
  EXPECT_EQ(EventOf(Kind::kOutcome, R"({"outcome":"done"})"), "");
  EXPECT_EQ(EventOf(Kind::kIntent, R"({})"), "");
  EXPECT_EQ(EventOf(Kind::kNote, "no json"), "");
}

TEST(Notice, IsNamedByItsRecord) {
  const Notice notice = *Of(state::RecordKind::kTransition, R"({"event":"thawed"})");
  EXPECT_EQ(notice.id, "abc");
  EXPECT_EQ(notice.sequence, 7);
  EXPECT_EQ(FormatTimestamp(notice.time), "2026-11-22T02:00:00Z");
}

// The configuration knows the same words.
TEST(Notice, EveryEventCanBeAskedFor) {
  for (const std::string_view event : NoticeEvents()) {
    const std::string text =
        "version: 1\nnotify: [{name: a, file: b, events: [" + std::string(event) + "]}]\n";
    EXPECT_TRUE(config::ParseSettings("godwit.yaml", text).ok()) << event;
  }
}

}  // namespace
}  // namespace godwit::executor
