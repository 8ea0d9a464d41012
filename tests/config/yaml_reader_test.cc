#include "config/yaml_reader.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace godwit::config {
namespace {

YamlValue Parse(std::string_view text) {
  auto value = ParseYaml("f.yaml", text);
  EXPECT_TRUE(value.ok());
  return *value;
}

TEST(YamlMap, ReadsEachType) {
  const YamlValue value = Parse(
      "name: hub\non: true\nn: 12\nx: 0.5\nsize: 2TB\nlink: 5GB/s\nwait: 90m\nfrom: 2024-01-02\n"
      "kind: local\nlist: [a, b]\none: c\n");
  YamlProblems problems("f.yaml");
  YamlMap map(value, "a site", problems);
  EXPECT_EQ(map.RequiredText("name"), "hub");
  EXPECT_EQ(map.Bool("on"), true);
  EXPECT_EQ(map.Int("n", 0, 100), 12);
  EXPECT_EQ(map.Number("x", 0, 1), 0.5);
  EXPECT_EQ(map.Bytes("size"), 2'000'000'000'000);
  EXPECT_EQ(map.BytesPerSecond("link"), 5'000'000'000);
  EXPECT_EQ(map.Duration("wait"), std::chrono::minutes(90));
  EXPECT_EQ(FormatTimestamp(*map.Time("from")), "2024-01-02T00:00:00Z");
  EXPECT_EQ(map.Choice("kind", {"local", "hadoop"}), "local");
  EXPECT_THAT(map.Texts("list"), testing::ElementsAre("a", "b"));
  EXPECT_THAT(map.Texts("one"), testing::ElementsAre("c"));
  EXPECT_EQ(map.Text("absent"), std::nullopt);
  map.Finish();
  EXPECT_TRUE(problems.Verdict().ok());
}

TEST(YamlMap, CollectsEveryMistakeWithItsPlace) {
  const YamlValue value =
      Parse("nmae: hub\non: yes\nn: 200\nwait: 90\nkind: locl\nlist: {a: 1}\nsize: [1]\n");
  YamlProblems problems("f.yaml");
  YamlMap map(value, "a site", problems);
  map.RequiredText("name");
  EXPECT_EQ(map.Bool("on"), std::nullopt);
  EXPECT_EQ(map.Int("n", 0, 100), std::nullopt);
  EXPECT_EQ(map.Duration("wait"), std::nullopt);
  EXPECT_EQ(map.Choice("kind", {"local", "hadoop"}), std::nullopt);
  EXPECT_THAT(map.Texts("list"), testing::IsEmpty());
  EXPECT_EQ(map.Bytes("size"), std::nullopt);
  map.Finish();
  EXPECT_EQ(problems.Verdict().error().message,
            "f.yaml:1:1: a site needs 'name'\n"
            "f.yaml:2:5: on must be true or false, this is 'yes'\n"
            "f.yaml:3:4: n must be a whole number from 0 to 100, this is '200'\n"
            "f.yaml:4:7: wait: '90' is not a duration: write it like 30m, 1h30m or 2d\n"
            "f.yaml:5:7: kind must be one of local, hadoop, this is 'locl': did you mean 'local'?\n"
            "f.yaml:6:7: list must be a list of texts, this is a map\n"
            "f.yaml:7:7: size must be an amount of data, this is a list\n"
            "f.yaml:1:1: a site has no 'nmae': did you mean 'name'?");
}

TEST(YamlMap, AValueThatIsNoMapHasNoKeys) {
  const YamlValue value = Parse("[1, 2]");
  YamlProblems problems("f.yaml");
  YamlMap map(value, "the configuration", problems);
  EXPECT_FALSE(map.Has("a"));
  map.Finish();
  EXPECT_EQ(problems.Verdict().error().message,
            "f.yaml:1:1: the configuration must be a map (key: value), this is a list");
}

}  // namespace
}  // namespace godwit::config
