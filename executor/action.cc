#include "executor/action.h"

#include <fmt/format.h>

#include <nlohmann/json.hpp>

namespace godwit::executor {
namespace {

template <typename... Cases>
struct Overloaded : Cases... {
  using Cases::operator()...;
};
template <typename... Cases>
Overloaded(Cases...) -> Overloaded<Cases...>;

const char* PartyName(Party party) { return party == Party::kWriters ? "writers" : "copiers"; }

std::string JobResource(Side side, const std::string& job) {
  return fmt::format("job/{}/{}", SideName(side), job);
}
std::string TableResource(Side side, const TableName& table) {
  return fmt::format("table/{}/{}", SideName(side), table.Text());
}

}  // namespace

const char* ActionName(const Action& action) {
  static constexpr const char* kNames[] = {"create_database", "create_table", "alter_table", "start_copy",
                                           "publish",         "set_barrier",  "set_paused",  "set_guard",
                                           "set_cursor",      "set_route",    "cancel_copy"};
  return kNames[action.index()];
}

std::string Describe(const Action& action) {
  return std::visit(Overloaded{
                        [](const CreateDatabase& a) {
                          return fmt::format("create database {} at {} in {}", a.database.name,
                                             SideName(a.side), a.database.location);
                        },
                        [](const CreateTable& a) {
                          return fmt::format("create table {} at {}", a.table.name.Text(), SideName(a.side));
                        },
                        [](const AlterTable& a) {
                          return fmt::format("alter table {} at {} to the other side's definition",
                                             a.table.name.Text(), SideName(a.side));
                        },
                        [](const StartCopy& a) {
                          int64_t bytes = 0;
                          for (const PartitionCopy& partition : a.partitions) bytes += partition.bytes;
                          return fmt::format("copy {}: {} partitions, {} bytes, tag {}", a.table.Text(),
                                             a.partitions.size(), bytes, a.tag);
                        },
                        [](const Publish& a) {
                          return fmt::format("publish {} at {}: {} partitions, {} dropped", a.table.Text(),
                                             SideName(a.side), a.partitions.size(), a.dropped.size());
                        },
                        [](const SetBarrier& a) {
                          return fmt::format("{} {} of {} at {} (token {})", a.closed ? "deny" : "allow",
                                             PartyName(a.party), a.table.Text(), SideName(a.side), a.token);
                        },
                        [](const SetPaused& a) {
                          return fmt::format("{} {} at {} (token {})", a.paused ? "pause" : "unpause", a.job,
                                             SideName(a.side), a.token);
                        },
                        [](const SetGuard& a) {
                          return fmt::format("{} the guard of {} at {} (token {})",
                                             a.closed ? "close" : "open", a.job, SideName(a.side), a.token);
                        },
                        [](const SetCursor& a) {
                          return fmt::format("hand {} over to {} after {} (token {})", a.job,
                                             SideName(a.side), a.cursor, a.token);
                        },
                        [](const SetRoute& a) {
                          return fmt::format("route readers of {} to {} in {}'s catalog", a.table.Text(),
                                             a.route.site, SideName(a.side));
                        },
                        [](const CancelCopy& a) { return fmt::format("cancel copy {}", a.tag); },
                    },
                    action);
}

std::string ResourceOf(const Action& action) {
  return std::visit(
      Overloaded{
          [](const CreateDatabase& a) {
            return fmt::format("database/{}/{}", SideName(a.side), a.database.name);
          },
          [](const CreateTable& a) { return TableResource(a.side, a.table.name); },
          [](const AlterTable& a) { return TableResource(a.side, a.table.name); },
          [](const StartCopy& a) { return "copy/" + a.tag; },
          [](const Publish& a) { return TableResource(a.side, a.table); },
          [](const SetBarrier& a) {
            return fmt::format("barrier/{}/{}/{}", SideName(a.side), a.table.Text(), PartyName(a.party));
          },
          [](const SetPaused& a) { return JobResource(a.side, a.job); },
          [](const SetGuard& a) { return "guard/" + JobResource(a.side, a.job); },
          [](const SetCursor& a) { return JobResource(a.side, a.job); },
          [](const SetRoute& a) { return fmt::format("route/{}/{}", SideName(a.side), a.table.Text()); },
          [](const CancelCopy& a) { return "cancel/" + a.tag; },  // may overtake the copy itself
      },
      action);
}

}  // namespace godwit::executor
