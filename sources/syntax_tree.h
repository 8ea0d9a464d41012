// sources/syntax_tree.h — the concrete syntax tree of a shell or Python file, from tree-sitter. Broken input
// still gives a tree, with ERROR nodes where it is broken.
#pragma once

#include <tree_sitter/api.h>

#include <cstdint>
#include <memory>
#include <string_view>
#include <vector>

namespace godwit::sources {

enum class Language { kShell, kPython };

inline constexpr size_t kSyntaxBytesMax = 8u << 20;
inline constexpr uint64_t kSyntaxMicrosecondsMax = 10'000'000;

// A node; valid as long as its tree and the text. A null node has kind "" and no children.
class SyntaxNode {
 public:
  SyntaxNode() = default;
  SyntaxNode(TSNode node, std::string_view source) : node_(node), source_(source) {}

  bool null() const { return ts_node_is_null(node_); }
  bool is(std::string_view kind) const { return this->kind() == kind; }
  std::string_view kind() const { return null() ? "" : ts_node_type(node_); }
  bool named() const { return !null() && ts_node_is_named(node_); }
  bool has_error() const { return !null() && ts_node_has_error(node_); }
  size_t begin() const { return null() ? 0 : ts_node_start_byte(node_); }
  size_t end() const { return null() ? 0 : ts_node_end_byte(node_); }
  uint32_t line() const { return null() ? 1 : ts_node_start_point(node_).row + 1; }  // 1-based
  std::string_view text() const { return source_.substr(begin(), end() - begin()); }

  SyntaxNode Field(std::string_view name) const;
  // Every child with that field name, in order.
  std::vector<SyntaxNode> Fields(std::string_view name) const;
  std::vector<SyntaxNode> Children() const;       // all, punctuation too
  std::vector<SyntaxNode> NamedChildren() const;  // comments are left out
  // Of the first broken place below; the node's own line if there is none.
  uint32_t FirstErrorLine() const;
  SyntaxNode FirstOf(std::string_view kind) const;
  std::string_view source() const { return source_; }

 private:
  TSNode node_{};
  std::string_view source_;
};

class SyntaxTree {
 public:
  // Null root if the text is longer than kSyntaxBytesMax or takes longer than kSyntaxMicrosecondsMax: the
  // caller reports it. `text` must outlive the tree. Safe to call from several threads.
  static SyntaxTree Parse(Language language, std::string_view text);
  SyntaxNode root() const;

 private:
  struct Free {
    void operator()(TSTree* tree) const { ts_tree_delete(tree); }
  };
  std::unique_ptr<TSTree, Free> tree_;
  std::string_view text_;
};

}  // namespace godwit::sources
