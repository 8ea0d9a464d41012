// docs/lifecycle.md, made from the transition table.
#pragma once

#include <string>

namespace godwit::executor {

std::string LifecyclePage();

}  // namespace godwit::executor
