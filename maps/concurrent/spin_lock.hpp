// concurrent::spin_lock: a lock of one byte for sections that are shorter than a system call.
//
//   lock     one atomic exchange. Held: reads until it is free, with pauses; after most_pauses of
//            them the thread yields each time, as the holder may wait for this very CPU.
//   unlock   one plain store; on x86-64 that is half of what std::mutex costs, whose unlock is an
//            atomic exchange too, because it must learn whether somebody sleeps.
//
// It is not fair, nobody sleeps in it, and a thread that holds it must not wait for anything: with
// more threads than CPUs those that wait for a suspended holder yield until it runs again.
//
// Memory order: acquire and release, so that what one holder writes the next one sees. The read
// that waits is relaxed: the exchange that follows is what takes the lock.
#pragma once

#include <atomic>
#include <thread>

namespace concurrent {

class spin_lock {
 public:
  spin_lock() = default;
  spin_lock(const spin_lock&) = delete;
  spin_lock& operator=(const spin_lock&) = delete;

  void lock() noexcept {
    while (!try_lock()) [[unlikely]] {
      wait();
    }
  }

  bool try_lock() noexcept { return !held_.exchange(true, std::memory_order_acquire); }

  void unlock() noexcept { held_.store(false, std::memory_order_release); }

 private:
  /// Some 4 us on x86-64: longer than any section but one that is suspended or grows a table.
  static constexpr unsigned most_pauses = 100;

  [[gnu::noinline]] void wait() const noexcept {
    for (unsigned pauses = 0; held_.load(std::memory_order_relaxed); ++pauses) {
      if (pauses < most_pauses) {
        pause();
      } else {
        std::this_thread::yield();
      }
    }
  }

  static void pause() noexcept {
#if defined(__x86_64__) || defined(__i386__)
    __builtin_ia32_pause();
#elif defined(__aarch64__)
    __asm__ volatile("yield");
#endif
  }

  std::atomic<bool> held_{false};
};

}  // namespace concurrent
