#include "tests/conformance/conformance.h"
#include "tests/executor/local/local_world.h"

namespace godwit::executor::conformance {
namespace {

std::unique_ptr<TestWorld> MakeLocalWorld(const GivenWorld& given) {
  return std::make_unique<local::LocalWorld>(given);
}

INSTANTIATE_TEST_SUITE_P(Local, Conformance, testing::Values(Kind{"local", MakeLocalWorld, {}}));

}  // namespace
}  // namespace godwit::executor::conformance
