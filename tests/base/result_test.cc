#include "base/result.h"

#include <gtest/gtest.h>

#include <memory>

namespace godwit {
namespace {

Result<int> Half(int number) {
  if (number % 2 != 0) return InvalidInput("odd");
  return number / 2;
}

Result<int> Quarter(int number) {
  GODWIT_TRY_ASSIGN(const int half, Half(number));
  return Half(half);
}

Status CheckEven(int number) {
  GODWIT_TRY(Half(number));
  return Ok();
}

TEST(Result, HandsErrorsUp) {
  EXPECT_EQ(*Quarter(12), 3);
  EXPECT_EQ(Quarter(7).error().message, "odd");
  EXPECT_EQ(Quarter(6).error().code, ErrorCode::kInvalidInput);
  EXPECT_TRUE(CheckEven(2).ok());
  EXPECT_FALSE(CheckEven(3).ok());
}

TEST(Result, HoldsMoveOnlyValues) {
  Result<std::unique_ptr<int>> result = std::make_unique<int>(5);
  std::unique_ptr<int> taken = *std::move(result);
  EXPECT_EQ(*taken, 5);
}

TEST(ResultDeathTest, ReadingTheValueOfAnErrorIsABug) {
  const Result<int> result = InvalidInput("no");
  EXPECT_DEATH((void)*result, "bug at");
}

}  // namespace
}  // namespace godwit
