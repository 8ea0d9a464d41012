// parser/dialect.h — the two languages. They share one grammar; the lexer knows where they differ.
#pragma once

#include <cstdint>

namespace godwit::parser {

enum class Dialect : uint8_t {
  kHive,   // HiveQL of Hive 3 and 4
  kSpark,  // Spark SQL 3.5, ANSI mode off
};

}  // namespace godwit::parser
