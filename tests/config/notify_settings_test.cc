#include "config/notify_settings.h"

#include <gtest/gtest.h>

#include "config/settings.h"

namespace godwit::config {
namespace {

Result<Settings> Parse(const std::string& receivers) {
  return ParseSettings("/migration/godwit.yaml", "version: 1\nnotify:\n" + receivers);
}

std::string Mistakes(const std::string& receivers) {
  const Result<Settings> settings = Parse(receivers);
  return settings.ok() ? "" : settings.error().message;
}

TEST(NotifySettings, ReadsReceiversOfEveryKind) {
  const Result<Settings> settings = Parse(
      "  - {name: hook, webhook: 'https://h/x', key: file:keys/hook, events: [freeze, thaw], time_limit: "
      "3s}\n"
      "  - {name: pager, command: [/bin/page, --now]}\n"
      "  - {name: log, file: notices.jsonl}\n"
      "  - {name: hidden, webhook: env:HOOK}\n");
  ASSERT_TRUE(settings.ok()) << settings.error().message;
  const std::vector<ReceiverSettings>& all = settings->notify;
  ASSERT_EQ(all.size(), 4u);
  EXPECT_EQ(all[0].url, "https://h/x");
  EXPECT_EQ(all[0].key->name, "/migration/keys/hook");
  EXPECT_EQ(all[0].events, (std::set<std::string>{"freeze", "thaw"}));
  EXPECT_EQ(all[0].time_limit, std::chrono::seconds(3));
  EXPECT_EQ(all[1].argv, (std::vector<std::string>{"/bin/page", "--now"}));
  EXPECT_EQ(all[2].path, "/migration/notices.jsonl");
  EXPECT_EQ(all[3].url_place->name, "HOOK");
}

TEST(NotifySettings, NamesThePlaceOfEveryMistake) {
  EXPECT_EQ(
      Mistakes("  - {name: a, webhook: 'ftp://x'}\n"),
      "/migration/godwit.yaml:3:24: `webhook` is an http:// or https:// URL, or env:NAME or file:PATH that "
      "holds one");
  EXPECT_EQ(Mistakes("  - {name: a, file: x, command: /bin/true}\n"),
            "/migration/godwit.yaml:3:5: a receiver has one of `webhook`, `command` and `file`");
  EXPECT_EQ(
      Mistakes("  - {name: a, command: page}\n"),
      "/migration/godwit.yaml:3:24: `command` begins with the absolute path of a program; no shell reads it");
  EXPECT_EQ(Mistakes("  - {name: a, file: x, events: [freze]}\n"),
            "/migration/godwit.yaml:3:32: there is no event `freze`: did you mean `freeze`?");
  EXPECT_EQ(
      Mistakes("  - {name: a b, file: x}\n"),
      "/migration/godwit.yaml:3:12: a receiver's name is made of letters, digits, `-` and `_`, at most 64");
  EXPECT_EQ(Mistakes("  - {name: a, file: x}\n  - {name: a, file: y}\n"),
            "/migration/godwit.yaml:4:12: there are two receivers `a`");
  EXPECT_EQ(Mistakes("  - {name: a, file: x, time_limit: 1h}\n"),
            "/migration/godwit.yaml:3:36: `time_limit` is above 0s and at most 5m");
}

TEST(NotifySettings, ASecretWrittenInTheWrongPlaceIsNotRepeated) {
  const std::string said = Mistakes("  - {name: a, webhook: 'https://h/x', key: hunter2}\n");
  EXPECT_NE(said.find("godwit.yaml:3:44"), std::string::npos) << said;
  EXPECT_EQ(said.find("hunter2"), std::string::npos) << said;
}

}  // namespace
}  // namespace godwit::config
