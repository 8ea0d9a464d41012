#include "sources/oozie_launch.h"

#include <algorithm>
#include <set>

#include "sources/azkaban.h"
#include "sources/sql_text.h"
#include "sources/text_file.h"

namespace godwit::sources {
namespace {

constexpr int kNestedValuesMax = 8;
constexpr size_t kFilledMax = 64 << 10;  // bytes; values that name each other twice double in every round
constexpr size_t kLaunchesMax = 500;     // of one workflow

std::string FolderOf(const std::string& path) {
  const size_t slash = path.rfind('/');
  return slash == std::string::npos ? "" : path.substr(0, slash + 1);
}

std::string StemOf(const std::string& path) {
  const std::string name = path.substr(path.rfind('/') + 1);
  return name.substr(0, name.rfind('.'));
}

// A value that only the running workflow has: a date, the workflow's id.
bool IsMadeAtRunTime(const std::string& value) {
  for (const std::string_view function : {"${coord:", "${wf:", "${fs:", "${timestamp("}) {
    if (value.find(function) != std::string::npos) return true;
  }
  return false;
}

Variables Filled(Variables variables) {
  for (auto& [name, value] : variables) value = FilledIn(value, variables);
  return variables;
}

// `more` where `variables` says nothing.
void AddDefaults(const Variables& more, Variables& variables) { variables.insert(more.begin(), more.end()); }

void Override(const Variables& more, Variables& variables) {
  for (const auto& [name, value] : more) variables[name] = value;
}

struct Application {
  std::string path;
  std::string text;
  pugi::xml_document document;
  bool started = false;  // by a properties file or a bundle
};

struct Properties {
  std::string path;
  Variables variables;
  bool starts = false;  // something that the tree has
};

class Search {
 public:
  Search(const SourceTree& tree, const std::vector<std::string>& workflows)
      : tree_(tree), workflows_(workflows.begin(), workflows.end()) {
    for (size_t i = 0; i < tree.files().size(); ++i) Read(i);
  }

  std::map<std::string, std::vector<OozieLaunch>> Go() {
    for (Properties& each : properties_) Start(each);
    for (auto& [path, coordinator] : coordinators_) {
      if (!coordinator.started) Coordinate(coordinator, Beside(path));
    }
    for (const std::string& workflow : workflows_) {
      if (launches_.count(workflow) == 0) launches_[workflow].push_back(Beside(workflow));
    }
    return std::move(launches_);
  }

 private:
  void Read(size_t file) {
    const std::string& path = tree_.files()[file].path;
    const bool xml = path.ends_with(".xml"), properties = path.ends_with(".properties");
    if (!xml && !properties) return;
    Result<DecodedText> decoded = ReadText(tree_, file);
    if (!decoded.ok()) return;
    if (properties) {
      properties_.push_back({path, ReadProperties(decoded->text), false});
      return;
    }
    const bool coordinator = decoded->text.find("coordinator-app") != std::string::npos;
    if (!coordinator && decoded->text.find("bundle-app") == std::string::npos) return;
    auto& target = coordinator ? coordinators_ : bundles_;
    Application& made = target[path];
    made.path = path;
    made.text = std::move(decoded->text);
    if (!made.document.load_buffer(made.text.data(), made.text.size())) target.erase(path);
  }

  // The properties, coordinators and bundles of a folder, where no path says who starts whom.
  OozieLaunch Beside(const std::string& path) {
    const std::string folder = FolderOf(path);
    OozieLaunch launch;
    for (const Properties& each : properties_) {
      if (FolderOf(each.path) != folder || each.starts) continue;
      AddDefaults(each.variables, launch.variables);
      launch.files.push_back(each.path);
    }
    for (const auto& [other, coordinator] : coordinators_) {
      if (FolderOf(other) != folder || other == path || coordinator.started) continue;
      const pugi::xml_node root = coordinator.document.document_element();
      launch.schedule = root.attribute("frequency").value();
      AddDefaults(Configuration(root, launch.variables), launch.variables);
      launch.files.push_back(other);
    }
    for (const auto& [other, bundle] : bundles_) {
      if (FolderOf(other) != folder || bundle.started) continue;
      for (const pugi::xml_node& child : bundle.document.document_element().children())
        AddDefaults(PropertiesOf(ChildOf(child, "configuration"), launch.variables), launch.variables);
      launch.files.push_back(other);
    }
    launch.variables = Filled(std::move(launch.variables));
    return launch;
  }

  static Variables Configuration(const pugi::xml_node& coordinator, const Variables& known) {
    const pugi::xml_node workflow = ChildOf(ChildOf(coordinator, "action"), "workflow");
    Variables variables = PropertiesOf(ChildOf(workflow, "configuration"), known);
    AddDefaults(PropertiesOf(ChildOf(coordinator, "parameters"), known), variables);
    return variables;
  }

  void Start(Properties& properties) {
    const auto path = [&](const char* key) -> std::string {
      const auto found = properties.variables.find(key);
      return found == properties.variables.end() ? "" : FilledIn(found->second, properties.variables);
    };
    OozieLaunch launch{StemOf(properties.path), "", Filled(properties.variables), {properties.path}};
    const std::string workflow = path("oozie.wf.application.path");
    const std::string coordinator = path("oozie.coord.application.path");
    const std::string bundle = path("oozie.bundle.application.path");
    if (!workflow.empty()) {
      properties.starts = Launch(workflow, properties.path, launch);
    } else if (!coordinator.empty()) {
      if (Application* found = At(coordinators_, coordinator, properties.path, "coordinator.xml"))
        properties.starts = Coordinate(*found, launch);
    } else if (!bundle.empty()) {
      Application* found = At(bundles_, bundle, properties.path, "bundle.xml");
      if (found != nullptr) properties.starts = StartBundle(*found, launch);
    }
  }

  Application* At(std::map<std::string, Application>& applications, const std::string& path,
                  const std::string& from, std::string_view otherwise) {
    const auto file = FindApplication(tree_, path, from, otherwise);
    if (!file) return nullptr;
    const auto found = applications.find(tree_.files()[*file].path);
    return found == applications.end() ? nullptr : &found->second;
  }

  bool StartBundle(Application& bundle, const OozieLaunch& outer) {
    bool any = false;
    for (const pugi::xml_node& child : bundle.document.document_element().children()) {
      if (LocalName(child) != "coordinator") continue;
      OozieLaunch launch = outer;
      launch.name = FilledIn(child.attribute("name").value(), outer.variables);
      launch.files.push_back(bundle.path);
      Override(PropertiesOf(ChildOf(child, "configuration"), outer.variables), launch.variables);
      launch.variables = Filled(std::move(launch.variables));
      const std::string path = FilledIn(TextOf(ChildOf(child, "app-path")), launch.variables);
      Application* found = At(coordinators_, path, bundle.path, "coordinator.xml");
      if (found != nullptr) any |= Coordinate(*found, launch, launch.name);
    }
    bundle.started |= any;
    return any;
  }

  bool Coordinate(Application& coordinator, OozieLaunch launch, const std::string& name = "") {
    const pugi::xml_node root = coordinator.document.document_element();
    const pugi::xml_node workflow = ChildOf(ChildOf(root, "action"), "workflow");
    AddDefaults(PropertiesOf(ChildOf(root, "parameters"), launch.variables), launch.variables);
    // What the coordinator makes at run time hides a value of the same name.
    for (const pugi::xml_node& property : ChildOf(workflow, "configuration").children())
      launch.variables.erase(TextOf(ChildOf(property, "name")));
    Override(PropertiesOf(ChildOf(workflow, "configuration"), launch.variables), launch.variables);
    launch.variables = Filled(std::move(launch.variables));
    launch.name = name.empty() ? FilledIn(root.attribute("name").value(), launch.variables) : name;
    launch.schedule = FilledIn(root.attribute("frequency").value(), launch.variables);
    launch.files.push_back(coordinator.path);
    const bool found =
        Launch(FilledIn(TextOf(ChildOf(workflow, "app-path")), launch.variables), coordinator.path, launch);
    coordinator.started |= found;
    return found;
  }

  bool Launch(const std::string& path, const std::string& from, OozieLaunch launch) {
    const auto file = FindApplication(tree_, path, from, "workflow.xml");
    if (!file || workflows_.count(tree_.files()[*file].path) == 0) return false;
    std::vector<OozieLaunch>& launches = launches_[tree_.files()[*file].path];
    if (launches.size() < kLaunchesMax) launches.push_back(std::move(launch));
    return true;
  }

  const SourceTree& tree_;
  std::set<std::string> workflows_;
  std::vector<Properties> properties_;
  std::map<std::string, Application> coordinators_;
  std::map<std::string, Application> bundles_;
  std::map<std::string, std::vector<OozieLaunch>> launches_;
};

std::vector<std::string> LastTwo(std::string path) {
  while (path.ends_with('/')) path.pop_back();
  const size_t slash = path.rfind('/');
  if (slash == std::string::npos) return {path};
  const size_t before = slash == 0 ? std::string::npos : path.rfind('/', slash - 1);
  return {path.substr(slash + 1), path.substr(before + 1, slash - before - 1)};
}

}  // namespace

std::string_view LocalName(const pugi::xml_node& node) {
  const std::string_view name = node.name();
  const size_t colon = name.find(':');
  return colon == std::string_view::npos ? name : name.substr(colon + 1);
}

pugi::xml_node ChildOf(const pugi::xml_node& node, std::string_view name) {
  for (const pugi::xml_node& child : node.children()) {
    if (LocalName(child) == name) return child;
  }
  return {};
}

std::string TextOf(const pugi::xml_node& node) {
  std::string text = node.child_value();
  const size_t begin = text.find_first_not_of(" \t\r\n");
  if (begin == std::string::npos) return "";
  return text.substr(begin, text.find_last_not_of(" \t\r\n") - begin + 1);
}

Variables PropertiesOf(const pugi::xml_node& parent, const Variables& known) {
  Variables variables;
  for (const pugi::xml_node& property : parent.children()) {
    if (LocalName(property) != "property") continue;
    const std::string name = TextOf(ChildOf(property, "name"));
    const std::string value = FilledIn(TextOf(ChildOf(property, "value")), known);
    if (!name.empty() && !value.empty() && !IsMadeAtRunTime(value)) variables.try_emplace(name, value);
  }
  return variables;
}

std::string FilledIn(const std::string& text, const Variables& variables) {
  std::string now = text;
  for (int i = 0; i < kNestedValuesMax && now.find("${") != std::string::npos; ++i) {
    std::string next;
    size_t begin = 0;
    for (size_t at; (at = now.find("${", begin)) != std::string::npos;) {
      const size_t end = now.find('}', at);
      if (end == std::string::npos) break;
      const std::string name = now.substr(at + 2, end - at - 2);
      const auto known = variables.find(name);
      const bool fills =
          known != variables.end() && known->second.find("${" + name + "}") == std::string::npos;
      next += now.substr(begin, at - begin);
      next += fills ? known->second : now.substr(at, end + 1 - at);
      if (next.size() > kFilledMax) return text;
      begin = end + 1;
    }
    next += now.substr(begin);
    if (next == now) break;
    now = std::move(next);
  }
  return now;
}

std::optional<size_t> FindApplication(const SourceTree& tree, const std::string& path,
                                      const std::string& from, std::string_view otherwise) {
  if (path.empty()) return std::nullopt;
  const std::string file = path.ends_with(".xml") ? path : path + "/" + std::string(otherwise);
  const auto found = tree.Resolve(file, from);
  if (!found) return std::nullopt;
  const std::vector<std::string> wanted = LastTwo(file), have = LastTwo(tree.files()[*found].path);
  const bool folder_known = wanted.size() > 1 && wanted[1].find("${") == std::string::npos;
  const bool fits = folder_known ? have == wanted || (have.size() == 1 && have[0] == wanted[0])
                                 : FolderOf(tree.files()[*found].path) == FolderOf(from);
  return fits ? found : std::nullopt;
}

std::map<std::string, std::vector<OozieLaunch>> FindOozieLaunches(const SourceTree& tree,
                                                                  const std::vector<std::string>& workflows) {
  return Search(tree, workflows).Go();
}

}  // namespace godwit::sources
