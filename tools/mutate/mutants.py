"""Deliberate bugs in maps/hmap: what run.py puts in, one at a time, for the tests to find.

Each has a name, a file relative to maps/hmap/, the text to replace (it must occur exactly once), what
to put there, and why it would matter. `test` names a test of maps/hmap/tests or maps/tests that is
built when the probe finds nothing; `sanitizer` is what that test is built with.
"""

from typing import NamedTuple


class Mutant(NamedTuple):
    name: str
    file: str
    old: str
    new: str
    why: str
    test: str = ""
    sanitizer: str = "address,undefined"


MUTANTS = [
    # ---- tophash bytes
    Mutant(
        "tophash_collides_with_marks",
        "detail/tophash.hpp",
        "top < min_tophash ? top + min_tophash : top",
        "top < min_tophash - 1 ? top + min_tophash : top",
        "an entry whose hash begins with 4 looks evacuated",
    ),
    Mutant(
        "swar_misses_the_lowest_tophash",
        "detail/tophash.hpp",
        "low_bits * (128 - min_tophash)",
        "low_bits * (127 - min_tophash)",
        "entries with tophash 5 are invisible to sweeps without SSE2",
    ),
    Mutant(
        "sse2_takes_marks_for_entries",
        "detail/tophash.hpp",
        "_mm_max_epu8(word_, _mm_set1_epi8(min_tophash))",
        "_mm_max_epu8(word_, _mm_set1_epi8(min_tophash - 1))",
        "a sweep reads cells that hold nothing",
    ),
    Mutant(
        "swar_with_false_positives",
        "detail/tophash.hpp",
        "return ~(((x & low_sevens) + low_sevens) | x) & high_bits;",
        "return (x - low_bits) & ~x & high_bits;",
        "the well-known trick is not exact: it reads keys that were never made",
    ),
    Mutant(
        "cells_behind_a_cell_include_it",
        "detail/tophash.hpp",
        "bits_ & (~one_cell << (i << Shift))",
        "bits_ & (~std::uint64_t{0} << (i << Shift))",
        "a sweep never leaves its first entry",
    ),
    # ---- buckets
    Mutant(
        "overflow_pointer_not_in_the_last_bytes",
        "detail/bucket.hpp",
        "align_up(values_offset + bucket_cells * sizeof(stored_value) + sizeof(bucket*), alignment)",
        "align_up(values_offset + bucket_cells * sizeof(stored_value), alignment)",
        "the overflow pointer lies on the last value",
    ),
    Mutant(
        "key_survives_a_value_that_throws",
        "detail/bucket.hpp",
        """      key_column::destroy(alloc, key_cell(b, i));
      MAPS_RETHROW;""",
        "      MAPS_RETHROW;",
        "a key leaks when its value cannot be made",
    ),
    Mutant(
        "large_object_leaks_its_memory_on_throw",
        "detail/bucket.hpp",
        "        if (place_ != nullptr) traits::deallocate(alloc_, place_, 1);\n",
        "",
        "the allocation of an entry larger than a cell leaks",
    ),
    Mutant(
        "throwing_moves_are_used_in_growth",
        "detail/bucket.hpp",
        "inline constexpr bool moves_safely = Indirect || std::is_nothrow_move_constructible_v<Object>;",
        "inline constexpr bool moves_safely = true;",
        "a move that throws in mid-growth cannot be undone",
    ),
    # ---- looking up
    Mutant(
        "lookup_ignores_the_old_array",
        "detail/find.hpp",
        "if (!c.has_moved(index)) return",
        "if (c.has_moved(index)) return",
        "in mid-growth the wrong one of two chains is read",
    ),
    Mutant(
        "lookup_stops_at_any_hole",
        "detail/find.hpp",
        "return b->tophash[bucket_cells - 1] == empty_rest;",
        "return b->tophash[bucket_cells - 1] <= empty_one;",
        "entries behind an erased one are lost",
    ),
    Mutant(
        "misuse_of_lookups_is_not_seen",
        "detail/find.hpp",
        "  check_no_writer(c, concurrent_read_and_write);\n",
        "",
        "reading a table that is being written goes unnoticed",
    ),
    # ---- inserting
    Mutant(
        "vacancy_is_the_last_hole",
        "detail/assign.hpp",
        "    if (!empty) {\n      if (const auto cells",
        "    {\n      if (const auto cells",
        "entries drift to the ends of chains; Go takes the first hole",
    ),
    Mutant(
        "tophash_before_construction",
        "detail/assign.hpp",
        """  Core::layout::construct(c.alloc, at.b, at.i, std::forward<Args>(args)...);
  occupy(c, head, at, hash);
""",
        """  occupy(c, head, at, hash);
  Core::layout::construct(c.alloc, at.b, at.i, std::forward<Args>(args)...);
""",
        "a constructor that throws leaves a cell that claims to be occupied",
    ),
    Mutant(
        "update_after_the_move",
        "detail/assign.hpp",
        """    on_found(at);
    grow_work(c, hash, &at);
""",
        """    grow_work(c, hash, &at);
    on_found(at);
""",
        "an argument that lives in the table has moved before it is read",
    ),
    Mutant(
        "update_loses_its_cell",
        "detail/assign.hpp",
        "    grow_work(c, hash, &at);\n",
        "    grow_work(c, hash);\n",
        "the returned iterator points at what was evacuated",
        test="growth_test",
    ),
    Mutant(
        "long_chains_never_grow",
        "detail/assign.hpp",
        """  if (must_grow(c)) {
    return assign_detached""",
        """  if (false) {
    return assign_detached""",
        "a table whose chains are full never doubles",
    ),
    Mutant(
        "rehash_leaves_a_growth_in_progress",
        "detail/relocate.hpp",
        """  } else if (B <= c.h.B) {
    finish_evacuation(c);
""",
        "  } else if (B <= c.h.B) {\n",
        "rehash(0) is documented to end a growth",
        test="growth_test",
    ),
    Mutant(
        "detached_entry_is_not_destroyed",
        "detail/detached_entry.hpp",
        "    if (is_here_) layout::destroy(c_.alloc, room_.cell(), 0);\n  }\n  detached_entry(",
        "  }\n  detached_entry(",
        "every insert that grows a table leaks",
    ),
    Mutant(
        "reserve_keeps_cursors_of_the_old_array",
        "detail/relocate.hpp",
        """    c.h.extra->spares_used = 0;
    ++c.h.extra->epoch;
""",
        "    c.h.extra->spares_used = 0;\n",
        "a cursor reads an array that reserve() has freed",
    ),
    # ---- growth
    Mutant(
        "growth_at_eight",
        "detail/growth.hpp",
        "count > bucket_cells;\n}",
        "count >= bucket_cells;\n}",
        "Go grows at the ninth entry",
    ),
    Mutant(
        "growth_one_entry_late",
        "detail/growth.hpp",
        ">= Traits::load_factor_num && count",
        "> Traits::load_factor_num && count",
        "growth points differ from Go's",
    ),
    Mutant(
        "compaction_too_early",
        "detail/growth.hpp",
        "std::uint16_t{1} << (B < 15 ? B : 15)",
        "std::uint16_t{1} << (B < 4 ? B : 4)",
        "large tables would compact all the time",
    ),
    Mutant(
        "compaction_doubles",
        "detail/growth.hpp",
        ": growth_kind::same_size);",
        ": growth_kind::doubling);",
        "a table of constant size would grow for ever",
    ),
    Mutant(
        "growth_forgets_older_cursors",
        "detail/growth.hpp",
        "return h.flags & iterator_flag ? old_iterator_flag : 0;",
        "return h.flags & old_iterator_flag;",
        "Go's oldIterator flag is lost",
        test="growth_test",
    ),
    Mutant(
        "growth_keeps_the_overflow_count",
        "detail/growth.hpp",
        "  h.noverflow = 0;\n",
        "",
        "every doubling would be followed by a needless compaction",
    ),
    Mutant(
        "growth_keeps_the_spare_count",
        "detail/growth.hpp",
        "h.extra->spares_used = h.extra->released = 0;",
        "h.extra->released = 0;",
        "spare buckets of the new array are never used",
    ),
    Mutant(
        "growth_without_a_record_for_the_old_array",
        "detail/growth.hpp",
        "  if (has_cursors(c)) prepare_retirement(c, *c.h.extra);\n",
        "",
        "the end of a growth under a cursor has nothing to write into",
    ),
    # ---- evacuation
    Mutant(
        "one_chain_a_write",
        "detail/evacuate.hpp",
        "  evacuate(c, c.h.nevacuate, watch);\n",
        "",
        "writes to one key never finish a growth",
    ),
    Mutant(
        "unbounded_progress",
        "detail/evacuate.hpp",
        "c.h.nevacuate + 1024 < old_buckets ? c.h.nevacuate + 1024 : old_buckets;",
        "old_buckets;",
        "one write may look at millions of marks",
    ),
    Mutant(
        "progress_does_not_skip",
        "detail/evacuate.hpp",
        "  while (c.h.nevacuate != stop &&",
        "  while (false && c.h.nevacuate != stop &&",
        "a growth takes N writes instead of N ln 2",
    ),
    Mutant(
        "evacuation_to_the_wrong_half",
        "detail/evacuate.hpp",
        "return {(hash & new_bit) != 0, top};",
        "return {(hash & new_bit << 1) != 0, top};",
        "keys land in chains where nobody looks for them",
    ),
    Mutant(
        "nan_goes_where_its_hash_says",
        "detail/evacuate.hpp",
        "if ((c.h.flags & iterator_flag) && !c.equal(key, key))",
        "if (false && !c.equal(key, key))",
        "a cursor produces a NaN twice or never",
    ),
    Mutant(
        "nan_keeps_its_tophash",
        "detail/evacuate.hpp",
        "return {(top & 1) != 0, tophash(hash)};",
        "return {(top & 1) != 0, top};",
        "after some growths all NaNs meet in two chains",
    ),
    Mutant(
        "nan_value_is_moved_away",
        "detail/evacuate.hpp",
        "if (!layout::moves || (!is_reflexive<key_type> && !c.equal(key, key))) {",
        "if (!layout::moves) {",
        "a cursor produces a NaN with an empty value",
    ),
    Mutant(
        "old_chains_are_not_kept",
        "detail/evacuate.hpp",
        "const bool keep = has_cursors(c);",
        "const bool keep = false;",
        "a cursor reads keys that were moved from",
    ),
    Mutant(
        "followed_cell_is_lost",
        "detail/evacuate.hpp",
        "if (watch != nullptr && *watch == location{b, i})",
        "if (watch != nullptr && watched)",
        "erase(key) in mid-growth erases another cell",
    ),
    Mutant(
        "undone_evacuation_counts_its_overflow",
        "detail/evacuate.hpp",
        "    c.h.noverflow = noverflow;\n",
        "",
        "an exception in mid-growth leaves a wrong count",
    ),
    Mutant(
        "undone_evacuation_loses_spares",
        "detail/evacuate.hpp",
        "    if (c.h.extra) c.h.extra->spares_used = spares_used;\n",
        "",
        "each exception in mid-growth loses spare buckets",
    ),
    Mutant(
        "undone_evacuation_stays_kept",
        "detail/evacuate.hpp",
        "    if (keep) forget_kept_chain(c);\n",
        "",
        "the last cursor ends entries that are alive",
    ),
    Mutant(
        "undone_evacuation_loses_holes",
        "detail/evacuate.hpp",
        "b->tophash[i] = position < used ? empty_one : empty_rest;",
        "b->tophash[i] = empty_rest;",
        "entries behind a hole are lost after an exception",
    ),
    Mutant(
        "copied_entries_are_not_destroyed",
        "detail/evacuate.hpp",
        "if (b->tophash[i] != evacuated_empty) layout::destroy(c.alloc, b, i);",
        "",
        "growth leaks every entry that it copies",
    ),
    Mutant(
        "finished_array_is_freed_under_cursors",
        "detail/evacuate.hpp",
        """  if (has_cursors(c)) {
    retire_array""",
        """  if (false) {
    retire_array""",
        "a cursor reads freed memory",
    ),
    Mutant(
        "compaction_never_ends",
        "detail/evacuate.hpp",
        "  c.clear_flag(same_size_grow);\n",
        "",
        "the next doubling is taken for a compaction",
    ),
    # ---- erasing
    Mutant(
        "rest_is_claimed_too_early",
        "detail/erase.hpp",
        "return at.b->tophash[at.i + 1] == empty_rest;",
        "return at.b->tophash[at.i + 1] <= empty_one;",
        "entries behind two holes are lost",
    ),
    Mutant(
        "rest_is_not_claimed_backwards",
        "detail/erase.hpp",
        "  } while (at.b->tophash[at.i] == empty_one);",
        "  } while (false);",
        "misses read long chains of erased cells",
    ),
    Mutant(
        "rest_ignores_the_next_bucket",
        "detail/erase.hpp",
        "return next == nullptr || next->tophash[0] == empty_rest;",
        "return true;",
        "an overflow bucket behind an erased cell is lost",
    ),
    Mutant(
        "empty_table_keeps_its_seed",
        "detail/erase.hpp",
        "if (--c.h.count == 0) c.h.hash0 = static_cast<std::uint32_t>(maps::common::random_u64());",
        "--c.h.count;",
        "Go draws a new seed when a map becomes empty",
    ),
    Mutant(
        "erase_loses_its_cell",
        "detail/erase.hpp",
        "grow_work(c, hash, at ? &at : nullptr);",
        "grow_work(c, hash, nullptr);",
        "erase(key) in mid-growth erases an evacuated cell",
    ),
    Mutant(
        "clear_leaves_cursors_going",
        "detail/erase.hpp",
        "    ++c.h.extra->epoch;  // cursors from before end here\n",
        "",
        "stale entries after clear(): golang/go #59411",
    ),
    Mutant(
        "clear_keeps_what_was_pinned",
        "detail/erase.hpp",
        "  if (c.h.extra != nullptr) release_pinned(c, *c.h.extra);\n",
        "",
        "the last cursor frees chains of an array that is gone",
    ),
    Mutant(
        "clear_keeps_the_overflow_count",
        "detail/erase.hpp",
        "  c.h.noverflow = 0;\n",
        "",
        "a cleared table compacts at once",
    ),
    Mutant(
        "clear_keeps_the_seed",
        "detail/erase.hpp",
        "  c.h.nevacuate = 0;\n  c.h.hash0 = static_cast<std::uint32_t>(maps::common::random_u64());\n",
        "  c.h.nevacuate = 0;\n",
        "Go draws a new seed in clear",
    ),
    # ---- memory
    Mutant(
        "fewer_spares",
        "detail/storage.hpp",
        "return B >= 4 ? std::size_t{1} << (B - 4) : 0;",
        "return B >= 5 ? std::size_t{1} << (B - 5) : 0;",
        "an array has 2^(B-4) spare buckets",
    ),
    Mutant(
        "overflow_sampled_too_rarely",
        "detail/storage.hpp",
        "(std::uint64_t{1} << (c.h.B - 15)) - 1",
        "(std::uint64_t{1} << (c.h.B - 14)) - 1",
        "large tables compact at twice the overflow",
    ),
    Mutant(
        "spare_is_freed_on_its_own",
        "detail/storage.hpp",
        "    if (is_spare(c, array, B, b)) {",
        "    if (false && is_spare(c, array, B, b)) {",
        "part of an array goes back to the allocator",
    ),
    Mutant(
        "spare_is_given_twice",
        "detail/storage.hpp",
        "extra.spares_used++",
        "extra.spares_used",
        "two chains share an overflow bucket",
    ),
    # ---- cursors
    Mutant(
        "first_cursor_to_go_releases",
        "detail/cursor_pins.hpp",
        "fetch_sub(1, std::memory_order_acq_rel) == 1 && c != nullptr",
        "fetch_sub(1, std::memory_order_acq_rel) >= 1 && c != nullptr",
        "the other cursors read freed memory",
    ),
    Mutant(
        "cursor_finds_the_dead_table",
        "detail/cursor_pins.hpp",
        "  extra->owner = nullptr;\n",
        "",
        "a cursor that outlives its table reads it",
    ),
    Mutant(
        "kept_entries_leak",
        "detail/cursor_pins.hpp",
        "if (b->tophash[i] != evacuated_empty) Core::layout::destroy(c.alloc, b, i);",
        "",
        "what was kept for a cursor is never ended",
    ),
    Mutant(
        "range_leaves_no_flag",
        "detail/cursor_pins.hpp",
        ".fetch_or(iterator_flag | old_iterator_flag,",
        ".fetch_or(old_iterator_flag,",
        "growth does not know that NaNs need care",
    ),
    Mutant(
        "range_ignores_waiting_chains",
        "range.hpp",
        "if (c.growing() && B_ == c.h.B) {",
        "if (false && c.growing() && B_ == c.h.B) {",
        "a range in mid-growth misses what has not moved",
    ),
    Mutant(
        "range_checks_halves_in_compaction",
        "range.hpp",
        "if (!c.growing_same_size()) check_bucket_ = bucket_;",
        "check_bucket_ = bucket_;",
        "a compaction has no halves: half of the NaNs are missed",
    ),
    Mutant(
        "range_produces_every_half_twice",
        "range.hpp",
        "if (check_bucket_ != no_check && !goes_here(c, key, top, reflexive)) return false;",
        "static_cast<void>(&range::goes_here);",
        "in mid-growth entries come twice",
    ),
    Mutant(
        "range_produces_stale_entries",
        "range.hpp",
        "if (detail::is_evacuated_mark(top) && reflexive) {",
        "if (false && detail::is_evacuated_mark(top) && reflexive) {",
        "a moved entry comes with its old value, or though it was erased",
    ),
    Mutant(
        "range_ignores_clear",
        "range.hpp",
        "if (extra_ == nullptr || extra_->epoch != epoch_) return nullptr;",
        "if (extra_ == nullptr) return nullptr;",
        "a range goes on through a cleared table",
    ),
    Mutant(
        "range_ends_at_the_array's_end",
        "range.hpp",
        "if (wrapped_ && bucket_ == start_) return false;",
        "if (wrapped_) return false;",
        "what lies before the random start is missed",
    ),
    Mutant(
        "range_begins_at_the_first_cell",
        "range.hpp",
        "static_cast<unsigned>(random >> 61)",
        "static_cast<unsigned>(random >> 63)",
        "order is less random than Go's",
    ),
    Mutant(
        "range_begins_at_the_first_bucket",
        "range.hpp",
        "start_ = bucket_ = random & mask();",
        "start_ = bucket_ = 0;",
        "order is less random than Go's",
    ),
    Mutant(
        "nan_direction_by_another_bit",
        "range.hpp",
        "== (top & 1U);",
        "== (top >> 1 & 1U);",
        "cursor and evacuation disagree where a NaN goes",
    ),
    Mutant(
        "misuse_of_ranges_is_not_seen",
        "range.hpp",
        """    if (c == nullptr) return false;
    detail::check_no_writer(*c, detail::concurrent_range_and_write);
""",
        "    if (c == nullptr) return false;\n",
        "ranging over a table that is being written goes unnoticed",
        test="misuse_test",
    ),
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
