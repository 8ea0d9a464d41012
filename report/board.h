// report/board.h — what a review board has to know of a plan, as plain values. Every page is written from
// this and nothing else, so that all of them say the same.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "planner/plan.h"
#include "report/forecast.h"

namespace godwit::report {

// Something that the reading of the scripts found.
struct Finding {
  std::string code;
  std::string severity;  // "error", "warning", "note"
  std::string title;
  std::string detail;
  std::string place;  // "file:line", or a table
  std::string owner;  // empty: nobody
  std::string remedy;
};

// How ready the warehouse is, as far as the caller knows.
struct Readiness {
  bool known = false;               // false: the plan was made from a graph alone, nothing was read
  std::string stale;                // why what is said here is not of this plan's scan; empty if it is
  std::vector<Finding> findings;    // errors first
  std::vector<std::string> unread;  // what could not be read: its edges are unknown
};

// What the plan file is.
struct Origin {
  std::string plan_path;
  std::string plan_hash;
  std::string godwit_version;
  std::string log_head;  // of the migration's journal when the report was made; empty: nothing was begun
};

enum class Weight : uint8_t { kHigh, kMiddle, kLow };
const char* WeightName(Weight weight);

struct Risk {
  Weight weight = Weight::kLow;
  std::string what;
  std::string so_what;  // what it may cost
  std::string answer;   // what is done about it
};

struct OwnerShare {
  std::string owner;  // empty: nobody is named
  int tables = 0;
  int jobs = 0;
  int64_t bytes = 0;
  int errors = 0, warnings = 0;
  std::vector<planner::UnitId> units;  // sorted
};

struct Board {
  const planner::Plan* plan = nullptr;
  Origin origin;
  Readiness readiness;
  std::optional<Forecast> forecast;  // nothing: the plan's own model is all there is
  std::vector<Risk> risks;           // heaviest first
  std::vector<OwnerShare> owners;    // most tables first, then by name
};

// `plan` has to outlive the board. O(tables + jobs + findings).
Board MakeBoard(const planner::Plan& plan, Origin origin, Readiness readiness);

// The planned moment for people: "2026-12-01 03:00" if the plan has a start, else "day 3, 03:00".
std::string MomentText(const planner::Plan& plan, planner::Seconds at);
std::string TableText(const planner::Plan& plan, planner::TableId table);
std::string JobText(const planner::Plan& plan, planner::JobId job);
std::string SpanText(planner::Seconds span);
// Where the report's times come from: simulated runs with their seeds, or the plan's model.
std::string TimesText(const Board& board);

}  // namespace godwit::report
