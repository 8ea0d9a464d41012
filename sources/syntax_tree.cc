#include "sources/syntax_tree.h"

#include <cstdlib>
#include <new>

extern "C" {
const TSLanguage* tree_sitter_bash(void);
const TSLanguage* tree_sitter_python(void);
}

namespace godwit::sources {
namespace {

struct FreeParser {
  void operator()(TSParser* parser) const { ts_parser_delete(parser); }
};

// The library aborts where no memory is left; it shall end as everything else does.
void* OrEnd(void* memory, size_t bytes) {
  if (memory == nullptr && bytes > 0 && std::get_new_handler() != nullptr) std::get_new_handler()();
  return memory;
}

bool TakeMemoryAsOthersDo() {
  ts_set_allocator([](size_t bytes) { return OrEnd(std::malloc(bytes), bytes); },
                   [](size_t count, size_t bytes) { return OrEnd(std::calloc(count, bytes), count * bytes); },
                   [](void* old, size_t bytes) { return OrEnd(std::realloc(old, bytes), bytes); }, std::free);
  return true;
}

TSParser* ParserOfThisThread() {
  [[maybe_unused]] static const bool once = TakeMemoryAsOthersDo();
  thread_local const std::unique_ptr<TSParser, FreeParser> parser(ts_parser_new());
  return parser.get();
}

}  // namespace

SyntaxNode SyntaxNode::Field(std::string_view name) const {
  if (null()) return {};
  return {ts_node_child_by_field_name(node_, name.data(), static_cast<uint32_t>(name.size())), source_};
}

std::vector<SyntaxNode> SyntaxNode::Fields(std::string_view name) const {
  std::vector<SyntaxNode> found;
  if (null()) return found;
  TSTreeCursor cursor = ts_tree_cursor_new(node_);
  for (bool more = ts_tree_cursor_goto_first_child(&cursor); more;
       more = ts_tree_cursor_goto_next_sibling(&cursor)) {
    const char* field = ts_tree_cursor_current_field_name(&cursor);
    if (field != nullptr && name == field) found.emplace_back(ts_tree_cursor_current_node(&cursor), source_);
  }
  ts_tree_cursor_delete(&cursor);
  return found;
}

std::vector<SyntaxNode> SyntaxNode::Children() const {
  std::vector<SyntaxNode> children;
  if (null()) return children;
  TSTreeCursor cursor = ts_tree_cursor_new(node_);
  for (bool more = ts_tree_cursor_goto_first_child(&cursor); more;
       more = ts_tree_cursor_goto_next_sibling(&cursor)) {
    children.emplace_back(ts_tree_cursor_current_node(&cursor), source_);
  }
  ts_tree_cursor_delete(&cursor);
  return children;
}

std::vector<SyntaxNode> SyntaxNode::NamedChildren() const {
  std::vector<SyntaxNode> children = Children();
  std::erase_if(children, [](const SyntaxNode& child) { return !child.named() || child.is("comment"); });
  return children;
}

SyntaxNode SyntaxNode::FirstOf(std::string_view kind) const {
  for (const SyntaxNode& child : Children()) {
    if (child.is(kind)) return child;
  }
  return {};
}

uint32_t SyntaxNode::FirstErrorLine() const {
  SyntaxNode node = *this;
  for (bool deeper = true; deeper && !node.is("ERROR");) {
    deeper = false;
    for (const SyntaxNode& child : node.Children()) {
      if (!child.has_error()) continue;
      node = child;
      deeper = true;
      break;
    }
  }
  return node.line();
}

SyntaxTree SyntaxTree::Parse(Language language, std::string_view text) {
  SyntaxTree tree;
  tree.text_ = text;
  if (text.size() > kSyntaxBytesMax) return tree;
  TSParser* parser = ParserOfThisThread();
  ts_parser_set_language(parser, language == Language::kShell ? tree_sitter_bash() : tree_sitter_python());
  ts_parser_set_timeout_micros(parser, kSyntaxMicrosecondsMax);
  tree.tree_.reset(ts_parser_parse_string(parser, nullptr, text.data(), static_cast<uint32_t>(text.size())));
  ts_parser_reset(parser);
  return tree;
}

SyntaxNode SyntaxTree::root() const {
  if (tree_ == nullptr) return {};
  return {ts_tree_root_node(tree_.get()), text_};
}

}  // namespace godwit::sources
