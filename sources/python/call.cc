// Calls: strings' methods, files, Airflow's objects, and what is handed to Spark, Hive and the shell.
#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "sources/python/run.h"
#include "sources/shell/shell.h"
#include "sources/sql_text.h"
#include "sources/text_file.h"

namespace godwit::sources::python {
namespace {

using Kind = Object::Kind;

bool StartsTask(const std::string& name) {
  return name.ends_with("Operator") || name.ends_with("Sensor") || name.ends_with("OperatorAsync");
}

bool MakesView(const std::string& name) {
  return name == "createOrReplaceTempView" || name == "createTempView" || name == "registerTempTable" ||
         name == "createOrReplaceGlobalTempView" || name == "createGlobalTempView";
}

bool WritesTable(const std::string& name) {
  return name == "saveAsTable" || name == "insertInto" || name == "writeTo";
}

std::string TextAt(const Object& call, std::string_view key, size_t position) {
  if (const Object* named = call.Find(key)) return named->text.text();
  return position < call.items.size() ? call.items[position].text.text() : "";
}

}  // namespace

size_t Run::CurrentDag() {
  if (!dag_stack_.empty()) return dag_stack_.back();
  if (dags_.empty()) dags_.push_back({"", {}});
  return dags_.size() - 1;
}

Object Run::MakeDag(const Object& call, const std::string& otherwise) {
  Dag dag;
  dag.id = TextAt(call, "dag_id", 0);
  if (dag.id.empty()) dag.id = otherwise;
  dag.arguments = call.entries;
  dags_.push_back(std::move(dag));
  Object object;
  object.kind = Kind::kDag;
  object.index = dags_.size() - 1;
  return object;
}

Object Run::MakeTask(const std::string& name, const Object& call, const SyntaxNode& node) {
  Task task;
  task.operator_name = name;
  task.id = TextAt(call, "task_id", 0);
  task.arguments = call.entries;
  task.place = PlaceOf(node);
  const Object* dag = call.Find("dag");
  task.dag = dag != nullptr && dag->is(Kind::kDag) ? dag->index : CurrentDag();
  for (const size_t group : group_stack_) {
    if (!groups_[group].id.empty()) task.id = groups_[group].id + "." + task.id;
    groups_[group].tasks.push_back(tasks_.size());
  }
  if (name == "ExternalTaskSensor") {
    const std::string outside = TextAt(call, "external_dag_id", 99),
                      id = TextAt(call, "external_task_id", 99);
    if (!outside.empty()) task.outside.push_back(id.empty() ? outside : outside + "." + id);
  }
  tasks_.push_back(std::move(task));
  Object object;
  object.kind = Kind::kTask;
  object.index = tasks_.size() - 1;
  return object;
}

std::vector<size_t> Run::TasksOf(const Object& object) const {
  if (object.is(Kind::kTask)) return {object.index};
  if (object.is(Kind::kGroup)) return groups_[object.index].tasks;
  std::vector<size_t> tasks;
  for (const Object& item : object.items) {
    for (const size_t task : TasksOf(item)) tasks.push_back(task);
  }
  return tasks;
}

void Run::Depend(const Object& upstream, const Object& downstream) {
  const std::vector<size_t> ups = TasksOf(upstream), downs = TasksOf(downstream);
  // A group's inner tasks depend on each other: only its first ones wait, and only its last ones are waited
  // for.
  const auto has_any = [&](const std::set<size_t>& some, const std::vector<size_t>& of) {
    return std::any_of(of.begin(), of.end(), [&](size_t task) { return some.count(task) != 0; });
  };
  for (const size_t down : downs) {
    if (downstream.is(Kind::kGroup) && has_any(tasks_[down].upstream, downs)) continue;
    for (const size_t up : ups) {
      const auto waits_for_it = [&](size_t other) { return tasks_[other].upstream.count(up) != 0; };
      if (upstream.is(Kind::kGroup) && std::any_of(ups.begin(), ups.end(), waits_for_it)) continue;
      if (up != down) tasks_[down].upstream.insert(up);
    }
  }
}

void Run::Emit(Engine engine, const Value& text, const SyntaxNode& node) {
  for (const TracedText& each : text.alternatives) {
    if (IsPattern(each.text())) {
      facts().diagnostics.push_back(
          {Diagnostic::Kind::kUnread, PlaceOf(node),
           fmt::format("{} is given {}, whose value is not known", EngineName(engine), each.text())});
      continue;
    }
    SqlText sql{engine, each, "", given_, false, !facts().sql.empty(), views_};
    facts().sql.push_back(std::move(sql));
  }
}

// The content of a file that the program opens, into `text`; its path if found.
std::string Run::FileText(const std::string& name, TracedText* text) {
  facts_.lookups.push_back(name);
  const auto file = tree_.Resolve(name, script_->path);
  if (!file) return "";
  Result<DecodedText> decoded = ReadText(tree_, *file);
  if (!decoded.ok()) return "";
  const std::string& path = tree_.files()[*file].path;
  const auto known = std::find(facts_.files.begin(), facts_.files.end(), path);
  const FileId id = FileId(static_cast<uint32_t>(known - facts_.files.begin()));
  if (known == facts_.files.end()) facts_.files.push_back(path);
  *text = TracedText(decoded->text, {id, 1});
  return path;
}

Object Run::Enter(const Function& function, const Object& call) {
  if (depth_ > kPythonDepthMax / 2) return {};
  const std::shared_ptr<const Script> caller = std::exchange(script_, function.script);
  std::map<std::string, Object> before = variables_;
  size_t position = 0;
  for (const SyntaxNode& parameter : function.definition.Field("parameters").NamedChildren()) {
    SyntaxNode name = parameter.Field("name");
    if (name.null()) name = parameter.is("typed_parameter") ? parameter.NamedChildren().front() : parameter;
    const Object* named = call.Find(name.text());
    if (named != nullptr) {
      Assign(name, *named);
    } else if (position < call.items.size()) {
      Assign(name, call.items[position]);
    } else {
      const SyntaxNode value = parameter.Field("value");
      Assign(name, value.null() ? Object() : Evaluate(value));
    }
    ++position;
  }
  returned_.emplace_back();
  ++depth_;
  ExecuteBlock(function.definition.Field("body"));
  --depth_;
  Object result = std::move(returned_.back());
  returned_.pop_back();
  // Only what already was outside can have changed there, and only through `global`, which is not followed.
  variables_ = std::move(before);
  script_ = caller;
  return result;
}

// Methods of texts, lists and maps.
Object Run::Method(const std::string& name, const Object& self, const Object& call, const SyntaxNode& node) {
  if (self.is(Kind::kText)) {
    if (name == "format") return Object::Text(Formatted(self.text, call.items, call.entries, false, node));
    if (name == "format_map" && !call.items.empty()) {
      return Object::Text(Formatted(self.text, {}, call.items[0].entries, false, node));
    }
    if (name == "replace" && call.items.size() >= 2 && call.items[0].is(Kind::kText)) {
      const TextSubstitution change{call.items[0].text.text(), TextOf(call.items[1], node, "value").text(),
                                    true};
      if (change.from.empty()) return self;
      return Object::Text(
          Map(self.text, [&](const TracedText& each) { return Replace(each, change, PlaceOf(node)); }));
    }
    if (name == "join" && !call.items.empty()) {
      Value text;
      const std::vector<Object>& parts = call.items[0].items;
      for (size_t i = 0; i < parts.size(); ++i) {
        if (i > 0) AppendTo(text, self.text, nullptr);
        AppendTo(text, TextOf(parts[i], node, "item"), nullptr);
      }
      return Object::Text(std::move(text));
    }
    if (name == "split" && !call.items.empty() && self.text.known()) {
      Object list;
      list.kind = Kind::kList;
      const std::string& all = self.text.text();
      const std::string mark = call.items[0].text.text();
      for (size_t begin = 0; !mark.empty() && begin <= all.size();) {
        const size_t end = std::min(all.find(mark, begin), all.size());
        list.items.push_back(Object::Text(Value::Of(self.text.alternatives[0].Slice(begin, end - begin))));
        begin = end + mark.size();
      }
      return list;
    }
    constexpr std::array<std::string_view, 8> kKeeps = {"strip", "lstrip", "rstrip", "lower",
                                                        "upper", "dedent", "encode", "decode"};
    if (std::find(kKeeps.begin(), kKeeps.end(), name) != kKeeps.end()) return self;
  }
  if (self.is(Kind::kMap)) {
    if (name == "get" && !call.items.empty()) {
      if (const Object* value = self.Find(call.items[0].text.text())) return *value;
      return call.items.size() > 1 ? call.items[1] : Object();
    }
    if (name == "items" || name == "keys" || name == "values") {
      Object list;
      list.kind = Kind::kList;
      for (const auto& [key, value] : self.entries) {
        Object text = Object::Text(Value::Of(TracedText(key, PlaceOf(node))));
        Object pair;
        pair.kind = Kind::kList;
        pair.items = {text, value};
        list.items.push_back(name == "items" ? pair : name == "keys" ? text : value);
      }
      return list;
    }
  }
  if (self.is(Kind::kTask) || self.is(Kind::kGroup)) {
    for (const Object& other : call.items) {
      if (name == "set_downstream") Depend(self, other);
      if (name == "set_upstream") Depend(other, self);
    }
  }
  return Unknown(name, node);
}

// What hands work to an engine or the shell; false if the call is none of it.
bool Run::Engines(const std::string& name, const SyntaxNode& function, const Object& call,
                  const SyntaxNode& node) {
  const std::string_view owner = function.Field("object").text();
  const Object* named = nullptr;
  for (const char* key : {"sql", "hql", "sqlQuery", "tableName", "name", "viewName"}) {
    if (named == nullptr && function.is("attribute")) named = call.Find(key);
  }
  const Object* first = named != nullptr ? named : call.items.empty() ? nullptr : &call.items.front();
  const bool method = function.is("attribute");
  const bool text = first != nullptr && (first->is(Kind::kText) || first->is(Kind::kUnknown));
  if (!text) return false;
  const std::string& word = first->text.text();
  const auto table = [&](bool writes) {
    Transfer transfer;
    transfer.tool = "pyspark " + name;
    transfer.place = PlaceOf(node);
    const Endpoint end{Endpoint::Kind::kTable, word};
    (writes ? transfer.writes : transfer.reads).push_back(end);
    transfer.from_queries = writes;
    facts().transfers.push_back(std::move(transfer));
  };
  const bool sqlish = first->is(Kind::kText) && LooksLikeSql(word);
  if (method && name == "sql" && (sqlish || owner.find("spark") != std::string_view::npos)) {
    Emit(Engine::kSpark, first->text, node);
  } else if (method && MakesView(name)) {
    views_.push_back(word);
  } else if (method && WritesTable(name)) {
    table(true);
  } else if (method && name == "table" &&
             (owner.find("spark") != std::string_view::npos || owner.ends_with("read"))) {
    if (std::find(views_.begin(), views_.end(), word) == views_.end()) table(false);
  } else if (method && sqlish &&
             (name == "execute" || name == "run" || name == "run_cli" || name == "get_records" ||
              name == "get_pandas_df" || name == "get_first" || name == "run_hql")) {
    Emit(Engine::kHive, first->text, node);
  } else if (method && (owner == "os" || owner == "subprocess" || owner == "commands") &&
             (name == "system" || name == "popen" || name == "call" || name == "check_call" ||
              name == "run" || name == "Popen" || name == "check_output" || name == "getoutput" ||
              name == "getstatusoutput")) {
    for (const TracedText& command : first->text.alternatives) {
      if (commands_ != nullptr) {
        commands_->push_back(command);
      } else {
        ReadShellCommand(tree_, command, given_, facts_);
      }
    }
  } else {
    return false;
  }
  return true;
}

Object Run::Call(const SyntaxNode& node) {
  const SyntaxNode function = node.Field("function");
  const bool method = function.is("attribute");
  const std::string name(method ? function.Field("attribute").text() : function.text());
  Object call;
  call.kind = Kind::kCall;
  for (const SyntaxNode& argument : node.Field("arguments").NamedChildren()) {
    if (argument.is("keyword_argument")) {
      call.entries.emplace_back(std::string(argument.Field("name").text()),
                                Evaluate(argument.Field("value")));
    } else if (argument.is("dictionary_splat")) {
      const Object splat =
          Evaluate(argument.NamedChildren().empty() ? SyntaxNode() : argument.NamedChildren().front());
      call.entries.insert(call.entries.end(), splat.entries.begin(), splat.entries.end());
      if (splat.entries.empty() && argument.text().find("locals()") != std::string_view::npos) {
        for (const auto& [name, value] : variables_) call.entries.push_back({name, value});
      }
    } else if (argument.is("list_splat")) {
      const Object splat =
          Evaluate(argument.NamedChildren().empty() ? SyntaxNode() : argument.NamedChildren().front());
      call.items.insert(call.items.end(), splat.items.begin(), splat.items.end());
    } else {
      call.items.push_back(Evaluate(argument));
    }
  }
  // A list of words is a command line: subprocess.call(["hive", "-e", sql]).
  if (method && !call.items.empty() && call.items[0].is(Kind::kList) &&
      function.Field("object").text() == "subprocess") {
    Value line;
    for (const Object& word : call.items[0].items) {
      AppendTo(line, Value::Of(TracedText(" '", PlaceOf(node))), nullptr);
      AppendTo(line, TextOf(word, node, "word"), nullptr);
      AppendTo(line, Value::Of(TracedText("'", PlaceOf(node))), nullptr);
    }
    call.items[0] = Object::Text(std::move(line));
  }
  // spark.sql("select …").write.saveAsTable("t"): what stands in front runs first.
  const bool ends_chain = method && (MakesView(name) || WritesTable(name));
  if (ends_chain) Evaluate(function.Field("object"));
  if (Engines(name, function, call, node) || ends_chain) return Unknown("result", node);
  if (name == "DAG") return MakeDag(call, "");
  if (StartsTask(name)) return MakeTask(name, call, node);
  if (name == "TaskGroup") {
    groups_.push_back({TextAt(call, "group_id", 0), {}});
    Object group;
    group.kind = Kind::kGroup;
    group.index = groups_.size() - 1;
    return group;
  }
  if (name == "chain" || name == "cross_downstream") {
    for (size_t i = 0; i + 1 < call.items.size(); ++i) Depend(call.items[i], call.items[i + 1]);
    return {};
  }
  if (name == "dict") {
    call.kind = Kind::kMap;
    return call;
  }
  if ((name == "list" || name == "sorted" || name == "set" || name == "tuple" || name == "str" ||
       name == "Path" || name == "dedent" || name == "abspath" || name == "expanduser" || name == "text") &&
      call.items.size() == 1) {
    return call.items.front();
  }
  if (name == "range" && !call.items.empty() && call.items.back().text.known()) {
    Object list;
    list.kind = Kind::kList;
    const std::string& last = call.items[call.items.size() == 1 ? 0 : 1].text.text();
    const std::string first = call.items.size() == 1 ? "0" : call.items[0].text.text();
    const auto number = [](const std::string& text) {
      return !text.empty() && text.size() < 5 && std::all_of(text.begin(), text.end(), ::isdigit);
    };
    for (size_t i = number(first) && number(last) ? std::stoul(first) : 1;
         number(last) && number(first) && i < std::stoul(last); ++i) {
      list.items.push_back(Object::Text(Value::Of(TracedText(std::to_string(i), PlaceOf(node)))));
    }
    return list;
  }
  if (name == "enumerate" || name == "zip") {
    Object list;
    list.kind = Kind::kList;
    for (size_t i = 0; !call.items.empty() && i < call.items[0].items.size(); ++i) {
      Object pair;
      pair.kind = Kind::kList;
      if (name == "enumerate")
        pair.items.push_back(Object::Text(Value::Of(TracedText(std::to_string(i), PlaceOf(node)))));
      for (const Object& each : call.items)
        pair.items.push_back(i < each.items.size() ? each.items[i] : Object());
      list.items.push_back(std::move(pair));
    }
    return list;
  }
  if (name == "join" && method && function.Field("object").text().ends_with("path")) {
    Value path;
    for (size_t i = 0; i < call.items.size(); ++i) {
      if (i > 0) AppendTo(path, Value::Of(TracedText("/", PlaceOf(node))), nullptr);
      AppendTo(path, TextOf(call.items[i], node, "folder"), nullptr);
    }
    return Object::Text(std::move(path));
  }
  if (name == "dirname" && method) return Unknown("folder", node);
  if (name == "open" && !call.items.empty()) {
    TracedText text;
    if (!FileText(TextOf(call.items[0], node, "file").text(), &text).empty())
      return Object::Text(Value::Of(std::move(text)));
    return Unknown("file", node);
  }
  if (name == "get" && method && function.Field("object").text() == "Variable") {
    const auto given = given_.find(TextAt(call, "key", 0));
    if (given != given_.end()) return Object::Text(Value::Of(TracedText(given->second, PlaceOf(node))));
    if (const Object* otherwise = call.Find("default_var")) return *otherwise;
    return call.items.size() > 1 ? call.items[1] : Unknown(TextAt(call, "key", 0), node);
  }
  if (name == "getenv" || (name == "get" && method && function.Field("object").text() == "os.environ")) {
    return call.items.size() > 1 ? call.items[1] : Unknown(TextAt(call, "key", 0), node);
  }
  if (!method) {
    const auto known = variables_.find(name);
    if (known != variables_.end() && known->second.is(Kind::kFunction)) {
      const size_t index = known->second.index;
      const Function entered = functions_[index];
      if (!entered.is_task) return Enter(entered, call);
      Object callable = known->second;
      call.entries.emplace_back("python_callable", callable);
      call.entries.insert(call.entries.begin(),
                          {"task_id", Object::Text(Value::Of(TracedText(name, PlaceOf(node))))});
      std::vector<Object> arguments = std::exchange(call.items, {});
      const Object task = MakeTask("PythonOperator", call, node);
      for (const Object& argument : arguments) Depend(argument, task);
      return task;
    }
    return Unknown(name, node);
  }
  const Object self = Evaluate(function.Field("object"));
  if (name == "read" || name == "read_text") return self;
  if (name == "append" && !call.items.empty() && function.Field("object").is("identifier")) {
    Object& list = variables_[std::string(function.Field("object").text())];
    if (list.is(Kind::kList) && list.items.size() < kPythonItemsMax) list.items.push_back(call.items.front());
    return {};
  }
  if (name == "override" || name == "expand" || name == "partial") return self;
  return Method(name, self, call, node);
}

}  // namespace godwit::sources::python
