#include "tests/parser/look_ahead.h"

#include <gtest/gtest.h>

namespace godwit::parser {
namespace {

// That none is counted would mean little if none could be.
TEST(LookAhead, TheProfilerCountsPredictions) { EXPECT_TRUE(ProfilerCounts()); }

TEST(LookAhead, CountsStatements) {
  EXPECT_EQ(MeasureLookAhead("SELECT 1; ; INSERT INTO a SELECT * FROM b", Dialect::kHive).statements, 2);
}

}  // namespace
}  // namespace godwit::parser
