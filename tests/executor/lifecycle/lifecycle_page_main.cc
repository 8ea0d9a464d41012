#include <cstdio>

#include "tests/executor/lifecycle/lifecycle_page.h"

int main() { std::fputs(godwit::executor::LifecyclePage().c_str(), stdout); }
