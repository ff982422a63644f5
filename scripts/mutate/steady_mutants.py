"""Deliberate bugs in maps/steady: what run.py puts in, one at a time, for the tests to find.

As in mutants.py: a name, a file below maps/steady/, the text to replace (it must occur exactly
once), what to put there, why it would matter, and the test that is built when the probe finds
nothing.
"""

from mutants import Mutant

STEADY_MUTANTS = [
    # ---- tags
    Mutant("hash_with_the_empty_tag", "detail/tags.hpp",
           "(top == 0 ? 1 : top) * 0x01010101U", "top * 0x01010101U",
           "an entry whose hash begins with 0 is invisible"),
    Mutant("match_reads_the_filter", "detail/tags.hpp",
           "return slot_set(equal(tag) & slot_set::all);", "return slot_set(equal(tag));",
           "a filter that looks like a tag makes a lookup read a slot that is none"),
    Mutant("behind_a_slot_includes_it", "detail/tags.hpp",
           "bits_ & (~1U << i)", "bits_ & (~0U << i)",
           "a sweep that starts at a found entry never leaves it"),

    # ---- finding
    Mutant("split_bucket_one_too_few", "detail/find.hpp",
           "const bool is_split = i < c.split;", "const bool is_split = i + 1 < c.split;",
           "the bucket that was split last is looked for in the wrong place"),
    Mutant("chain_compares_tags_only", "detail/find.hpp",
           "n->tag == tag && c.equal(n->entry()->first, key)", "n->tag == tag",
           "two keys with one tag are taken for one"),
    Mutant("filter_is_not_asked", "detail/find.hpp",
           "if (at.bucket.may_have_spilled(hash)) [[unlikely]] {", "if (false) {",
           "entries in chains are not found"),

    # ---- chains
    Mutant("filter_forgets_a_node", "detail/chain.hpp",
           "b.filter() = static_cast<tag_type>(b.filter() | filter_bit(n->tag));",
           "if (b.filter() == 0) b.filter() = filter_bit(n->tag);",
           "the second node of a chain is not found"),
    Mutant("filter_survives_its_chain", "detail/chain.hpp",
           "      b.filter() = 0;\n      return;", "      return;",
           "a chain's head is read that points nowhere"),
    Mutant("sorted_mark_dangles", "detail/chain.hpp",
           "if (p.sorted == n) p.sorted = previous == p.stays ? nullptr : previous;", "",
           "a split goes on behind a node that is in use elsewhere", "growth_test"),
    Mutant("stays_mark_dangles", "detail/chain.hpp",
           "if (p.stays == n) p.stays = previous;", "",
           "a chain is cut behind a node that is in use elsewhere", "growth_test"),
    Mutant("new_node_on_the_wrong_side", "detail/chain.hpp",
           "  if (goes_up(c, hash)) {\n    link<Core>(b, p.stays, n);", "  if (!goes_up(c, hash)) {\n    link<Core>(b, p.stays, n);",
           "a chain that is being sorted is cut in the wrong place", "growth_test"),

    # ---- splitting
    Mutant("split_by_the_wrong_bit", "detail/chain.hpp",
           "return (hash & (c.low + 1)) != 0;", "return (hash & (2 * c.low + 2)) != 0;",
           "entries go to the wrong one of two buckets"),
    Mutant("tags_behind_the_last_stay", "detail/split.hpp",
           "    gone.tags[gone.used] = no_tag;\n", "",
           "a tag without an entry"),
    Mutant("entries_stay_behind", "detail/split.hpp",
           "static_cast<tag_type>(from.tag(i) & (up - 1))", "from.tag(i)",
           "entries are there twice"),
    Mutant("insert_forgets_the_move", "detail/split.hpp",
           "if (follow != nullptr && follow->in == nullptr) s.follow(*follow, stay, go, c);", "",
           "an insert returns where its entry was"),
    Mutant("node_is_not_followed", "detail/split.hpp",
           "if (is_followed) *follow = {b.entry(i), index, i, nullptr};", "",
           "an insert returns a node that was freed"),
    Mutant("copies_are_not_undone", "detail/entry.hpp",
           "        undo(alloc, made);\n", "",
           "copies leak when a later one throws", "exceptions_test"),
    Mutant("originals_are_not_ended", "detail/entry.hpp",
           "      for (std::size_t i = 0; i < size_; ++i) ops::destroy(alloc, from_[i]);\n", "",
           "every split leaks what it copied", "exceptions_test"),
    Mutant("long_chains_are_split_at_once", "detail/split.hpp",
           "if (nodes_ == Core::traits::chain_cap) return false;",
           "if (nodes_ == Core::traits::chain_cap) break;",
           "a long chain loses its end"),

    # ---- merging
    Mutant("merge_forgets_the_filter", "detail/merge.hpp",
           "static_cast<tag_type>(to.filter() | from.filter())", "to.filter()",
           "the partner's chain is not found any more"),
    Mutant("merge_loses_the_partners_chain", "detail/merge.hpp",
           "    end->next = b;\n    return a;", "    return a;",
           "the partner's chain is lost"),
    Mutant("failed_merge_leaves_chains_joined", "detail/merge.hpp",
           "    part_again<Core>(chain, to_chain, from_chain);\n", "",
           "two buckets share a chain after a copy that threw", "exceptions_test"),

    # ---- resizing
    Mutant("growth_never_ends", "detail/resize.hpp",
           "if (c.split <= c.low) return prefetch_split(c);",
           "if (c.split <= c.low + 1) return prefetch_split(c);",
           "a table splits beyond its last bucket"),
    Mutant("two_splits_an_insert", "detail/resize.hpp",
           "    growth_step(c, &follow);\n", "    growth_step(c, &follow);\n    if (c.direction == resizing::growing) growth_step(c, &follow);\n",
           "an insert may take twice as long", "growth_test"),
    Mutant("erase_ignores_the_reservation", "detail/resize.hpp",
           "c.split != 0 ? c.level >= c.floor : c.level > c.floor", "true",
           "reserve() is undone by erasing", "growth_test"),
    Mutant("shrinking_while_moving", "detail/resize.hpp",
           " && !c.memory.is_moving()", "",
           "a merge reads the block that the table is leaving", "growth_test"),

    # ---- memory
    Mutant("live_pages_go_back", "detail/contiguous.hpp",
           "if (!is_moving() || !block_.is_range) return;", "if (!block_.is_range) return;",
           "a growing table zeroes its own buckets"),
    Mutant("released_pages_are_rounded_down", "detail/contiguous.hpp",
           "const std::size_t begin = align_up(n * size, page_bytes);",
           "const std::size_t begin = n * size / page_bytes * page_bytes;",
           "a shrinking table zeroes buckets that it has"),
    Mutant("old_block_leaks", "detail/contiguous.hpp",
           "deallocate(std::exchange(block_, std::exchange(next_, {})));",
           "block_ = std::exchange(next_, {});",
           "every growth of a small table leaks"),
    Mutant("segment_is_not_cleared", "detail/segments.hpp",
           "std::memset(directory_[segments_ - 1].tags, 0, buckets_of(segments_ - 1) * tag_bytes);", "",
           "reserve() gives buckets full of nothing"),
    Mutant("clear_leaves_the_old_tags", "detail/erase.hpp",
           "for (std::size_t i = 0; i <= c.low; ++i) std::memset(c.memory.lower(i).tags(), 0, tag_bytes);", "",
           "a table cleared while it moves finds ended entries", "growth_test"),
    Mutant("chunk_leaks", "detail/nodes.hpp",
           "chunks_ = first;", "if (chunks_ == nullptr) chunks_ = first;",
           "nodes leak"),

    # ---- sweeping
    Mutant("sweep_trusts_its_set", "detail/sweep.hpp",
           "if (tags_[slot] != no_tag) [[likely]] {", "{",
           "a sweep produces an entry that was erased under it", "growth_test"),
    Mutant("sweep_leaves_out_chains", "detail/sweep.hpp",
           "      if (auto* n = b.chain()) return stand_at(n);\n", "",
           "entries in the chain of an empty bucket are not swept", "growth_test"),
]
