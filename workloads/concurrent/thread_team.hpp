// Threads that run one function together, again and again.
//
//   gather()   untimed: wakes the threads and waits until all of them stand ready
//   run(f)     calls f(0) .. f(size() - 1) at the same time, f(0) in the calling thread, and
//              returns when the last is over. What it costs beside f is the time in which a store
//              of one processor reaches another; gather() must have been called before.
//
// Thread t is pinned to the t-th CPU that the process may use, and round again where there are more
// threads than CPUs. Between passes the threads sleep, so that other processes are not disturbed.
#pragma once

#include <atomic>
#include <cstddef>
#include <stop_token>
#include <thread>
#include <type_traits>
#include <vector>

#include <pthread.h>
#include <sched.h>

namespace workloads {

/// The CPUs that the process may use, as they were when this was first called.
inline const std::vector<int>& usable_cpus() {
  static const std::vector<int> cpus = [] {
    std::vector<int> found;
    cpu_set_t set;
    CPU_ZERO(&set);
    if (sched_getaffinity(0, sizeof set, &set) != 0) return found;
    for (int cpu = 0; cpu < CPU_SETSIZE; ++cpu) {
      if (CPU_ISSET(cpu, &set)) found.push_back(cpu);
    }
    return found;
  }();
  return cpus;
}

/// The calling thread, to CPU number `place` of those. Where that is refused, it stays as it is.
inline void pin_to(std::size_t place) {
  const std::vector<int>& cpus = usable_cpus();
  if (cpus.empty()) return;
  cpu_set_t set;
  CPU_ZERO(&set);
  CPU_SET(static_cast<std::size_t>(cpus[place % cpus.size()]), &set);
  pthread_setaffinity_np(pthread_self(), sizeof set, &set);
}

/// What a map's library wants of a thread, until the thread ends.
template <class Scope>
void enter_thread() {
  [[maybe_unused]] static thread_local Scope scope;
}

template <class Scope>
class thread_team {
 public:
  explicit thread_team(std::size_t size) {
    usable_cpus();
    pin_to(0);
    enter_thread<Scope>();
    threads_.reserve(size - 1);
    for (std::size_t place = 1; place < size; ++place) {
      threads_.emplace_back([this, place](const std::stop_token& stop) { work(stop, place); });
    }
  }
  thread_team(const thread_team&) = delete;
  thread_team& operator=(const thread_team&) = delete;

  ~thread_team() {
    for (std::jthread& one : threads_) one.request_stop();
    called_.fetch_add(1);
    called_.notify_all();
  }

  std::size_t size() const noexcept { return threads_.size() + 1; }

  void gather() {
    ready_.store(0, std::memory_order_relaxed);
    over_.store(0, std::memory_order_relaxed);
    called_.fetch_add(1);
    called_.notify_all();
    while (ready_.load() < threads_.size()) std::this_thread::yield();
  }

  template <class F>
  void run(F& f) {
    task_ = {&f, [](void* given, std::size_t place) { (*static_cast<F*>(given))(place); }};
    started_.fetch_add(1);  // release: the threads see the task
    f(0);
    while (over_.load() < threads_.size()) pause();
  }

 private:
  struct task {
    void* object = nullptr;
    void (*call)(void*, std::size_t) = nullptr;
  };

  /// With more threads than CPUs the one that is waited for may need this CPU.
  void pause() const {
    if (size() > usable_cpus().size()) {
      std::this_thread::yield();
    } else {
#if defined(__x86_64__) || defined(__i386__)
      __builtin_ia32_pause();
#endif
    }
  }

  void work(const std::stop_token& stop, std::size_t place) {
    pin_to(place);
    enter_thread<Scope>();
    for (unsigned seen = 0;; ++seen) {
      called_.wait(seen);
      if (stop.stop_requested()) return;
      const unsigned before = started_.load();
      ready_.fetch_add(1);
      while (started_.load() == before) pause();
      task_.call(task_.object, place);
      over_.fetch_add(1);
    }
  }

  std::atomic<unsigned> called_{0};
  alignas(64) std::atomic<unsigned> started_{0};
  alignas(64) std::atomic<std::size_t> ready_{0};
  std::atomic<std::size_t> over_{0};
  task task_;
  std::vector<std::jthread> threads_;
};

}  // namespace workloads
