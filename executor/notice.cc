#include "executor/notice.h"

#include <fmt/format.h>

#include <array>
#include <nlohmann/json.hpp>

#include "executor/action.h"
#include "executor/unit_state.h"

namespace godwit::executor {
namespace {

using Json = nlohmann::json;
using state::RecordKind;

constexpr size_t kTextBytesMax = 1000;

constexpr std::array<std::string_view, 12> kNoticeEvents = {
    "approval", "approval_wanted", "breaker_closed", "breaker_open", "cancel", "denied",
    "failure",  "freeze",          "hold",           "problem",      "switch", "thaw"};

struct Told {
  std::string_view event;
  std::string text;
};

std::string Say(const Json& body, const char* key) {
  const auto found = body.find(key);
  return found != body.end() && found->is_string() ? found->get<std::string>() : "";
}

std::string WithComment(std::string text, const Json& body) {
  const std::string comment = Say(body, "comment");
  return comment.empty() ? text : text + ": " + comment;
}

std::optional<Told> OfTransition(const Json& body) {
  const std::optional<Event> event = ParseEvent(Say(body, "event"));
  if (!event) return std::nullopt;
  switch (*event) {
    case Event::kFreezeBegun: return Told{"freeze", "its writers are being stopped"};
    case Event::kThawed: return Told{"thaw", "its writers run again where they ran"};
    case Event::kResumed:
    case Event::kReturned: return Told{"thaw", "its writers run at the side it was moved to"};
    case Event::kGaveUp: return Told{"failure", "given up; its writers run again where they ran"};
    default: return std::nullopt;
  }
}

std::optional<Told> OfControl(const Json& body) {
  const std::string verb = Say(body, "verb"), by = Say(body, "by");
  if (verb == "breaker_open") return Told{"breaker_open", WithComment("begins nothing new", body)};
  if (verb == "breaker_closed") return Told{"breaker_closed", WithComment("goes on", body)};
  if (verb == "want_approval") return Told{"approval_wanted", Say(body, "comment")};
  if (verb != "hold" && verb != "pause") return std::nullopt;
  if (by == "godwit") return Told{"failure", WithComment("held for a person", body)};
  return Told{"hold", WithComment("held by " + by, body)};
}

std::optional<Told> OfDecision(const Json& body) {
  const bool commit = Say(body, "decision") == "commit";
  return Told{commit ? "switch" : "cancel",
              (commit ? "decided to switch: " : "this cut-over is cancelled: ") + Say(body, "why")};
}

std::optional<Told> OfOutcome(const Json& body) {
  const std::string outcome = Say(body, "outcome");
  if (outcome != "refused" && outcome != "failed") return std::nullopt;
  return Told{"problem", outcome + ": " + Say(body, "error")};
}

std::optional<Told> OfNote(const Json& body) {
  const std::string wanted = Say(body, "wanted"), denied = Say(body, "denied");
  if (!wanted.empty()) return Told{"approval_wanted", wanted};
  if (!denied.empty())
    return Told{"denied", fmt::format("{} by {}: {}", denied, Say(body, "by"), Say(body, "why"))};
  return std::nullopt;
}

std::optional<Told> OfEvidence(const Json& body) {
  if (Say(body, "type") != "difference") return std::nullopt;
  return Told{"approval_wanted",
              fmt::format("the runs on both sides differ in {}: {}; accept it with `godwit unit waive`",
                          Say(body, "table"), Say(body, "cause"))};
}

std::optional<Told> OfApproval(const Json& body) {
  return Told{"approval",
              WithComment(fmt::format("{} approved the {}", Say(body, "by"), Say(body, "what")), body)};
}

std::optional<Told> Tell(RecordKind kind, const Json& body) {
  switch (kind) {
    case RecordKind::kTransition: return OfTransition(body);
    case RecordKind::kControl: return OfControl(body);
    case RecordKind::kDecision: return OfDecision(body);
    case RecordKind::kOutcome: return OfOutcome(body);
    case RecordKind::kNote: return OfNote(body);
    case RecordKind::kEvidence: return OfEvidence(body);
    case RecordKind::kApproval: return OfApproval(body);
    case RecordKind::kEpoch:
    case RecordKind::kIntent: return std::nullopt;
  }
  return std::nullopt;
}

}  // namespace

std::span<const std::string_view> NoticeEvents() { return kNoticeEvents; }

std::optional<Notice> NoticeOf(const state::Record& record) {
  const Json body = Json::parse(record.entry.body, nullptr, false);
  if (!body.is_object()) return std::nullopt;
  std::optional<Told> told = Tell(record.entry.kind, body);
  if (!told) return std::nullopt;
  Notice notice;
  notice.id = record.hash;
  notice.sequence = record.sequence;
  notice.unit = record.entry.unit;
  notice.event = told->event;
  notice.text = told->text.substr(0, kTextBytesMax);
  const Result<Timestamp> time = ParseTimestamp(record.entry.wall);
  if (time.ok()) notice.time = *time;
  return notice;
}

}  // namespace godwit::executor
