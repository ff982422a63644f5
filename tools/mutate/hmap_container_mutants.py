"""Bugs in hmap as a container: reserve, merge, the contract, sweeps, arrays that leave, state and hashes."""

from mutant import Mutant

MUTANTS = [
    # ---- all entries at once
    Mutant(
        "reserve_doubles_step_by_step",
        "detail/relocate.hpp",
        "    Core::layout::moves_nothrow || !Core::layout::moves || Core::moves_as_bytes();",
        "    false;",
        "every entry moves as often as the table doubles",
        test="sizes_test",
    ),
    Mutant(
        "relocation_ignores_chains_that_wait",
        "detail/relocate.hpp",
        "    for (std::size_t i = 0; was_growing() && i <= old_mask; ++i) {",
        "    for (std::size_t i = 0; false && i <= old_mask; ++i) {",
        "reserve() in mid-growth loses what has not moved",
    ),
    Mutant(
        "relocation_reads_chains_that_wait",
        "detail/relocate.hpp",
        "      if (was_growing() && !had_moved(i & old_mask)) continue;\n",
        "",
        "reserve() in mid-growth moves what the memory held before",
    ),
    Mutant(
        "relocation_is_not_undone",
        "detail/relocate.hpp",
        "      undo();\n",
        "",
        "a hash that throws in reserve() leaves half a table",
    ),
    Mutant(
        "undone_relocation_keeps_the_spares",
        "detail/relocate.hpp",
        "    if (extra != nullptr) extra->spares_used = spares_used_;\n",
        "",
        "spare buckets are lost, or given twice, after a failure of reserve()",
    ),
    Mutant(
        "undone_relocation_forgets_cursors",
        "detail/relocate.hpp",
        "        if (keep_ && !Core::plain()) layout::destroy(c_.alloc, b, i);\n",
        "",
        "what was left readable for a cursor is never ended",
    ),
    Mutant(
        "relocation_leaves_no_marks",
        "detail/relocate.hpp",
        "      mark_evacuated();\n",
        "",
        "a cursor produces entries that are moved from",
        test="relocation_test",
    ),
    Mutant(
        "relocation_frees_under_cursors",
        "detail/relocate.hpp",
        "keep_(has_cursors(c)) {",
        "keep_(false) {",
        "a cursor reads freed memory",
        test="relocation_test",
    ),
    Mutant(
        "copies_survive_relocation",
        "detail/relocate.hpp",
        "      if constexpr (leaves_copies) destroy_entries(c_, from.head);\n",
        "",
        "reserve() leaks every entry that it copies",
    ),
    Mutant(
        "merge_grows_step_by_step",
        "detail/merge.hpp",
        "  if (most > capacity<typename Core::traits>(c.h.B)) {",
        "  if (false) {",
        "merging a large table doubles again and again",
        test="sizes_test",
    ),
    Mutant(
        "ranges_grow_step_by_step",
        "map.hpp",
        "if (most > detail::capacity<Traits>(c_.h.B)) reserve(most);",
        "",
        "a range of known length doubles the table again and again",
        test="sizes_test",
    ),
    # ---- erasing, first entries
    Mutant(
        "erase_looks_for_the_next_entry",
        "map.hpp",
        """    detail::erase_at(c_, position.head(), position.at());
    return erase_result(position);
""",
        """    auto next = position;
    next.next();
    detail::erase_at(c_, position.head(), position.at());
    if (next.table() == nullptr) return erase_result(position);
    return erase_result(position);
""",
        "erasing from a sparse table reads all of it",
        test="erasure_test",
    ),
    Mutant(
        "erased_entry_ends_under_the_guard",
        "detail/detached_entry.hpp",
        "      layout::moves_nothrow &&\n      !(ends_quietly",
        "      false &&\n      !(ends_quietly",
        "a destructor that uses its table is reported",
        test="misuse_test",
    ),
    Mutant(
        "first_entry_is_not_remembered",
        "detail/sweep.hpp",
        "    if (p.head_ != start) first.store(p.head_, std::memory_order_relaxed);\n",
        "",
        "emptying a table from its front takes quadratic time",
        test="erasure_test",
    ),
    Mutant(
        "insertion_leaves_the_first_entry", "detail/assign.hpp", "    c.first = head;\n", "", "begin() misses entries"
    ),
    Mutant(
        "evacuation_leaves_the_first_entry",
        "detail/evacuate.hpp",
        "  c.first = nullptr;\n",
        "",
        "begin() misses what has moved to the front",
    ),
    Mutant(
        "relocation_leaves_the_first_entry",
        "detail/relocate.hpp",
        "  void finish() noexcept {\n    c_.first = nullptr;\n",
        "  void finish() noexcept {\n",
        "begin() reads freed memory",
    ),
    Mutant(
        "swap_leaves_the_first_entry",
        "detail/core.hpp",
        "    swap(first, other.first);\n",
        "",
        "begin() iterates over the other table",
    ),
    Mutant(
        "clear_leaves_the_first_entry",
        "detail/erase.hpp",
        "  c.first = nullptr;\n  if (c.h.extra",
        "  if (c.h.extra",
        "begin() reads the array of a growth that clear() has freed",
    ),
    Mutant(
        "clear_touches_what_was_never_used",
        "detail/erase.hpp",
        "  if (tops != 0) bucket_memory<Core>::reset(b);",
        "  bucket_memory<Core>::reset(b);",
        "clear() of a reserved table makes all of it resident",
        test="relocation_test",
    ),
    Mutant(
        "checker_ignores_the_first_entry",
        "inspect.hpp",
        "if (error_.empty() && c_.first != nullptr) nothing_comes",
        "if (false) nothing_comes",
        "check() would pass a begin() that leaves entries out",
        test="check_test",
    ),
    # ---- the contract
    Mutant(
        "values_are_assigned_under_the_guard",
        "detail/assign.hpp",
        """    guard.end();
    on_found(at);
""",
        """    on_found(at);
    guard.end();
""",
        "the end of a replaced value may not use the table",
        test="erasure_test",
    ),
    Mutant(
        "own_construct_without_destroy",
        "detail/bucket.hpp",
        "Indirect || !std::is_trivially_destructible_v<Object> || ends_objects<Alloc, Object>;",
        "Indirect || !std::is_trivially_destructible_v<Object>;",
        "an allocator's destroy() is left out",
        test="contract_test",
    ),
    Mutant(
        "moves_behind_the_allocator",
        "detail/bucket.hpp",
        "Indirect || (is_bytes<Object> && !makes_objects<Alloc, Object>);",
        "Indirect || is_bytes<Object>;",
        "an allocator's objects change their places without it",
        test="relocation_test",
    ),
    Mutant(
        "merge_moves_what_may_throw",
        "detail/merge.hpp",
        """                       !std::is_copy_constructible_v<key_type> ||
""",
        """                       true ||
""",
        "an entry whose move throws is in neither table",
        test="relocation_test",
    ),
    Mutant(
        "max_size_ignores_the_allocator",
        "detail/storage.hpp",
        "memory::max_buckets, memory::unit_traits::max_size(a) / memory::units_per_bucket);",
        "memory::max_buckets, memory::max_buckets + 0 * memory::unit_traits::max_size(a));",
        "a size that the allocator cannot give",
        test="contract_test",
    ),
    Mutant(
        "moves_copy_functors",
        "map.hpp",
        "      : c_(std::move(other.c_.hash), std::move(other.c_.equal), alloc) {}",
        "      : c_(other.c_.hash, other.c_.equal, alloc) {}",
        "a functor whose copy throws ends the program",
        test="contract_test",
    ),
    Mutant(
        "what_no_machine_holds_is_tried",
        "detail/storage.hpp",
        "if (maps::common::exceeds_memory(array_bytes<Core>(B))) maps::common::throw_bad_alloc();",
        "",
        "the kernel grants addresses and kills who touches them",
        test="sizes_test",
    ),
    Mutant(
        "reentry_is_blamed_on_threads",
        "detail/core.hpp",
        "  fatal(is_reentry ? reentry : concurrent_writes);",
        "  fatal(concurrent_writes);",
        "a single-threaded program is accused of concurrency",
        test="misuse_test",
    ),
    Mutant(
        "writer_beside_what_lookups_read",
        "detail/core.hpp",
        "  std::byte distance[line - behind_lookups];\n",
        "",
        "each write makes the next operation wait, on Intel",
        test="layout_test",
    ),
    Mutant(
        "handles_allocate_elsewhere",
        "handle.hpp",
        "    h.shared_ = shared_traits::allocate(alloc, 1);",
        "    h.shared_ = std::allocator<shared>().allocate(1);",
        "memory of no allocator of the program",
        test="handle_test",
    ),
    # ---- sweeps
    Mutant(
        "sweep_ignores_the_old_array",
        "detail/sweep.hpp",
        "        head_ = c.bucket_at(c.h.oldbuckets, c.h.nevacuate);\n",
        "        return head_ = nullptr;\n",
        "in mid-growth begin() to end() misses what has not moved",
    ),
    # ---- arrays that leave in pieces
    Mutant(
        "pages_go_under_a_cursor",
        "detail/evacuate.hpp",
        "!leaves_in_pieces<Core>(c.h.oldbuckets, old_B(c)) || has_cursors(c)",
        "!leaves_in_pieces<Core>(c.h.oldbuckets, old_B(c))",
        "a range reads zeroes where entries were",
        test="release_test",
    ),
    Mutant(
        "pooled_buckets_keep_their_marks",
        "detail/storage.hpp",
        "bucket_memory<Core>::reset(fresh);",
        "if (c.h.extra == nullptr || c.h.extra->pooled == 0) bucket_memory<Core>::reset(fresh);",
        "a bucket that is used again is full of what it held before",
        test="release_test",
    ),
    # ---- a growth's array is not cleared
    Mutant(
        "new_bucket_keeps_what_lay_there",
        "detail/evacuate.hpp",
        "  if (y != nullptr) bucket_memory<Core>::reset(y);\n",
        "",
        "an overflow pointer into nowhere",
        test="used_memory_test",
    ),
    Mutant(
        "spare_keeps_what_lay_there",
        "detail/storage.hpp",
        "bucket_memory<Core>::reset(fresh);",
        "if (!is_spare(c, c.h.buckets, c.h.B, fresh)) bucket_memory<Core>::reset(fresh);",
        "a new overflow bucket is full",
        test="used_memory_test",
    ),
    Mutant(
        "sweep_reads_buckets_that_wait",
        "detail/sweep.hpp",
        "is_new ? !c.waits(c.index_of(head_)) : !is_evacuated(head_)",
        "is_new || !is_evacuated(head_)",
        "a sweep produces what lay there",
        test="used_memory_test",
    ),
    Mutant(
        "sweep_begins_in_a_bucket_that_waits",
        "detail/sweep.hpp",
        "    if (known == nullptr && c.waits(0)) [[unlikely]]\n      p.next_head();\n",
        "",
        "a sweep produces what lay there",
        test="used_memory_test",
    ),
    Mutant(
        "end_reads_buckets_that_wait",
        "detail/storage.hpp",
        "if (!c.waits(i)) empty_chain",
        "empty_chain",
        "destructors of what never lived",
        test="used_memory_test",
    ),
    # ---- state
    Mutant(
        "swapped_cursors_stay_behind",
        "detail/core.hpp",
        "    if (other.h.extra) other.h.extra->owner = &other;\n",
        "",
        "after swap a cursor reads the wrong table",
    ),
    Mutant(
        "moved_cursors_stay_behind",
        "detail/core.hpp",
        """    other.h.hash0 = fresh_seed;
    if (h.extra) h.extra->owner = this;
""",
        "    other.h.hash0 = fresh_seed;\n",
        "after a move a cursor reads a dead table",
    ),
    Mutant(
        "writes_leave_no_mark",
        "detail/core.hpp",
        "view(writer_).store(this_thread(), std::memory_order_relaxed);",
        "view(writer_).store(0, std::memory_order_relaxed);",
        "concurrent misuse goes unnoticed",
    ),
    Mutant(
        "doubles_are_taken_for_reflexive",
        "detail/core.hpp",
        "std::is_pointer_v<Key>;",
        "std::is_pointer_v<Key> || std::is_floating_point_v<Key>;",
        "NaN keys are lost to ranges",
    ),
    Mutant(
        "minus_zero_does_not_replace_zero",
        "detail/core.hpp",
        "inline constexpr bool needs_key_update = std::is_floating_point_v<Key>;",
        "inline constexpr bool needs_key_update = false;",
        "Go keeps the key written last",
    ),
    # ---- the class
    Mutant(
        "equal_if_keys_are_equal",
        "../common/map_interface.hpp",
        "!(other->first == key && other->second == value)",
        "!(other->first == key)",
        "== ignores values",
    ),
    Mutant(
        "merge_takes_what_is_there",
        "detail/merge.hpp",
        "  if (find_hashed(c, key, hash)) return;\n",
        "",
        "merge makes keys that are there twice",
    ),
    Mutant(
        "reserve_takes_any_number",
        "map.hpp",
        """    if (n > max_size()) maps::common::throw_length_error("hmap: reserve() beyond max_size()");
""",
        "",
        "an absurd size is tried instead of refused",
    ),
    Mutant(
        "copy_assignment_keeps_the_allocator",
        "map.hpp",
        "basic_map copy(other, propagate ? other.c_.alloc : c_.alloc);",
        "basic_map copy(other, c_.alloc);",
        "propagate_on_container_copy_assignment is ignored",
        test="allocators_test",
    ),
    Mutant(
        "storage_returns_to_the_wrong_allocator",
        "map.hpp",
        """    if constexpr (Propagate) {
      using std::swap;
      swap(c_.alloc, source.c_.alloc);
    }
""",
        "    if constexpr (Propagate) c_.alloc = source.c_.alloc;\n",
        "the old content goes back to a source that did not give it",
        test="allocators_test",
    ),
    Mutant(
        "swap_keeps_allocators",
        "map.hpp",
        "if constexpr (alloc_traits::propagate_on_container_swap::value) {",
        "if constexpr (false) {",
        "propagate_on_container_swap is ignored",
        test="allocators_test",
    ),
    Mutant(
        "copy_uses_the_source's_allocator",
        "map.hpp",
        "alloc_traits::select_on_container_copy_construction(other.c_.alloc)",
        "other.c_.alloc",
        "select_on_container_copy_construction is ignored",
        test="allocators_test",
    ),
    # ---- hashes
    Mutant(
        "weak_hashes_are_not_mixed",
        "../common/hash.hpp",
        "return hash_word(hash(key), seed);\n  }\n}",
        "return hash(key) ^ seed;\n  }\n}",
        "std::hash on strides puts all keys into one chain",
    ),
    Mutant(
        "nans_share_a_hash",
        "../common/hash.hpp",
        "if (key != key) return random_u64();",
        "if (key != key) return 7;",
        "a million NaNs in one chain",
    ),
    Mutant(
        "string_hash_skips_bytes",
        "../common/hash.hpp",
        "const std::uint64_t b = n > first ? read_tail(p + first, n - first) : 0;",
        "const std::uint64_t b = n - first;",
        "strings that differ in their last bytes collide",
    ),
    # ---- what surrounds the map
    Mutant(
        "last_handle_leaks_the_table",
        "handle.hpp",
        "fetch_sub(1, std::memory_order_acq_rel) == 1) end(shared_);",
        "fetch_sub(1, std::memory_order_acq_rel) == 0) end(shared_);",
        "a table is never freed",
        test="handle_test",
    ),
    Mutant(
        "observer_misses_evacuations",
        "detail/evacuate.hpp",
        "    c.observer.bucket_evacuated(index);\n",
        "",
        "measurements of growth lack events",
        test="observer_test",
    ),
    Mutant(
        "observer_misses_freed_storage",
        "detail/storage.hpp",
        "  c.observer.storage_released(array_bytes<Core>(B));\n",
        "",
        "measurements of growth lack events",
        test="observer_test",
    ),
    Mutant(
        "checker_ignores_the_form_of_chains",
        "inspect.hpp",
        """fail("chain ", ch.index, ": emptyOne directly before emptyRest");""",
        ";",
        "check() would pass chains that Go's rules forbid",
        test="check_test",
    ),
    Mutant(
        "checker_ignores_duplicates",
        "inspect.hpp",
        "if (first != location{b, i}) fail",
        "if (!first) fail",
        "check() would pass a key that is there twice",
        test="check_test",
    ),
    Mutant(
        "checker_ignores_waiting_chains",
        "inspect.hpp",
        "if (old && index < c_.h.nevacuate && !ch.evacuated) {",
        "if (false) {",
        "check() would pass a growth that forgets chains",
        test="check_test",
    ),
    Mutant(
        "ranges_set_their_flags_without_care",
        "detail/cursor_pins.hpp",
        """  atomic_view<std::uint8_t>(c.h.flags).fetch_or(iterator_flag | old_iterator_flag,
                                                std::memory_order_relaxed);
""",
        "  c.h.flags |= iterator_flag | old_iterator_flag;\n",
        "concurrent readers race for the flags",
        test="threads_test",
        sanitizer="thread",
    ),
    Mutant(
        "ending_cursor_looks_into_the_header",
        "detail/cursor_pins.hpp",
        "release_pinned(*c, *extra);",
        "release_pinned(*c, *c->h.extra);",
        "another reader may just be putting its record there",
        test="threads_test",
        sanitizer="thread",
    ),
    Mutant(
        "first_cursors_overwrite_each_other's_record",
        "detail/storage.hpp",
        """  extra_record* winner = nullptr;
  if (extra.compare_exchange_strong(winner, fresh, std::memory_order_acq_rel)) return *fresh;
  fresh->~extra_record();
""",
        """  extra_record* winner = fresh;
  extra.store(fresh, std::memory_order_release);
  if (fresh) return *fresh;
""",
        "of two readers that make the record, one counts on a lost one",
        test="threads_test",
    ),
]
