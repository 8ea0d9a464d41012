#include "config/secret.h"

#include <gtest/gtest.h>

#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <fstream>

namespace godwit::config {
namespace {

TEST(Secret, ComesFromTheEnvironmentOrAFile) {
  setenv("GODWIT_TEST_SECRET", "s3cret", 1);
  EXPECT_EQ(*ReadSecret(*ParseSecretPlace("env:GODWIT_TEST_SECRET")), "s3cret");
  const auto path = std::filesystem::temp_directory_path() / "godwit_secret_test";
  std::ofstream(path) << "from file\n";
  EXPECT_EQ(*ReadSecret(*ParseSecretPlace("file:" + path.string())), "from file");
  std::filesystem::remove(path);
}
TEST(Secret, IsNeverRepeatedInAnError) {
  const auto place = ParseSecretPlace("hunter2");
  ASSERT_FALSE(place.ok());
  EXPECT_EQ(place.error().message.find("hunter2"), std::string::npos);
}
TEST(Secret, MustBeThere) {
  EXPECT_FALSE(ReadSecret(*ParseSecretPlace("env:GODWIT_NO_SUCH_VARIABLE")).ok());
  EXPECT_FALSE(ReadSecret(*ParseSecretPlace("file:/no/such/file")).ok());
}

}  // namespace
}  // namespace godwit::config
