#include "executor/ports/table_meta.h"

#include <gtest/gtest.h>
#include <rapidcheck.h>
#include <rapidcheck/gtest.h>

namespace godwit::executor {
namespace {

using namespace std::string_literals;

TEST(TableNameText, RoundTrips) {
  const Result<TableName> table = ParseTableName("ods.orders");
  ASSERT_TRUE(table.ok()) << table.error().message;
  EXPECT_EQ(table->db, "ods");
  EXPECT_EQ(table->name, "orders");
  EXPECT_EQ(table->Text(), "ods.orders");
}

TEST(TableNameText, RefusesWhatIsNoName) {
  for (const std::string& text : {""s, "orders"s, ".orders"s, "ods."s, "."s, "a.b.c"s, "ods. orders"s,
                                  "o ds.x"s, "ods.orders\n"s, "ods.o\0x"s}) {
    const Result<TableName> table = ParseTableName(text);
    ASSERT_FALSE(table.ok()) << text;
    EXPECT_EQ(table.error().code, ErrorCode::kInvalidInput);
  }
}

// Spelled out, so that a change of the list is seen here too (FileUtils.charToEscape, Hive 3.1).
TEST(PartitionEscape, EscapesHivesBytesAndNoOthers) {
  const std::string escaped = "\"#%'*/:=?\\{[]^\x7f";
  for (int code = 0; code < 256; ++code) {
    const std::string value(1, static_cast<char>(code));
    const bool special = code < 0x20 || escaped.find(value) != std::string::npos;
    char hex[4];
    std::snprintf(hex, sizeof hex, "%%%02X", static_cast<unsigned>(code));
    EXPECT_EQ(EscapePartitionValue(value), special ? std::string(hex) : value) << code;
    EXPECT_EQ(UnescapePartitionValue(EscapePartitionValue(value)), value) << code;
  }
}

TEST(PartitionEscape, KnowsTheDefaultPartition) {
  EXPECT_EQ(EscapePartitionValue(""), "__HIVE_DEFAULT_PARTITION__");
  EXPECT_EQ(UnescapePartitionValue("__HIVE_DEFAULT_PARTITION__"), "__HIVE_DEFAULT_PARTITION__");
}

TEST(PartitionEscape, ReadsForeignForms) {
  EXPECT_EQ(UnescapePartitionValue("a%2fb"), "a/b");         // lower-case digits
  EXPECT_EQ(UnescapePartitionValue("100%"), "100%");         // not an escape
  EXPECT_EQ(UnescapePartitionValue("%4"), "%4");             // cut short
  EXPECT_EQ(UnescapePartitionValue("%zz%41"), "%zzA");       // no digits
  EXPECT_EQ(UnescapePartitionValue("%2525"), "%25");         // once, never twice
  EXPECT_EQ(UnescapePartitionValue("caf%E9"), "caf\u00e9");  // a code above 7F is a character, as in Java
}

TEST(PartitionName, IsBuiltAndTakenApart) {
  const std::vector<Column> keys = {{"Dt", "string", ""}, {"city", "string", ""}};
  const std::string name = PartitionNameOf(keys, {"2026-11-22 08:00", "S\u00e3o/Paulo"});
  EXPECT_EQ(name, "dt=2026-11-22 08%3A00/city=S\u00e3o%2FPaulo");
  EXPECT_EQ(*PartitionValues(name), (std::vector<std::string>{"2026-11-22 08:00", "S\u00e3o/Paulo"}));
}

TEST(PartitionName, RefusesWhatIsNoPartition) {
  for (const char* name : {"", "dt", "=x", "dt=", "dt=1/", "/dt=1", "dt=1//hr=2", "dt=1/hr"}) {
    const Result<std::vector<std::string>> values = PartitionValues(name);
    ASSERT_FALSE(values.ok()) << name;
    EXPECT_EQ(values.error().code, ErrorCode::kInvalidInput);
  }
}

RC_GTEST_PROP(PartitionName, RoundTripsAnyBytes, ()) {
  const auto values = *rc::gen::resize(20, rc::gen::nonEmpty(rc::gen::container<std::vector<std::string>>(
                                               rc::gen::nonEmpty(rc::gen::string<std::string>()))));
  std::vector<Column> keys;
  for (size_t i = 0; i < values.size(); ++i) keys.push_back({"k" + std::to_string(i), "string", ""});
  const auto back = PartitionValues(PartitionNameOf(keys, values));
  RC_ASSERT(back.ok());
  RC_ASSERT(*back == values);
}

}  // namespace
}  // namespace godwit::executor
