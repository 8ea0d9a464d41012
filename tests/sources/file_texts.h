// tests/sources/file_texts.h — several small files in one fixture's input.
#pragma once

#include <string>
#include <utility>
#include <vector>

namespace godwit::sources {

// "=== path" starts each file; text before the first is the file `name`.
inline std::vector<std::pair<std::string, std::string>> FileTexts(const std::string& input,
                                                                  const std::string& name) {
  std::vector<std::pair<std::string, std::string>> files;
  for (size_t at = 0; at < input.size();) {
    const size_t end = std::min(input.find('\n', at), input.size());
    const std::string line = input.substr(at, end - at);
    if (line.starts_with("=== ")) {
      files.emplace_back(line.substr(4), "");
    } else {
      if (files.empty()) files.emplace_back(name, "");
      files.back().second += line + "\n";
    }
    at = end + 1;
  }
  return files;
}

// The words between commas.
inline std::vector<std::string> Words(const std::string& text) {
  std::vector<std::string> words;
  for (size_t at = 0; at < text.size();) {
    const size_t end = std::min(text.find(',', at), text.size());
    words.push_back(text.substr(at, end - at));
    at = end + 1;
  }
  return words;
}

}  // namespace godwit::sources
