#include "base/nearest.h"

#include <gtest/gtest.h>

#include <vector>

namespace godwit {
namespace {

const std::vector<std::string> kKeys = {"freeze_budget", "bandwidth", "sites"};

TEST(NearestWord, FindsATypingError) { EXPECT_EQ(NearestWord("freeze_buget", kKeys), "freeze_budget"); }
TEST(NearestWord, OffersNothingFarAway) { EXPECT_EQ(NearestWord("retention", kKeys), std::nullopt); }
TEST(NearestWord, KnowsNoWords) { EXPECT_EQ(NearestWord("x", {}), std::nullopt); }

}  // namespace
}  // namespace godwit
