#include "harness/calibration/calibration_exercises.hpp"

#include <algorithm>
#include <bit>
#include <memory>
#include <new>
#include <numeric>
#include <span>

#include <sys/mman.h>

#include "harness/calibration/kernels.hpp"
#include "workloads/random.hpp"

namespace harness::calibration {
namespace {

using shared_arena = std::shared_ptr<arena>;

shared_arena make_arena(std::size_t bytes) { return std::make_shared<arena>(bytes); }

/// Places that lie `stride` apart, each holding the address of another one, all in one ring whose
/// order has no pattern.
const void* make_ring(const arena& memory, std::size_t count, std::size_t stride) {
  std::vector<std::size_t> order(count);
  std::iota(order.begin(), order.end(), std::size_t{0});
  workloads::random_source(1).shuffle(std::span(order));
  const auto place = [&](std::size_t i) { return memory.data() + order[i % count] * stride; };
  for (std::size_t i = 0; i < count; ++i) ::new (place(i)) const void*(place(i + 1));
  return place(0);
}

/// Built when it is first needed: a large one takes longer than all the rest.
class ring {
 public:
  ring(std::size_t count, std::size_t stride) : count_(count), stride_(stride) {}

  const void* start() {
    if (!memory_) {
      memory_ = make_arena(count_ * stride_);
      start_ = make_ring(*memory_, count_, stride_);
    }
    return start_;
  }
  std::size_t count() const noexcept { return count_; }

 private:
  std::size_t count_, stride_;
  shared_arena memory_;
  const void* start_ = nullptr;
};

exercise chase_ring(std::string_view name, const std::shared_ptr<ring>& places, std::size_t steps) {
  return {name,
          steps,
          [=] { kernels::chase(places->start(), places->count()); },
          [=] { kernels::chase(places->start(), steps); },
          {}};
}

/// Under LRU, a ring that is larger than a cache misses at every step and one that fits never.
/// Where it is near the size nothing is said, nor of caches that replace otherwise, unless a real
/// one must miss because the ring is many times larger.
void expect_misses(std::vector<expectation>& expected, const backends::geometry& caches,
                   std::size_t bytes, std::size_t steps, bool exact) {
  static constexpr std::string_view events[] = {"l1_misses", "l2_misses", "l3_misses"};
  const std::size_t large = exact ? 2 : 16;
  bool reaches = true;  // whether the level before is missed
  for (std::size_t level = 0; level < 3 && reaches; ++level) {
    const std::size_t size = caches.caches[level].bytes;
    reaches = bytes >= large * size;
    if (reaches) expected.push_back({events[level], static_cast<double>(steps)});
    if (exact && !reaches && 2 * bytes <= size) expected.push_back({events[level], 0});
  }
}

exercise chase(std::string_view name, const backends::geometry& caches, std::size_t bytes,
               bool exact) {
  const std::size_t count = bytes / caches.line;
  const std::size_t steps = exact ? count : std::max<std::size_t>(count, 100'000);
  exercise made = chase_ring(name, std::make_shared<ring>(count, caches.line), steps);
  expect_misses(made.expected, caches, bytes, steps, exact);
  return made;
}

/// One line more than any level has ways, all in one set of each: nothing ever hits, at no more
/// than a handful of pages.
exercise conflicts(const backends::geometry& caches) {
  std::size_t ways = 0, stride = 0;
  for (const auto& level : caches.caches) {
    ways = std::max(ways, level.ways);
    stride = std::lcm(std::max<std::size_t>(stride, 1), level.bytes / level.ways);
  }
  const std::size_t steps = 10'000;
  const double misses = static_cast<double>(steps);
  exercise made = chase_ring("conflicts", std::make_shared<ring>(ways + 1, stride), steps);
  made.expected = {{"l1_misses", misses}, {"l2_misses", misses}, {"l3_misses", misses}};
  return made;
}

/// A real last level is sliced, hashed and shared: all that can be said is that most steps through
/// four times its size have to leave it.
exercise chase_memory(const backends::geometry& caches) {
  const std::size_t steps = 200'000;
  const std::size_t count = 4 * caches.caches[2].bytes / caches.line;
  exercise made = chase_ring("chase_memory", std::make_shared<ring>(count, caches.line), steps);
  made.expected = {{"l3_misses", static_cast<double>(steps) / 2, true}};
  return made;
}

/// Over memory that nobody has read before: every line is new to every level.
exercise reading_in_order(const backends::geometry& caches) {
  const std::size_t bytes = 16 * caches.caches[0].bytes;
  const shared_arena memory = make_arena(bytes);
  const double lines = static_cast<double>(bytes / caches.line);
  const auto* words = reinterpret_cast<const std::uint64_t*>(memory->data());
  return {"sweep",
          bytes / sizeof(std::uint64_t),
          [] {},
          [words, bytes, memory] { kernels::read_in_order(words, bytes / sizeof(std::uint64_t)); },
          {{"l1_misses", lines}, {"l2_misses", lines}, {"l3_misses", lines}}};
}

exercise one_line(const backends::geometry& caches) {
  const std::size_t steps = 100'000;
  const shared_arena memory = make_arena(caches.page);
  const auto* word = reinterpret_cast<const std::uint64_t*>(memory->data());
  return {"one_line",
          steps,
          [word] { kernels::reread(word, 1); },
          [word, steps, memory] { kernels::reread(word, steps); },
          {{"l1_misses", 0}, {"l2_misses", 0}, {"l3_misses", 0}, {"tlb_misses", 0}}};
}

/// Far more pages than any TLB holds. They are never written, so that all are the kernel's one
/// page of zeroes and cost no memory.
exercise reading_pages(const backends::geometry& caches, bool exact) {
  const std::size_t least = (exact ? 2 : 16) * caches.tlbs[1].entries;
  const std::size_t pages = std::bit_ceil(least);
  const shared_arena memory = make_arena(pages * caches.page);
  const auto read = [memory, pages, page = caches.page] {
    kernels::read_pages(memory->data(), pages, page);
  };
  return {"page_walk", pages, read, read, {{"tlb_misses", static_cast<double>(pages)}}};
}

exercise fresh_pages(const backends::geometry& caches) {
  const std::size_t pages = 512;
  const shared_arena memory = make_arena(pages * caches.page);
  return {"fresh_pages",
          pages,
          [memory] { memory->release(); },
          [memory, page = caches.page] { kernels::touch_pages(memory->data(), pages, page); },
          {{"minor_faults", static_cast<double>(pages)}}};
}

exercise count_down() {
  const std::uint64_t times = 1'000'000;
  const auto run = [] { kernels::count_down(times); };
  const double instructions = static_cast<double>(times * kernels::instructions_a_count);
  exercise made{"instruction_loop", times, run, run, {}};
  if (instructions > 0) made.expected.push_back({"instructions", instructions});
  // No processor takes more than one branch of such a loop in a cycle by much.
  made.expected.push_back({"cycles", static_cast<double>(times) / 2, true});
  return made;
}

exercise guess() {
  const std::size_t times = 100'000;
  const auto run = [] { kernels::guess(times); };
  return {"coin_toss", times, run, run, {{"branch_misses", static_cast<double>(times) / 4, true}}};
}

}  // namespace

arena::arena(std::size_t bytes) : bytes_(bytes) {
  void* memory = mmap(nullptr, bytes, PROT_READ | PROT_WRITE,
                      MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
  if (memory == MAP_FAILED) throw std::bad_alloc();
  madvise(memory, bytes, MADV_NOHUGEPAGE);  // a huge page would be one fault, and one TLB entry
  data_ = static_cast<std::byte*>(memory);
}

arena::~arena() { munmap(data_, bytes_); }

void arena::release() const noexcept { madvise(data_, bytes_, MADV_DONTNEED); }

std::vector<exercise> exercises(const backends::geometry& caches, bool exact) {
  const std::size_t factor = exact ? 2 : 16;
  std::vector<exercise> made;
  made.push_back(one_line(caches));
  made.push_back(chase("chase_l1", caches, factor * caches.caches[0].bytes, exact));
  made.push_back(chase("chase_l2", caches, factor * caches.caches[1].bytes, exact));
  if (exact) {
    made.push_back(reading_in_order(caches));
    made.push_back(conflicts(caches));
  } else {
    made.push_back(chase_memory(caches));
  }
  made.push_back(reading_pages(caches, exact));
  made.push_back(fresh_pages(caches));
  made.push_back(count_down());
  made.push_back(guess());
  return made;
}

}  // namespace harness::calibration
