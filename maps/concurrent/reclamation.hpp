// Memory that other threads may still read: it is freed after every read section that could have
// seen it has ended. Grace periods are liburcu's (urcu-memb); this adds what a map in C++ needs
// around it.
//
// Operations
//   read_guard     a read section of the calling thread, which is registered with liburcu the first
//                  time. Sections nest. Nothing in it waits for another thread.
//   write_guard    the same, and room for `most_retired` objects: it may throw std::bad_alloc,
//                  before the operation has changed anything. After that, retire() cannot fail.
//   retire(p)      deletes *p later, in the thread that retired it where that still runs. Only
//                  inside a write_guard, and only of what no other thread can find any more.
//   barrier()      waits until everything that threads which have ended retired is freed, and what
//                  the calling thread retired. Not inside a read section.
//
// How
//   What a thread retires is collected in chunks of 256. A full chunk asks liburcu for a grace
//   period (call_rcu), whose callback marks it; the thread frees the marked ones when it needs
//   room. So no operation waits for a grace period: a thread that holds its own lock while it
//   stores, and another that takes that lock inside of a range, cannot deadlock. And freed memory
//   returns to the thread that allocates, not to the thread that serves callbacks.
//
// Costs
//   A read section is two plain stores to memory of the thread where the kernel has membarrier(2),
//   two full fences where it has not. call_rcu serves its queue every 10 ms: so much of what a
//   program retires is held at a time (in a map written at ten million values a second, some
//   100,000 of them).
//
// Under ThreadSanitizer, which does not see liburcu's ordering, the end of a read section and the
// freeing are annotated, and nothing else is.
#pragma once

#include <array>
#include <atomic>
#include <cstddef>
#include <new>
#include <utility>

// The library is C: its thread-local variables need no initialization, but in C++ a thread_local
// one of another file is asked for it at each use. That takes a read section from 1.7 to 4.2 ns
// (Emerald Rapids).
#include <urcu/tls-compat.h>
#if defined(URCU_TLS_STORAGE_CLASS) && defined(__GNUC__)
#undef URCU_TLS_STORAGE_CLASS
#define URCU_TLS_STORAGE_CLASS __thread
#endif
#include <urcu/urcu-memb.h>

#if defined(__SANITIZE_THREAD__)
#define CONCURRENT_TSAN 1
#elif defined(__has_feature)
#if __has_feature(thread_sanitizer)
#define CONCURRENT_TSAN 1
#endif
#endif
// The inline forms of urcu_memb_read_lock() and _unlock(): less than ten lines each, which the LGPL
// lets any program use.
#include <urcu/static/urcu-memb.h>
#if defined(CONCURRENT_TSAN)
extern "C" void __tsan_acquire(void*);
extern "C" void __tsan_release(void*);
#endif

namespace concurrent::reclamation {

namespace detail {

// What happens before what through liburcu: `what` is released, and acquired later.
inline constinit char sections = 0;
#if defined(CONCURRENT_TSAN)
inline void annotate_release(void* what) noexcept { __tsan_release(what); }
inline void annotate_acquire(void* what) noexcept { __tsan_acquire(what); }
// Those of the library, which is not instrumented: it orders memory by other means than atomics.
inline void enter() noexcept { urcu_memb_read_lock(); }
inline void leave() noexcept { urcu_memb_read_unlock(); }
#else
inline void enter() noexcept { _urcu_memb_read_lock(); }
inline void leave() noexcept { _urcu_memb_read_unlock(); }
inline void annotate_release(void*) noexcept {}
inline void annotate_acquire(void*) noexcept {}
#endif

/// What liburcu's thread is to free, and has not freed yet: chunks of threads that have ended or
/// called barrier(), and objects that were retired alone.
inline constinit std::atomic<std::size_t> abandoned_chunks = 0;

inline void end_of_abandoned() noexcept {
  if (abandoned_chunks.fetch_sub(1, std::memory_order_acq_rel) == 1) abandoned_chunks.notify_all();
}

struct retired {
  void* object;
  void (*end)(void*) noexcept;
};

/// Retired objects that wait for one grace period together.
class chunk : private rcu_head {
 public:
  static constexpr std::size_t capacity = 256;

  bool has_room() const noexcept { return count_ < capacity; }
  bool is_empty() const noexcept { return count_ == 0; }
  std::size_t room() const noexcept { return capacity - count_; }
  void add(retired one) noexcept { items_[count_++] = one; }

  /// From here on only free_if_over() and abandon() may be called, until the former has succeeded.
  void wait() noexcept {
    state_.store(waiting, std::memory_order_relaxed);
    annotate_release(this);
    urcu_memb_call_rcu(this, &grace_period_ended);
  }

  bool free_if_over() noexcept {
    if (state_.load(std::memory_order_acquire) != over) return false;
    free_all();
    return true;
  }

  /// The owner ends: the callback frees the objects and the chunk.
  static void abandon(chunk* given) noexcept {
    unsigned expected = waiting;
    abandoned_chunks.fetch_add(1, std::memory_order_relaxed);
    if (given->state_.compare_exchange_strong(expected, abandoned, std::memory_order_acq_rel))
      return;
    end_abandoned(given);
  }

  chunk* next = nullptr;

 private:
  enum state : unsigned { waiting, over, abandoned };

  static void grace_period_ended(rcu_head* head) noexcept {
    auto* const self = static_cast<chunk*>(head);
    annotate_acquire(self);
    unsigned expected = waiting;
    if (self->state_.compare_exchange_strong(expected, over, std::memory_order_acq_rel)) return;
    end_abandoned(self);
  }

  static void end_abandoned(chunk* last) noexcept {
    last->free_all();
    delete last;
    end_of_abandoned();
  }

  void free_all() noexcept {
    annotate_acquire(&sections);
    for (std::size_t i = 0; i < count_; ++i) items_[i].end(items_[i].object);
    count_ = 0;
  }

  std::atomic<unsigned> state_{waiting};
  std::size_t count_ = 0;
  std::array<retired, capacity> items_{};
};

/// One retired object, which liburcu's thread frees as soon as its readers are done: for what is
/// too large to wait for 255 others. A chunk in its place took 0.9 us of a write instead of 0.25.
class lone_object : private rcu_head {
 public:
  explicit lone_object(retired what) noexcept : what_(what) {}

  /// Owns itself from here on.
  static void submit(lone_object* given) noexcept {
    abandoned_chunks.fetch_add(1, std::memory_order_relaxed);
    annotate_release(given);
    urcu_memb_call_rcu(given, &grace_period_ended);
  }

 private:
  static void grace_period_ended(rcu_head* head) noexcept {
    auto* const self = static_cast<lone_object*>(head);
    annotate_acquire(self);
    annotate_acquire(&sections);
    self->what_.end(self->what_.object);
    delete self;
    end_of_abandoned();
  }

  retired what_;
};

/// What a thread has retired. Freeing may retire further objects: values may hold maps.
class thread_record {
 public:
  /// liburcu's own thread, which frees what others have left, is registered already.
  thread_record() noexcept : is_ours_(URCU_TLS(urcu_memb_reader).registered == 0) {
    if (is_ours_) urcu_memb_register_thread();
  }
  thread_record(const thread_record&) = delete;
  thread_record& operator=(const thread_record&) = delete;
  ~thread_record();

  /// Room for so many objects. Throws std::bad_alloc.
  void reserve(std::size_t objects) {
    if (current_ != nullptr && current_->room() >= objects) [[likely]]
      return;
    if (spare_ == nullptr) {
      chunk* const taken = take_chunk();
      if (spare_ == nullptr) {
        spare_ = taken;
      } else {
        delete taken;  // what was freed has retired, and made room
      }
    }
    if (current_ == nullptr) {
      current_ = spare_;
      spare_ = nullptr;
    }
  }

  void add(retired one) noexcept {
    if (!current_->has_room()) {
      submit(current_);
      current_ = spare_;
      spare_ = nullptr;
    }
    current_->add(one);
  }

  /// Hands on everything that waits. For barrier() and for the end of the thread.
  void hand_over() noexcept {
    for (;;) {
      if (current_ != nullptr && !current_->is_empty()) submit(std::exchange(current_, nullptr));
      chunk* given = std::exchange(first_, nullptr);
      last_ = nullptr;
      if (given == nullptr) return;
      while (given != nullptr) chunk::abandon(std::exchange(given, given->next));
    }
  }

 private:
  void submit(chunk* full) noexcept {
    full->next = nullptr;
    (last_ != nullptr ? last_->next : first_) = full;
    last_ = full;
    full->wait();
  }

  /// One that waited long enough, else a new one.
  chunk* take_chunk() {
    if (first_ != nullptr) {
      chunk* const oldest = first_;
      first_ = oldest->next;
      if (first_ == nullptr) last_ = nullptr;
      if (oldest->free_if_over()) return oldest;
      oldest->next = first_;
      first_ = oldest;
      if (last_ == nullptr) last_ = oldest;
    }
    return new chunk;
  }

  bool is_ours_;  // the registration of the thread
  chunk* current_ = nullptr;
  chunk* spare_ = nullptr;
  chunk* first_ = nullptr;  // of those that wait, oldest first
  chunk* last_ = nullptr;
};

inline constinit thread_local thread_record* record_of_thread = nullptr;

inline thread_record::~thread_record() {
  hand_over();
  delete current_;
  delete spare_;
  record_of_thread = nullptr;
  if (is_ours_) urcu_memb_unregister_thread();
}

[[gnu::noinline, gnu::cold]] inline thread_record& register_thread() {
  static thread_local thread_record record;
  record_of_thread = &record;
  return record;
}

inline thread_record& this_thread() {
  thread_record* const record = record_of_thread;
  return record != nullptr ? *record : register_thread();
}

}  // namespace detail

/// How many objects one operation may retire.
inline constexpr std::size_t most_retired = 32;

class read_guard {
 public:
  read_guard() {
    detail::this_thread();
    detail::enter();
  }
  read_guard(const read_guard&) = delete;
  read_guard& operator=(const read_guard&) = delete;
  ~read_guard() {
    detail::annotate_release(&detail::sections);
    detail::leave();
  }
};

class write_guard {
 public:
  /// Throws std::bad_alloc.
  write_guard() : record_(detail::this_thread()) {
    record_.reserve(most_retired);
    detail::enter();
  }
  write_guard(const write_guard&) = delete;
  write_guard& operator=(const write_guard&) = delete;
  ~write_guard() {
    detail::annotate_release(&detail::sections);
    detail::leave();
  }

  template <class T>
  void retire(T* object) noexcept {
    record_.add({object, [](void* given) noexcept { delete static_cast<T*>(given); }});
  }

 private:
  detail::thread_record& record_;
};

/// Room to retire one object without waiting for others: made before an operation changes anything,
/// so that retire() cannot fail.
class lone_retirement {
 public:
  /// Throws std::bad_alloc.
  lone_retirement() : record_(new detail::lone_object({nullptr, nullptr})) {}
  lone_retirement(const lone_retirement&) = delete;
  lone_retirement& operator=(const lone_retirement&) = delete;
  ~lone_retirement() { delete record_; }

  /// Inside a read section, of what no other thread can find any more. Once.
  template <class T>
  void retire(T* object) noexcept {
    *record_ =
        detail::lone_object({object, [](void* given) noexcept { delete static_cast<T*>(given); }});
    detail::lone_object::submit(std::exchange(record_, nullptr));
  }

 private:
  detail::lone_object* record_;
};

inline void barrier() noexcept {
  detail::this_thread().hand_over();
  auto& chunks = detail::abandoned_chunks;
  for (auto left = chunks.load(std::memory_order_acquire); left != 0;
       left = chunks.load(std::memory_order_acquire)) {
    chunks.wait(left, std::memory_order_acquire);
  }
}

}  // namespace concurrent::reclamation
