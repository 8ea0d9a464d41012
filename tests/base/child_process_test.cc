#include "base/child_process.h"

#include <gtest/gtest.h>

#include <algorithm>

namespace godwit {
namespace {

using namespace std::chrono_literals;

Command Shell(const std::string& script) {
  Command command;
  command.argv = {"/bin/sh", "-c", script};
  return command;
}

TEST(RunCommand, GivesBackOutputAndExitCode) {
  Command command = Shell("cat; echo oops >&2; pwd; exit 3");
  command.input = "in\n";
  command.folder = "/usr";
  const Result<Finished> finished = RunCommand(command);
  ASSERT_TRUE(finished.ok()) << finished.error().message;
  EXPECT_EQ(finished->out, "in\n/usr\n");
  EXPECT_EQ(finished->err, "oops\n");
  EXPECT_EQ(finished->exit_code, 3);
}

TEST(RunCommand, PassesWordsThroughUntouched) {
  Command command;
  command.argv = {"/bin/echo", "-n", "$(id) `id` ; | * \"'"};
  EXPECT_EQ(RunCommand(command)->out, "$(id) `id` ; | * \"'");
}

TEST(RunCommand, MovesMoreThanAPipeHolds) {
  Command command = Shell("cat");
  command.input = std::string(3'000'000, 'x');
  const Result<Finished> finished = RunCommand(command);
  ASSERT_TRUE(finished.ok()) << finished.error().message;
  EXPECT_EQ(finished->out, command.input);
}

TEST(RunCommand, OutlivesAChildThatReadsNothing) {
  Command command = Shell("exec 0<&-; exit 0");
  command.input = std::string(3'000'000, 'x');
  const Result<Finished> finished = RunCommand(command);
  ASSERT_TRUE(finished.ok()) << finished.error().message;
  EXPECT_EQ(finished->exit_code, 0);
}

TEST(RunCommand, KillsTheWholeGroupWhenTimeIsUp) {
  Command command = Shell("sleep 60 & sleep 60");
  command.time_limit = 100ms;
  const auto started = std::chrono::steady_clock::now();
  const Result<Finished> finished = RunCommand(command);
  ASSERT_TRUE(finished.ok()) << finished.error().message;
  EXPECT_TRUE(finished->timed_out);
  EXPECT_EQ(finished->exit_code, 128 + 9);
  EXPECT_LT(std::chrono::steady_clock::now() - started, 30s);
}

TEST(RunCommand, KillsAChildThatGoesOnSilently) {
  Command command = Shell("exec >&- 2>&-; sleep 60");
  command.time_limit = 100ms;
  const Result<Finished> finished = RunCommand(command);
  ASSERT_TRUE(finished.ok()) << finished.error().message;
  EXPECT_TRUE(finished->timed_out);
}

TEST(RunCommand, RefusesEndlessOutput) {
  Command command = Shell("exec cat /dev/zero");
  command.output_max = 1 << 20;
  const Result<Finished> finished = RunCommand(command);
  ASSERT_FALSE(finished.ok());
  EXPECT_EQ(finished.error().code, ErrorCode::kUnavailable);
}

TEST(RunCommand, NamesAProgramThatIsNotThere) {
  Command command;
  command.argv = {"/no/such/program"};
  const Result<Finished> finished = RunCommand(command);
  ASSERT_FALSE(finished.ok());
  EXPECT_EQ(finished.error().code, ErrorCode::kInvalidInput);
  EXPECT_NE(finished.error().message.find("/no/such/program"), std::string::npos);
}

TEST(EnvironmentWith, ReplacesByName) {
  setenv("GODWIT_TEST_A", "1", 1);
  setenv("GODWIT_TEST_AB", "2", 1);
  const std::vector<std::string> environment = EnvironmentWith({"GODWIT_TEST_A=3"});
  const auto count = [&](const std::string& entry) {
    return std::count(environment.begin(), environment.end(), entry);
  };
  EXPECT_EQ(count("GODWIT_TEST_A=3"), 1);
  EXPECT_EQ(count("GODWIT_TEST_A=1"), 0);
  EXPECT_EQ(count("GODWIT_TEST_AB=2"), 1);
}

}  // namespace
}  // namespace godwit
