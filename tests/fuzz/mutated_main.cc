// mutated SEED RUNS DICTIONARY FOLDER…: hands a fuzz target every file of the folders, and then RUNS changed
// ones. The same arguments give the same inputs on any machine, so CI can ask it: what passed once passes
// again. (A libFuzzer run depends on where the program lies in memory, and no seed makes it repeat itself; it
// finds more, and
// `./dev fuzz` runs it.) An input that fails, or takes more than ten seconds, is left in a file beside the
// program.
#include <unistd.h>

#include <algorithm>
#include <charconv>
#include <csignal>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <random>
#include <string>
#include <vector>

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size);

namespace {

constexpr size_t kSizeMax = 4096;  // bytes, as libFuzzer's own limit
constexpr unsigned kSecondsMax = 10;

std::string input;  // the one at work
std::string kept;   // the file for an input that fails

// The process is lost anyway, so what a signal handler may not do may be tried.
void KeepInput(int signal) {
  std::ofstream(kept, std::ios::binary) << input;
  std::fprintf(stderr, "signal %d; the input is in %s\n", signal, kept.c_str());
  std::signal(signal, SIG_DFL);
  std::raise(signal);
}

std::string ReadFile(const std::filesystem::path& path) {
  std::ifstream file(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(file), {}};
}

std::vector<std::string> ReadFolders(int count, char** folders) {
  std::vector<std::filesystem::path> paths;
  for (int i = 0; i < count; ++i) {
    for (const auto& entry : std::filesystem::directory_iterator(folders[i])) paths.push_back(entry.path());
  }
  std::sort(paths.begin(), paths.end(),
            [](const auto& a, const auto& b) { return a.filename() < b.filename(); });
  std::vector<std::string> inputs;
  for (const auto& path : paths) inputs.push_back(ReadFile(path));
  return inputs;
}

// The lines of a libFuzzer dictionary, "word"; \\, \" and \xNN stand for one byte.
std::vector<std::string> ReadDictionary(const char* path) {
  std::ifstream file(path);
  std::vector<std::string> words;
  for (std::string line; std::getline(file, line);) {
    if (line.size() < 2 || line.front() != '"') continue;
    std::string& word = words.emplace_back();
    for (size_t i = 1; i + 1 < line.size(); ++i) {
      if (line[i] != '\\') {
        word += line[i];
      } else if (line[i + 1] == 'x') {
        int byte = 0;
        std::from_chars(&line[i + 2], &line[i + 4], byte, 16);
        word += static_cast<char>(byte);
        i += 3;
      } else {
        word += line[++i];
      }
    }
  }
  return words;
}

class Mutator {
 public:
  Mutator(uint64_t seed, std::vector<std::string> inputs, std::vector<std::string> words)
      : random_(seed), inputs_(std::move(inputs)), words_(std::move(words)) {}

  std::string Next() {
    std::string text = Any(inputs_);
    for (size_t changes = 1 + Below(5); changes > 0; --changes) Change(text);
    if (text.size() > kSizeMax) text.resize(kSizeMax);
    return text;
  }

 private:
  size_t Below(size_t limit) { return static_cast<size_t>(random_() % limit); }
  const std::string& Any(const std::vector<std::string>& of) { return of[Below(of.size())]; }

  // A piece of the text, at most `length` bytes.
  std::string_view Piece(const std::string& text, size_t length) {
    const size_t begin = Below(text.size() + 1);
    return std::string_view(text).substr(begin, 1 + Below(length));
  }

  void Change(std::string& text) {
    const size_t at = Below(text.size() + 1);
    switch (Below(8)) {
      case 0: text.insert(at, Any(words_)); return;
      case 1: text.insert(at, Piece(Any(inputs_), 64)); return;
      case 2: text.insert(at, std::string(Piece(text, 32))); return;
      case 3: text.erase(at, 1 + Below(16)); return;
      case 4: text.replace(at, 1 + Below(8), Any(words_)); return;
      case 5:
        for (size_t marks = 1 + Below(3); marks > 0; --marks) text.insert(at, AnyMark());
        return;
      case 6:
        text.resize(at);
        text += Piece(Any(inputs_), kSizeMax);
        return;
      default:
        if (at < text.size()) text[at] = AnyByte();
    }
  }

  // What SQL's lexer looks at, spaces and signs of more than one byte too, or any byte.
  std::string_view AnyMark() {
    static constexpr std::string_view kMarks[] = {"'",
                                                  "\"",
                                                  "`",
                                                  "(",
                                                  ")",
                                                  ";",
                                                  ",",
                                                  ".",
                                                  ":",
                                                  "#",
                                                  "@",
                                                  "$",
                                                  "{",
                                                  "}",
                                                  "%",
                                                  "/",
                                                  "*",
                                                  "-",
                                                  "\\",
                                                  "=",
                                                  "<",
                                                  ">",
                                                  "!",
                                                  "|",
                                                  "[",
                                                  "]",
                                                  "\n",
                                                  "\t",
                                                  "/*",
                                                  "*/",
                                                  "--",
                                                  "${",
                                                  "{{",
                                                  "}}",
                                                  " ",
                                                  "\r",
                                                  "\xE2\x80\x82",
                                                  "\xEF\xBB\xBF",
                                                  "\xE3\x80\x80",
                                                  "\xC2\xA0",
                                                  "\xC3",
                                                  "\xFF"};
    if (Below(4) > 0) return kMarks[Below(std::size(kMarks))];
    byte_ = AnyByte();
    return {&byte_, 1};
  }

  char AnyByte() { return static_cast<char>(Below(256)); }

  std::mt19937_64 random_;
  char byte_ = 0;
  std::vector<std::string> inputs_;
  std::vector<std::string> words_;
};

void Try(std::string text) {
  input = std::move(text);
  alarm(kSecondsMax);
  LLVMFuzzerTestOneInput(reinterpret_cast<const uint8_t*>(input.data()), input.size());
}

}  // namespace

int main(int argc, char** argv) {
  if (argc < 5) {
    std::fprintf(stderr, "usage: %s SEED RUNS DICTIONARY FOLDER…\n", argv[0]);
    return 2;
  }
  kept = std::string(argv[0]) + "-failed";
  for (const int signal : {SIGABRT, SIGSEGV, SIGALRM}) std::signal(signal, KeepInput);
  std::vector<std::string> inputs = ReadFolders(argc - 4, argv + 4);
  std::vector<std::string> words = ReadDictionary(argv[3]);
  if (inputs.empty() || words.empty()) {
    std::fprintf(stderr, "%s: no inputs or no words\n", argv[0]);
    return 2;
  }
  for (const std::string& text : inputs) Try(text);
  const uint64_t runs = std::strtoull(argv[2], nullptr, 10);
  Mutator mutator(std::strtoull(argv[1], nullptr, 10), inputs, std::move(words));
  for (uint64_t i = 0; i < runs; ++i) Try(mutator.Next());
  std::printf("%zu kept inputs and %llu changed ones: nothing found\n", inputs.size(),
              static_cast<unsigned long long>(runs));
}
