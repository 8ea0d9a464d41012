// report/runbook.h — what on-call engineers read and type while the plan is carried out.
#pragma once

#include <string>
#include <vector>

#include "report/board.h"

namespace godwit::report {

// A sign that something goes wrong, and the answers to it.
struct Trigger {
  const char* sign;
  const char* godwit;
  const char* people;
};
const std::vector<Trigger>& RollBackTriggers();

std::string RunbookMarkdown(const Board& board);
// The exact commands, wave by wave, as a script that stops at the first failure. Its dry runs come first.
std::string CommandsScript(const Board& board);

}  // namespace godwit::report
