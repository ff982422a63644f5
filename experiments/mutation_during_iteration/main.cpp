// mapscope experiment mutation_during_iteration: two Markdown tables. The first shows what a change
// of a map does to an iteration over it, the second what an operation on a std::unordered_map does
// to iterators, references and copies. Exit status 1 if an outcome differs from what the library
// documents.
#include <iostream>

#include "experiments/mutation_during_iteration/maps.hpp"
#include "experiments/mutation_during_iteration/unordered_effects.hpp"
#include "harness/output.hpp"

namespace {

using namespace mutation;

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

int print_iterations() {
  int wrong = 0;
  std::cout << "## Mutation during iteration\n\n"
               "The outcome for the entries that are in the map from start to end. **Bold** was "
               "tried in 300\n"
               "iterations over tables of 4 to 299 entries. invalid is what the library documents, "
               "and is never run.\n"
               "safe: each entry is visited exactly once (an added one may be visited or not). "
               "ends: the iteration\n"
               "ends without an error. repeated: some entries may be visited twice.\n\n"
               "| iteration |";
  for (auto name : change_names) std::cout << ' ' << name << " |";
  std::cout << " documented in |\n|---|";
  for (std::size_t i = 0; i <= change_names.size(); ++i) std::cout << "---|";
  for (const auto& row : subjects()) {
    std::cout << "\n| " << row.claimed->iteration << " |";
    for (std::size_t i = 0; i < change_names.size(); ++i) {
      std::cout << ' ' << cell(row, static_cast<change>(i), wrong) << " |";
    }
    std::cout << ' ' << row.claimed->source << " |";
  }
  std::cout << '\n';
  return wrong;
}

void print_effects() {
  std::cout << "\n## Iterators, references and copies of a std::unordered_map\n\n"
               "A table of 100 entries, with an iterator to one of them and a reference to its "
               "value.\n"
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
  return harness::with_checked_output("experiment_mutation_during_iteration", [] {
    const int wrong = print_iterations();
    print_effects();
    return wrong == 0 ? 0 : 1;
  });
}
