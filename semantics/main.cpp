// make semantics: two Markdown tables for a write-up, one of what a change does to a walk, one of
// what an operation does to those who hold something of a std::unordered_map. Ends with 1 if a walk
// met anything else than its library documents.
#include <iostream>

#include "harness/output.hpp"
#include "semantics/holders.hpp"
#include "semantics/maps.hpp"

namespace {

using namespace semantics;

/// The cell's text; `wrong` is counted up where the trial contradicts the claim.
std::string cell(const subject& row, change what, int& wrong) {
  const outcome claimed = row.claimed->of[static_cast<std::size_t>(what)];
  std::string text(name_of(claimed));
  if (claimed == outcome::invalid) return text;
  if (row.found == nullptr) return text + " (not tried)";
  const outcome found = row.found(what);
  if (found == claimed) return "**" + text + "**";
  ++wrong;
  return text + ", but found " + std::string(name_of(found));
}

int print_walks() {
  int wrong = 0;
  std::cout << "## Changing a map while walking over it\n\n"
               "Of the entries that are there from start to end. **Bold** was tried, 300 walks "
               "over tables of\n"
               "4 to 299 entries; invalid is what the library documents, and is never run. safe: "
               "each is visited\n"
               "exactly once (one that is added may show or not). ends: the walk is over, in good "
               "order.\n"
               "repeated: some may be visited twice.\n\n| walk |";
  for (auto name : change_names) std::cout << ' ' << name << " |";
  std::cout << " documented in |\n|---|";
  for (std::size_t i = 0; i <= change_names.size(); ++i) std::cout << "---|";
  for (const auto& row : subjects()) {
    std::cout << "\n| " << row.claimed->walk << " |";
    for (std::size_t i = 0; i < change_names.size(); ++i) {
      std::cout << ' ' << cell(row, static_cast<change>(i), wrong) << " |";
    }
    std::cout << ' ' << row.claimed->source << " |";
  }
  std::cout << '\n';
  return wrong;
}

void print_effects() {
  std::cout << "\n## Holding something of a std::unordered_map\n\n"
               "A table of 100 entries, and one of them held by an iterator and by a reference to "
               "its value.\n"
               "What the standard calls invalid is not used.\n\n"
               "| operation | iterator | reference | bucket_count | size through a second name | "
               "size of a copy made before |\n"
               "|---|---|---|---|---|---|\n";
  for (const auto& one : effects()) {
    std::cout << "| " << one.operation << " | " << one.iterator << " | " << one.reference << " | "
              << one.buckets_before << " → " << one.buckets_after << " | " << one.second_name
              << " | " << one.copy << " |\n";
  }
}

}  // namespace

int main() {
  return harness::with_checked_output("semantics_table", [] {
    const int wrong = print_walks();
    print_effects();
    return wrong == 0 ? 0 : 1;
  });
}
