// sources/oozie_launch.h — what starts Oozie workflows, and with which values: bundles, coordinators and
// properties files, which need not lie beside the workflow and may start it several times.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <pugixml.hpp>

#include "sources/facts.h"
#include "sources/source_tree.h"

namespace godwit::sources {

struct OozieLaunch {
  std::string name;      // of the coordinator, or the properties file's stem; empty: nobody known starts it
  std::string schedule;  // the coordinator's frequency
  Variables variables;   // each value as far as it can be filled in
  std::vector<std::string> files;  // that were read for it
};

// By the workflow's path: at least one launch for each of `workflows`, sorted. What no path leads to is
// started by what lies in its own folder.
std::map<std::string, std::vector<OozieLaunch>> FindOozieLaunches(const SourceTree& tree,
                                                                  const std::vector<std::string>& workflows);

// ${name} in `text` replaced by its value, also inside of values; what is not known stays.
// One that would become longer than 64 KiB stays as it is.
std::string FilledIn(const std::string& text, const Variables& variables);

// The file that an application path means: a file, or the folder of one called `otherwise`. None if the tree
// has none whose folder fits.
std::optional<size_t> FindApplication(const SourceTree& tree, const std::string& path,
                                      const std::string& from, std::string_view otherwise);

// XML as Oozie writes it: names come with or without a prefix.
std::string_view LocalName(const pugi::xml_node& node);
pugi::xml_node ChildOf(const pugi::xml_node& node, std::string_view name);
std::string TextOf(const pugi::xml_node& node);
// The <property> children with a value that is known before the workflow runs, filled in from `known`.
Variables PropertiesOf(const pugi::xml_node& parent, const Variables& known);

}  // namespace godwit::sources
