// base/descriptor.h — an open file, folder or socket of the operating system, closed with its scope.
#pragma once

#include <unistd.h>

#include <utility>

namespace godwit {

class Descriptor {
 public:
  explicit Descriptor(int number) : number_(number) {}  // as open() gives it: below 0 it failed
  ~Descriptor() {
    if (number_ >= 0) close(number_);
  }
  Descriptor(const Descriptor&) = delete;
  Descriptor& operator=(const Descriptor&) = delete;

  int number() const { return number_; }
  bool ok() const { return number_ >= 0; }
  int Release() { return std::exchange(number_, -1); }

 private:
  int number_;
};

}  // namespace godwit
