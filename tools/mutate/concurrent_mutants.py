"""Deliberate bugs in maps/concurrent: what run.py puts in, one at a time, for the tests to find.

As in mutant.py, with a test of maps/concurrent/tests each, built for the one map that the file is of. x86-64 orders
most of what a weakened memory order no longer does; ThreadSanitizer, which goes by the C++ memory model, finds it.
"""

import re

from mutant import Mutant

RELAXED = "std::memory_order_relaxed"


def threads(name: str, file: str, old: str, new: str, why: str, test: str = "histories_test") -> Mutant:
    """A mutant that is looked for under ThreadSanitizer."""
    return Mutant(name, file, old, new, why, test, "thread")


def relaxed(name: str, file: str, text: str, why: str, test: str = "stress_test") -> Mutant:
    """The operation whose closing bracket is followed by ~ in the text is relaxed, not sequentially consistent."""
    weak = re.sub(r"(\()?\)~", lambda found: (found[1] or ", ") + RELAXED + ")", text)
    return threads(name, file, text.replace(")~", ")"), weak, why, test)


GO = "go_sync_map.hpp"
TRIE = "hash_trie_map.hpp"
SNAPSHOT = "snapshot.hpp"
RECLAMATION = "reclamation.hpp"

GO_SYNC_MAP = [
    relaxed(
        "promoted_read_relaxed", GO, "read_.store(dirty_.release())~;\n    misses_", "readers see a table half made"
    ),
    relaxed(
        "read_loaded_relaxed",
        GO,
        "const frozen& read = *read_.load()~;\n    const auto at",
        "a reader sees a table half made",
    ),
    relaxed(
        "cleared_read_relaxed", GO, "read_.store(empty.release())~;", "after a clear, readers see an unfinished table"
    ),
    relaxed(
        "value_put_relaxed",
        GO,
        "compare_exchange_weak(found, fresh.get())~) break;",
        "readers see a value half made",
    ),
    relaxed(
        "value_inserted_relaxed",
        GO,
        "make_unique<box>(value);\n      if (e.p.compare_exchange_weak(found, fresh.get())~)",
        "readers see a value half made",
    ),
    relaxed(
        "value_swapped_relaxed",
        GO,
        "make_unique<box>(std::move(new_value));\n      if (e.p.compare_exchange_weak(found, fresh.get())~)",
        "readers see a value half made",
    ),
    relaxed(
        "value_loaded_relaxed",
        GO,
        "const box* const found = e->p.load()~;",
        "a reader sees a value half made",
    ),
    relaxed(
        "value_ranged_relaxed",
        GO,
        "const box* const found = at->second->p.load()~;",
        "a range sees a value half made",
    ),
    Mutant(
        "unexpunge_skipped_by_store",
        GO,
        "unexpunge(key, *e);\n      put(",
        "put(",
        "a value is put where dirty does not have it, or nowhere",
        "model_test",
    ),
    Mutant(
        "unexpunge_without_dirty",
        GO,
        "    dirty_->entries.try_emplace(key, &e);  // first, as it may throw\n",
        "",
        "the key is lost when dirty becomes read",
        "model_test",
    ),
    Mutant(
        "unexpunge_before_it_may_throw",
        GO,
        "    dirty_->entries.try_emplace(key, &e);  // first, as it may throw\n    e.p.store(nullptr);",
        "    e.p.store(nullptr);\n    dirty_->entries.try_emplace(key, &e);",
        "an allocation that fails leaves an entry that the next dirty table does not have",
        "allocation_test",
    ),
    Mutant(
        "deleted_not_expunged",
        GO,
        "if (e.p.compare_exchange_weak(found, expunged())) return true;",
        "return true;",
        "a later store goes to an entry that dirty does not have",
        "model_test",
    ),
    Mutant(
        "expunged_not_undone",
        GO,
        "while (first != nullptr) std::exchange(first, first->next_expunged)->p.store(nullptr);",
        "",
        "a copy that fails leaves entries expunged without a dirty table",
        "allocation_test",
    ),
    Mutant(
        "unexpunged_freed_with_read",
        GO,
        "    drop_unexpunged(*old);\n",
        "",
        "an entry that is in use again is freed",
        "model_test",
    ),
    threads(
        "no_second_look_with_the_lock",
        GO,
        "  // dirty may have become read meanwhile\n    if (entry* const e = find(read, key)) return e;",
        "",
        "a key that was promoted meanwhile is not found",
    ),
    threads(
        "erased_entry_freed_at_once",
        GO,
        "section.retire(e);",
        "delete e;",
        "others may have found it before",
    ),
    threads(
        "compare_and_delete_without_comparing_again",
        GO,
        "if (e->p.compare_exchange_weak(found, nullptr)) {",
        "if (found = e->p.exchange(nullptr); is_value(found)) {",
        "another value than the given one is deleted",
    ),
    Mutant(
        "read_section_left_out_of_visit",
        GO,
        "    const reclamation::read_guard section;\n    const frozen& read",
        "    const frozen& read",
        "a value ends while it is visited",
        "reclamation_test",
    ),
    Mutant(
        "read_section_left_out_of_range",
        GO,
        "    const reclamation::read_guard section;\n    const frozen* read",
        "    const frozen* read",
        "a value ends while it is passed",
        "reclamation_test",
    ),
    Mutant(
        "misses_never_count",
        GO,
        "    ++misses_;\n",
        "",
        "new keys stay behind the lock for ever",
        "go_claims_test",
    ),
]

HASH_TRIE_MAP = [
    relaxed(
        "entry_published_relaxed",
        TRIE,
        "if (old.is_null()) {\n      at.slot->store(child(fresh.release()))~;",
        "readers see an entry half made",
    ),
    relaxed(
        "colliding_entry_published_relaxed",
        TRIE,
        "std::memory_order_relaxed);\n      at.slot->store(child(fresh.release()))~;",
        "readers see an entry half made",
    ),
    relaxed("nodes_published_relaxed", TRIE, "at.slot->store(child(top))~;", "readers see a node half made"),
    relaxed("child_linked_relaxed", TRIE, "slot.store(child(e))~;", "readers see an entry half made"),
    relaxed("overflow_linked_relaxed", TRIE, "before->overflow.store(e)~;", "readers see an entry half made"),
    relaxed(
        "child_loaded_relaxed",
        TRIE,
        "const child next = node->children[index_of(hash, shift)].load()~;",
        "a reader sees an entry half made",
    ),
    relaxed(
        "overflow_loaded_relaxed",
        TRIE,
        "      e = e->overflow.load()~;\n    } while",
        "a reader sees an entry half made",
    ),
    relaxed(
        "child_descended_relaxed",
        TRIE,
        "const child next = slot.load()~;\n      if (!next.is_indirect()) return",
        "a writer sees a node half made",
    ),
    relaxed(
        "child_ranged_relaxed",
        TRIE,
        "const child next = slot.load()~;\n      if (next.is_indirect()) {",
        "a range sees an entry half made",
    ),
    relaxed("root_replaced_relaxed", TRIE, "root_.exchange(empty.release())~", "readers see a root half made"),
    relaxed("root_loaded_relaxed", TRIE, "const indirect* node = root_.load()~;", "a reader sees a root half made"),
    threads(
        "dead_node_written",
        TRIE,
        "return !at.node->is_dead && !at.slot",
        "return !at.slot",
        "an entry is put into a node that nobody finds",
    ),
    threads(
        "unlinked_node_not_dead",
        TRIE,
        "      node->is_dead = true;\n",
        "",
        "an entry is put into a node that nobody finds",
    ),
    threads(
        "no_second_look_at_the_child",
        TRIE,
        " && !at.slot->load(std::memory_order_relaxed).is_indirect();",
        ";",
        "a node is taken for an entry",
    ),
    threads(
        "nodes_published_before_they_are_filled",
        TRIE,
        "    indirect* node = top.get();\n",
        "    indirect* node = top.get();\n    at.slot->store(child(node));\n",
        "the old key is not found while the nodes are made",
    ),
    threads(
        "parent_not_locked",
        TRIE,
        "std::unique_lock above(parent->mu);",
        "std::unique_lock above(parent->mu, std::defer_lock);",
        "two threads change a node",
    ),
    threads(
        "unlinked_node_freed_at_once",
        TRIE,
        "section.retire(node);",
        "delete node;",
        "readers may be in it",
    ),
    Mutant(
        "empty_nodes_stay",
        TRIE,
        "while (node->parent != nullptr && node->is_empty()) {",
        "while (false) {",
        "memory grows with every key that ever was",
        "allocation_test",
    ),
    Mutant(
        "read_section_left_out_of_trie_visit",
        TRIE,
        "    const reclamation::read_guard section;\n    const indirect* node",
        "    const indirect* node",
        "a value ends while it is visited",
        "reclamation_test",
    ),
    Mutant(
        "read_section_left_out_of_trie_range",
        TRIE,
        "    const reclamation::read_guard section;\n    range_below",
        "    range_below",
        "a value ends while it is passed",
        "reclamation_test",
    ),
]

OTHERS = [
    Mutant(
        "read_section_left_out_of_snapshot_visit",
        SNAPSHOT,
        "    const reclamation::read_guard section;\n    return visit_in",
        "    return visit_in",
        "a version ends while a value of it is visited",
        "reclamation_test",
    ),
    Mutant(
        "read_section_left_out_of_snapshot_range",
        SNAPSHOT,
        "    const reclamation::read_guard section;\n    const Map& map",
        "    const Map& map",
        "a version ends while it is passed",
        "reclamation_test",
    ),
    Mutant(
        "freed_at_once",
        RECLAMATION,
        "record_.add({object, [](void* given) noexcept { delete static_cast<T*>(given); }});",
        "delete object;",
        "a value ends while it is visited",
        "reclamation_test",
    ),
    Mutant(
        "no_grace_period",
        RECLAMATION,
        "urcu_memb_call_rcu(this, &grace_period_ended);",
        "grace_period_ended(this);",
        "a value ends while it is visited",
        "reclamation_test",
    ),
    threads(
        "chunk_abandoned_relaxed",
        RECLAMATION,
        "compare_exchange_strong(expected, abandoned, std::memory_order_acq_rel)",
        "compare_exchange_strong(expected, abandoned, std::memory_order_relaxed)",
        "the callback frees a chunk that its thread still reads",
        "reclamation_test",
    ),
    threads(
        "chunk_ended_relaxed",
        RECLAMATION,
        "fetch_sub(1, std::memory_order_acq_rel)",
        "fetch_sub(1, std::memory_order_relaxed)",
        "after barrier(), what destructors wrote is not seen",
        "reclamation_test",
    ),
    Mutant(
        "thread_ends_with_what_it_retired",
        RECLAMATION,
        "chunk::abandon(",
        "static_cast<void>(",
        "what a thread retired is never freed",
        "reclamation_test",
    ),
    threads(
        "spin_lock_acquires_nothing",
        "spin_lock.hpp",
        "std::memory_order_acquire",
        RELAXED,
        "a holder does not see what the last one wrote",
        "stress_test",
    ),
    threads(
        "spin_lock_releases_nothing",
        "spin_lock.hpp",
        "std::memory_order_release",
        RELAXED,
        "the next holder does not see what this one wrote",
        "stress_test",
    ),
    threads(
        "spin_lock_for_two",
        "spin_lock.hpp",
        "return !held_.exchange(true, std::memory_order_acquire);",
        "if (held_.load(std::memory_order_acquire)) return false;\n"
        "    held_.store(true, std::memory_order_release);\n    return true;",
        "two threads hold it",
        "stress_test",
    ),
    threads(
        "visit_without_lock",
        "locked.hpp",
        "    const reading lock(mutex_);\n    const Map& map = map_;",
        "    const Map& map = map_;",
        "a reader sees a table while it is changed",
        "stress_test",
    ),
    threads(
        "store_without_lock",
        "locked.hpp",
        "    const std::scoped_lock lock(mutex_);\n    map_.insert_or_assign",
        "    map_.insert_or_assign",
        "two threads change the table",
        "stress_test",
    ),
    relaxed(
        "version_published_relaxed", SNAPSHOT, "current_.store(next.release())~;", "readers see a version half made"
    ),
    relaxed(
        "version_loaded_relaxed",
        SNAPSHOT,
        "return visit_in(*current_.load()~, key, f);",
        "a reader sees a version half made",
    ),
    relaxed(
        "version_ranged_relaxed",
        SNAPSHOT,
        "const Map& map = *current_.load()~;",
        "a range sees a version half made",
    ),
    relaxed(
        "version_asked_relaxed",
        SNAPSHOT,
        "if (!wanted(std::as_const(*current_.load()~))) return false;",
        "a writer sees a version half made",
    ),
    threads(
        "no_second_look_at_the_version",
        SNAPSHOT,
        "    if (!wanted(latest())) return false;\n",
        "",
        "two threads insert one key",
    ),
    threads(
        "two_writers",
        SNAPSHOT,
        "    const std::scoped_lock lock(writers_);\n    auto next = std::make_unique<Map>(latest());\n    f(*next);",
        "    auto next = std::make_unique<Map>(latest());\n    f(*next);",
        "of two stores one is lost",
    ),
]

# These change nothing that a test could see, each for the reason given.
CONCURRENT_EQUIVALENT = [
    Mutant(
        "new_entry_filled_relaxed",
        GO,
        "e.release()->p.store(fresh.release());",
        "e.release()->p.store(fresh.release(), std::memory_order_relaxed);",
        "who finds the entry has the lock, or found it through read_, which was stored later with the lock",
    ),
    Mutant(
        "chunk_over_relaxed",
        RECLAMATION,
        "compare_exchange_strong(expected, over, std::memory_order_acq_rel)",
        "compare_exchange_strong(expected, over, std::memory_order_relaxed)",
        "what is lost is the order of liburcu's callbacks, which is annotated for ThreadSanitizer; x86-64 keeps it",
    ),
]

CONCURRENT_MUTANTS = GO_SYNC_MAP + HASH_TRIE_MAP + OTHERS
