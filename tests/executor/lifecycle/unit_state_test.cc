// The transition table: what must be true of it whatever its rows are.
#include "executor/unit_state.h"

#include <gtest/gtest.h>

#include <fstream>
#include <iterator>
#include <set>

#include "tests/executor/lifecycle/lifecycle_page.h"

namespace godwit::executor {
namespace {

std::set<UnitState> ReachableFrom(UnitState begin, const std::set<UnitState>& without) {
  std::set<UnitState> reached = {begin};
  for (size_t before = 0; before != reached.size();) {
    before = reached.size();
    for (const Transition& each : Transitions()) {
      if (reached.contains(each.from) && !without.contains(each.to)) reached.insert(each.to);
    }
  }
  return reached;
}

TEST(UnitStateTable, HasOneRowForEachStateAndEvent) {
  std::set<std::pair<UnitState, Event>> seen;
  for (const Transition& each : Transitions()) EXPECT_TRUE(seen.insert({each.from, each.event}).second);
}

TEST(UnitStateTable, EveryStateIsReachedFromTheFirst) {
  EXPECT_EQ(ReachableFrom(UnitState::kRegistered, {}).size(), static_cast<size_t>(kUnitStates));
}

TEST(UnitStateTable, NoStateIsAnEndButTheOnesThatSaySo) {
  for (int i = 0; i < kUnitStates; ++i) {
    const auto state = static_cast<UnitState>(i);
    bool rests = false;
    for (const UnitState end : ReachableFrom(state, {})) rests = rests || IsTerminal(end);
    EXPECT_TRUE(rests) << UnitStateName(state);
  }
}

TEST(UnitStateTable, NothingIsRoutedWithoutProofAndDecision) {
  EXPECT_FALSE(ReachableFrom(UnitState::kRegistered, {UnitState::kReady}).contains(UnitState::kSwitching));
  for (const Transition& each : Transitions()) {
    if (each.to == UnitState::kSwitching) {
      EXPECT_EQ(each.event, Event::kCommitted);
    }
    if (each.to == UnitState::kReady) {
      EXPECT_EQ(each.event, Event::kProven);
    }
  }
}

TEST(UnitStateTable, AFreezeCanAlwaysBeCancelledUntilTheDecisionAndNeverAfter) {
  for (int i = 0; i < kUnitStates; ++i) {
    const auto state = static_cast<UnitState>(i);
    if (IsFrozen(state)) {
      EXPECT_TRUE(Next(state, Event::kCancelled).ok()) << UnitStateName(state);
    }
    if (IsCommitted(state)) {
      EXPECT_FALSE(Next(state, Event::kCancelled).ok()) << UnitStateName(state);
    }
  }
}

TEST(UnitStateTable, EveryFreezeBeginsInOnePlace) {
  for (const Transition& each : Transitions()) {
    if (IsFrozen(each.to) && !IsFrozen(each.from)) {
      EXPECT_EQ(each.event, Event::kFreezeBegun);
    }
  }
}

TEST(UnitStateTable, RefusesAPairThatIsNotInIt) {
  const auto next = Next(UnitState::kCompleted, Event::kStarted);
  ASSERT_FALSE(next.ok());
  EXPECT_EQ(next.error().code, ErrorCode::kCorrupt);
  EXPECT_EQ(next.error().message, "a unit in state completed cannot meet started");
}

TEST(UnitStateTable, NamesAreReadBack) {
  for (int i = 0; i < kUnitStates; ++i) {
    EXPECT_EQ(ParseUnitState(UnitStateName(static_cast<UnitState>(i))), static_cast<UnitState>(i));
  }
  for (int i = 0; i < kEvents; ++i)
    EXPECT_EQ(ParseEvent(EventName(static_cast<Event>(i))), static_cast<Event>(i));
}

TEST(LifecyclePage, IsWhatTheTableSays) {
  std::ifstream stream(GODWIT_SOURCE_DIR "/docs/lifecycle.md");
  const std::string page(std::istreambuf_iterator<char>(stream), {});
  EXPECT_EQ(page, LifecyclePage()) << "cmake --build build --target lifecycle_page";
}

}  // namespace
}  // namespace godwit::executor
