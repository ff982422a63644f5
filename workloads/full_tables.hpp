// Full tables that workloads only read. Several workloads of one process share them, so that they
// are filled once and not once for each workload.
//
//   one()    the first table; filled when it is first asked for
//   many()   enough tables for a pass over all of their entries, the first one among them
//   renew()  some tables, filled anew with other keys
//
// Filling costs n inserts a table. Table t holds present(t * n) .. present(t * n + n - 1).
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <vector>

#include "workloads/tables.hpp"

namespace workloads {

template <class Map, class Payload>
class full_tables {
 public:
  explicit full_tables(const key_pool& pool)
      : pool_(pool), tables_(make_tables<Map>(tables_for(pool.size()))) {}

  /// Whose keys one() holds.
  const key_pool& pool() const noexcept { return pool_; }

  Map& one() {
    fill_up_to(1);
    return tables_.front();
  }

  std::vector<Map>& many() {
    fill_up_to(tables_.size());
    return tables_;
  }

  std::size_t count() const noexcept { return tables_.size(); }

  /// Throws every table away, and fills the first `count` with the keys of another seed.
  void renew(std::uint64_t seed, std::size_t count) {
    for (Map& table : tables_) table = Map();
    pool_ = key_pool(pool_.size(), seed, pool_.keys());
    filled_ = 0;
    fill_up_to(count);
  }

 private:
  void fill_up_to(std::size_t count) {
    for (; filled_ < count; ++filled_) {
      fill<Payload>(tables_[filled_], pool_, filled_ * pool_.size());
    }
  }

  key_pool pool_;
  std::vector<Map> tables_;
  std::size_t filled_ = 0;
};

/// What a workload that reads one full table has in common with the others: the table, and the
/// keys of a pass.
template <class Map, class Payload>
class reading_workload {
 public:
  using tables = full_tables<Map, Payload>;

  /// Other keys in the table, for the next passes.
  void renew(std::uint64_t seed) { tables_->renew(seed, 1); }

  /// Reads every entry once. Returns what must be used, so that no compiler leaves it out.
  std::uint64_t touch() const { return sum_of_entries(full()); }

 protected:
  reading_workload(std::shared_ptr<tables> shared, std::uint64_t seed, std::size_t keys)
      : random_(seed), keys_(make_slots<key_of<Payload>>(keys)), tables_(std::move(shared)) {
    table_ = &tables_->one();
  }

  const key_pool& pool() const noexcept { return tables_->pool(); }
  Map& full() const noexcept { return *table_; }

  random_source random_;
  std::vector<key_of<Payload>> keys_;

 private:
  std::shared_ptr<tables> tables_;
  Map* table_;
};

}  // namespace workloads
