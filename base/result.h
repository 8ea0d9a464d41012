// base/result.h — what a function returns when the user or the world may be wrong.
#pragma once

#include <string>
#include <utility>
#include <variant>

#include "base/assert.h"

namespace godwit {

// A code is what the caller can do about it.
enum class ErrorCode {
  kInvalidInput,  // the user fixes it
  kUnsupported,   // flag the object, never guess
  kUnavailable,   // try again with backoff; whether the effect happened is not known
  kConflict,      // the world is not as planned: look again, or plan again
  kCorrupt,       // stop and ask a person
};

const char* ErrorCodeName(ErrorCode code);

// `message` says what failed, on which object, and what to do.
struct Error {
  ErrorCode code;
  std::string message;
};

inline Error InvalidInput(std::string message) { return {ErrorCode::kInvalidInput, std::move(message)}; }
inline Error Unsupported(std::string message) { return {ErrorCode::kUnsupported, std::move(message)}; }
inline Error Unavailable(std::string message) { return {ErrorCode::kUnavailable, std::move(message)}; }
inline Error Conflict(std::string message) { return {ErrorCode::kConflict, std::move(message)}; }
inline Error Corrupt(std::string message) { return {ErrorCode::kCorrupt, std::move(message)}; }

struct Done {};  // the value of a function that only succeeds or fails

template <typename T>
class [[nodiscard]] Result {
 public:
  Result(T value) : state_(std::in_place_index<0>, std::move(value)) {}      // NOLINT: implicit by design
  Result(Error error) : state_(std::in_place_index<1>, std::move(error)) {}  // NOLINT: implicit by design

  bool ok() const { return state_.index() == 0; }
  explicit operator bool() const { return ok(); }

  // Only when ok().
  T& operator*() & { return value(); }
  const T& operator*() const& { return const_cast<Result*>(this)->value(); }
  T&& operator*() && { return std::move(value()); }
  T* operator->() { return &value(); }
  const T* operator->() const { return &const_cast<Result*>(this)->value(); }

  // Only when not ok().
  const Error& error() const {
    GODWIT_ASSERT(!ok());
    return std::get<1>(state_);
  }

 private:
  T& value() {
    GODWIT_ASSERT(ok());
    return std::get<0>(state_);
  }

  std::variant<T, Error> state_;
};

using Status = Result<Done>;
inline Status Ok() { return Done{}; }

// The same error with the name of what was being done in front.
inline Error Within(const std::string& what, Error error) {
  error.message = what + ": " + error.message;
  return error;
}

}  // namespace godwit

#define GODWIT_CONCAT_(a, b) a##b
#define GODWIT_CONCAT(a, b) GODWIT_CONCAT_(a, b)

// Returns the error of `expression` to the caller, if it has one.
#define GODWIT_TRY(expression)                                              \
  do {                                                                      \
    if (auto status_ = (expression); !status_.ok()) return status_.error(); \
  } while (false)

// GODWIT_TRY_ASSIGN(auto x, F()): x = the value of F(), or returns F's error to the caller.
#define GODWIT_TRY_ASSIGN(declaration, expression) \
  GODWIT_TRY_ASSIGN_(GODWIT_CONCAT(result_, __LINE__), declaration, expression)
#define GODWIT_TRY_ASSIGN_(result, declaration, expression) \
  auto result = (expression);                               \
  if (!result.ok()) return result.error();                  \
  declaration = *std::move(result)
