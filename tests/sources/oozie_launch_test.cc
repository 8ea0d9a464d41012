#include "sources/oozie_launch.h"

#include <gtest/gtest.h>

namespace godwit::sources {
namespace {

TEST(FilledIn, ReplacesWhatIsKnownAlsoInsideOfValues) {
  const Variables variables = {{"root", "/data/${zone}"}, {"zone", "raw"}, {"self", "x${self}"}};
  EXPECT_EQ(FilledIn("${root}/${day} ${self}", variables), "/data/raw/${day} ${self}");
}

TEST(FilledIn, LeavesValuesThatGrowWithoutEnd) {
  Variables variables;
  std::string many;
  for (int i = 0; i < 1000; ++i) many += "${b}";
  variables["a"] = many;
  variables["b"] = std::string(1000, 'x');
  EXPECT_EQ(FilledIn("${a}", variables), "${a}");
  variables["b"] = "x";
  EXPECT_EQ(FilledIn("${a}", variables), std::string(1000, 'x'));
}

}  // namespace
}  // namespace godwit::sources
