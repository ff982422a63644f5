// Workloads mixed_<updates>_<popularity>_<sharing>: lookups and updates, half of which insert and
// half erase, of keys of which half are there.
//
//   updates      percent of the operations
//   popularity   uniform, or zipf: some keys far more often than others (popularity.hpp)
//   sharing      shared: every thread takes every key; disjoint: each thread has keys of its own
//
// All of them work on the same table, which stays half full of 2n keys, so that it is filled once.
// A pass has 16,384 operations a thread (fewer in a map that copies itself for each write). Every
// value that is found is compared with the key's. How often each key has come and gone is added up
// after the pass: a key that is there twice, or less than not at all, was lost or made up, and some
// of the pass's keys are looked up again. Where no two threads share a key, each outcome is known
// beforehand and compared.
#pragma once

#include <algorithm>
#include <charconv>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "workloads/concurrent/filling.hpp"
#include "workloads/concurrent/thread_team.hpp"
#include "workloads/concurrent/workload.hpp"
#include "workloads/keys.hpp"
#include "workloads/popularity.hpp"
#include "workloads/random.hpp"
#include "workloads/state.hpp"

namespace workloads {

/// A map with half of the keys 0 .. 2n - 1 of a pool, and which they are.
template <class Map, class Payload, class Scope>
class half_full {
 public:
  explicit half_full(const key_pool& pool) : pool_(pool), present_(2 * pool.size()) {
    enter_thread<Scope>();
    map_ = std::make_unique<Map>();
    fill_concurrent<Payload>(*map_, pool_, pool.size(),
                             [&](std::size_t i) { return pool_.present(2 * i); });
    for (std::size_t i = 0; i < present_.size(); i += 2) present_[i] = 1;
  }

  Map& map() noexcept { return *map_; }
  const key_pool& pool() const noexcept { return pool_; }
  std::size_t keys() const noexcept { return present_.size(); }
  std::int32_t& present(std::size_t i) noexcept { return present_[i]; }

 private:
  key_pool pool_;
  std::vector<std::int32_t> present_;
  std::unique_ptr<Map> map_;
};

/// What the name of one of them says.
struct mixture {
  std::size_t update_percent;
  bool is_zipf, is_shared;

  /// Half of the updates find what they would do done already.
  double share_of_changes() const noexcept { return static_cast<double>(update_percent) / 200; }

  /// Of mixed_<updates>_<popularity>_<sharing>.
  static mixture of(std::string_view name) {
    std::size_t percent = 0;
    const std::string_view numbers = name.substr(name.find('_') + 1);
    std::from_chars(numbers.data(), numbers.data() + numbers.size(), percent);
    return {percent, name.find("_zipf") != std::string_view::npos, name.ends_with("_shared")};
  }
};

template <class Map, class Payload, class Scope>
class mixed {
  using tables = half_full<Map, Payload, Scope>;

 public:
  static constexpr std::string_view operation = "one lookup or update";

  static std::string summary_of(std::string_view name) {
    const mixture what = mixture::of(name);
    std::string text = std::to_string(what.update_percent) + " % updates of ";
    text += what.is_zipf ? "keys of which some are far more frequent" : "keys of equal frequency";
    return text + (what.is_shared ? ", each thread all keys" : ", each thread keys of its own");
  }

  /// `shared`: the table of all of these workloads; null until one needs it.
  mixed(const key_pool& pool, const crowd& given, std::shared_ptr<void>& shared)
      : what_(mixture::of(given.name)),
        operations_(operations_of(given, 16'384, what_.share_of_changes(),
                                  static_cast<double>(pool.size()))),
        team_(given.threads),
        tables_(tables_in(shared, pool, given, what_, operations_)),
        random_(given.seed),
        evenly_(ranks()),
        zipf_(std::max<std::size_t>(ranks(), 1)),
        parts_(given.threads) {
    if (ranks() == 0) throw inapplicable("there are fewer keys than threads");
    for (part& one : parts_) {
      one.steps.resize(operations_);
      one.keys = make_slots<entry<Payload>>(operations_);
    }
  }

  void prepare() {
    settle();
    for (std::size_t t = 0; t < parts_.size(); ++t) draw(parts_[t], t);
    team_.gather();
  }

  void run() {
    Map& map = tables_->map();
    auto pass = [&](std::size_t t) { parts_[t].run(map); };
    team_.run(pass);
    is_settled_ = false;
  }

  /// How many errors there were so far, unforeseen outcomes among them. Which keys are present
  /// depends on how many passes the table has seen: nothing of that is in the answer.
  std::uint64_t answer() const {
    settle();
    return wrong_;
  }

  std::uint64_t expected() const noexcept { return 0; }

  std::size_t operations() const noexcept { return parts_.size() * operations_; }

 private:
  static constexpr std::size_t looked_up_again = 64;

  enum class kind : std::uint8_t { find, insert, erase };

  struct step {
    std::uint64_t digest;  // of the key's value
    std::uint32_t index;
    kind what;
    bool succeeded;
  };

  struct alignas(apart) part {
    void run(Map& map) {
      std::uint64_t found = 0, strange = 0;
      for (std::size_t i = 0; i < steps.size(); ++i) {
        step& one = steps[i];
        const entry<Payload>& slot = keys[i];
        switch (one.what) {
          case kind::find:
            one.succeeded = map.visit(slot.key, [&](const value_of<Payload>& value) {
              strange += digest(value) != one.digest;
            });
            break;
          case kind::insert: one.succeeded = map.insert(slot.key, slot.value); break;
          case kind::erase: one.succeeded = map.erase(slot.key); break;
        }
        found += one.succeeded ? one.digest : 1;
      }
      outcomes = found;
      wrong = strange;
    }

    std::vector<step> steps;
    std::vector<entry<Payload>> keys;
    std::uint64_t outcomes = 0, wrong = 0, expected = 0;
  };

  /// With one thread, or keys of its own for each, there is one right outcome of each operation.
  bool is_determined() const noexcept { return !what_.is_shared || team_.size() == 1; }

  static std::shared_ptr<tables> tables_in(std::shared_ptr<void>& shared, const key_pool& pool,
                                           const crowd& given, const mixture& what,
                                           std::size_t operations) {
    const auto steps = static_cast<double>(operations * given.threads);
    refuse_too_many_copies(given, steps * what.share_of_changes(),
                           static_cast<double>(pool.size()));
    if (shared == nullptr) shared = std::make_shared<tables>(pool);
    return std::static_pointer_cast<tables>(shared);
  }

  /// Of how many keys a thread draws.
  std::size_t ranks() const noexcept {
    return what_.is_shared ? tables_->keys() : tables_->keys() / team_.size();
  }

  std::size_t draw_index(std::size_t t) noexcept {
    const std::size_t rank = what_.is_zipf ? zipf_.draw(random_) : evenly_.draw(random_);
    return what_.is_shared ? rank : rank * team_.size() + t;
  }

  void draw(part& into, std::size_t t) {
    into.expected = 0;
    for (std::size_t i = 0; i < operations_; ++i) {
      const std::size_t index = draw_index(t);
      const std::uint64_t id = tables_->pool().present(index);
      into.steps[i] = {value_digest<Payload>(id), static_cast<std::uint32_t>(index), draw_kind(),
                       false};
      tables_->pool().encode(id, into.keys[i]);
      if (is_determined()) into.expected += foretell(into.steps[i]);
    }
  }

  kind draw_kind() noexcept {
    const std::size_t drawn = random_.below(200);
    if (drawn >= 2 * what_.update_percent) return kind::find;
    return drawn % 2 == 0 ? kind::insert : kind::erase;
  }

  /// What an operation is to answer, in the order in which its thread makes them.
  std::uint64_t foretell(const step& one) {
    std::int32_t& present = tables_->present(one.index);
    const bool was_there = present != 0;
    if (one.what != kind::find) present = one.what == kind::insert ? 1 : 0;
    return was_there != (one.what == kind::insert) ? one.digest : 1;
  }

  /// How often each key has come and gone: more than it can was lost or made up.
  void add_up() const {
    for (const part& all : parts_) {
      for (const step& one : all.steps) {
        if (!one.succeeded || one.what == kind::find) continue;
        tables_->present(one.index) += one.what == kind::insert ? 1 : -1;
      }
    }
    for (const part& all : parts_) {
      for (const step& one : all.steps) {
        const std::int32_t count = tables_->present(one.index);
        wrong_ += count < 0 || count > 1;
      }
    }
  }

  /// Adds up what the last pass has changed, and looks some of it up.
  void settle() const {
    if (is_settled_) return;
    is_settled_ = true;
    for (const part& one : parts_) {
      wrong_ += one.wrong;
      if (is_determined()) wrong_ += one.outcomes != one.expected ? 1 : 0;
    }
    if (!is_determined()) add_up();
    for (const part& all : parts_) {
      for (std::size_t i = 0; i < looked_up_again; ++i) {
        const std::size_t which = i * operations_ / looked_up_again;
        const step& one = all.steps[which];
        const auto& key = all.keys[which].key;
        const bool is_there = tables_->map().visit(key, [](const value_of<Payload>&) {});
        wrong_ += is_there != (tables_->present(one.index) == 1);
      }
    }
  }

  mixture what_;
  std::size_t operations_;  // of each thread, in a pass
  thread_team<Scope> team_;
  std::shared_ptr<tables> tables_;
  random_source random_;
  evenly evenly_;
  zipf zipf_;
  std::vector<part> parts_;
  mutable bool is_settled_ = true;
  mutable std::uint64_t wrong_ = 0;  // since the beginning
};

}  // namespace workloads
