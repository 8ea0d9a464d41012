#include "config/yaml.h"

#include <gtest/gtest.h>

namespace godwit::config {
namespace {

std::string ErrorOf(std::string_view text) {
  const auto value = ParseYaml("f.yaml", text);
  return value.ok() ? "(no error)" : value.error().message;
}

TEST(Yaml, KeepsOrderAndPlaces) {
  const auto value = ParseYaml("f.yaml", "b: 1\na:\n  - x\n  - 'true'\n");
  ASSERT_TRUE(value.ok());
  ASSERT_EQ(value->entries.size(), 2u);
  EXPECT_EQ(value->entries[0].key, "b");
  const YamlValue& list = *value->Find("a");
  ASSERT_EQ(list.items.size(), 2u);
  EXPECT_EQ(list.items[1].text, "true");
  EXPECT_TRUE(list.items[1].quoted);
  EXPECT_FALSE(list.items[0].quoted);
  EXPECT_EQ(list.items[1].place.line, 4);
  EXPECT_EQ(list.items[1].place.column, 5);
}
TEST(Yaml, AnEmptyFileIsNull) {
  const auto value = ParseYaml("f.yaml", "# nothing\n");
  ASSERT_TRUE(value.ok());
  EXPECT_EQ(value->kind, YamlValue::Kind::kNull);
}
TEST(Yaml, RefusesAnchorsAliasesTagsAndMerges) {
  EXPECT_EQ(ErrorOf("a: &x 1\nb: 2"), "f.yaml:1:4: anchors (&name) are not read: write the value out");
  EXPECT_EQ(ErrorOf("a: &x [*x]").substr(0, 11), "f.yaml:1:4:");
  EXPECT_EQ(ErrorOf("a: !!python/object 1"),
            "f.yaml:1:4: tags (tag:yaml.org,2002:python/object) are not read: leave it out");
  EXPECT_EQ(ErrorOf("<<: 1"), "f.yaml:1:1: merge keys (<<) are not read: write the values out");
}
TEST(Yaml, RefusesTwoOfOneKeyAndTwoDocuments) {
  EXPECT_EQ(ErrorOf("a: 1\nb: 2\na: 3"), "f.yaml:3:1: 'a' stands twice in this map: keep one");
  EXPECT_EQ(ErrorOf("a: 1\n---\nb: 2"), "f.yaml:2:1: a second document (---): only one is read");
  EXPECT_EQ(ErrorOf("? [a]\n: 1"), "f.yaml:1:3: a key must be a single word or text");
}
TEST(Yaml, RefusesLatin1AndBinary) {
  EXPECT_EQ(ErrorOf("ok: 1\nname: gr\xFC\xDF"), "f.yaml:2:9: not UTF-8: save the file as UTF-8");
  EXPECT_EQ(ErrorOf(std::string_view("a\0b", 3)), "f.yaml:1:2: a zero byte: this is not a text file");
}
TEST(Yaml, RefusesDeepNesting) {
  EXPECT_NE(ErrorOf(std::string(100, '[') + std::string(100, ']')).find("nested deeper than 64"),
            std::string::npos);
  EXPECT_NE(ErrorOf(std::string(1'000'000, '[')), "(no error)");
  EXPECT_NE(ErrorOf(std::string(1'000'000, '{')), "(no error)");
}
TEST(Yaml, SaysWhereSyntaxBreaks) { EXPECT_EQ(ErrorOf("a: [1, 2\nb: 3\n").substr(0, 7), "f.yaml:"); }

TEST(ForeignYaml, AnchorsMergeKeysTagsAndKeysThatStandTwice) {
  const std::string text =
      "base: &b {x: 1, y: !str 2}\nmap:\n  y: 3\n  <<: *b\nlist: [*b, *b]\nafter: {a: b, a: c}\n";
  EXPECT_FALSE(ParseYaml("f.yml", text).ok());
  const auto root = ParseYaml("f.yml", text, YamlUse::kForeign);
  ASSERT_TRUE(root.ok()) << root.error().message;
  EXPECT_EQ(root->Find("map")->Find("x")->text, "1");
  EXPECT_EQ(root->Find("map")->Find("y")->text, "3");
  EXPECT_EQ(root->Find("list")->items[1].Find("y")->text, "2");
  ASSERT_EQ(root->Find("after")->entries.size(), 2u);
  EXPECT_EQ(root->Find("after")->entries[1].value.text, "c");
}

TEST(ForeignYaml, AliasesThatMultiplyAreRefused) {
  std::string text = "a0: &a0 [x, x, x, x, x, x, x, x, x, x]\n";
  for (int i = 1; i < 9; ++i) {
    const std::string before = "*a" + std::to_string(i - 1);
    text += "a" + std::to_string(i) + ": &a" + std::to_string(i) + " [";
    for (int k = 0; k < 10; ++k) text += before + (k < 9 ? ", " : "]\n");
  }
  EXPECT_FALSE(ParseYaml("f.yml", text, YamlUse::kForeign).ok());
  EXPECT_TRUE(ParseYaml("f.yml", "a: &a [x, *a]\n", YamlUse::kForeign).ok());
}

}  // namespace
}  // namespace godwit::config
