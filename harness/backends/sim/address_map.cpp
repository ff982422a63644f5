#include "harness/backends/sim/address_map.hpp"

#include <algorithm>

#include <link.h>
#include <pthread.h>

namespace harness::backends::sim {

void address_map::mark(const void* begin, std::size_t bytes, region what) {
  if (bytes == 0) return;
  const auto first = reinterpret_cast<std::uintptr_t>(begin) / granule;
  const auto past = (reinterpret_cast<std::uintptr_t>(begin) + bytes + granule - 1) / granule;
  const bool is_empty = pages_.empty();
  lowest_ = is_empty ? first / granules : std::min(lowest_, first / granules);
  highest_ = is_empty ? (past - 1) / granules : std::max(highest_, (past - 1) / granules);
  page* place = nullptr;
  for (std::uintptr_t at = first; at < past; ++at) {
    if (place == nullptr || at % granules == 0) {
      place = &pages_[at / granules];
      place->number = at / granules;
    }
    // A map object is one although it is part of a workload.
    region& mark = place->marks[at % granules];
    if (mark != region::header) mark = what;
  }
}

void address_map::forget_marks() {
  pages_.clear();
  last_ = nullptr;
  lowest_ = 1, highest_ = 0;
}

void address_map::find_stack() {
  pthread_attr_t attributes;
  if (pthread_getattr_np(pthread_self(), &attributes) != 0) return;
  void* begin = nullptr;
  if (pthread_attr_getstack(&attributes, &begin, &stack_.bytes) == 0) {
    stack_.begin = reinterpret_cast<std::uintptr_t>(begin);
  }
  pthread_attr_destroy(&attributes);
}

void address_map::find_images() {
  const auto add = [](dl_phdr_info* object, std::size_t, void* images) {
    for (int i = 0; i < object->dlpi_phnum; ++i) {
      const auto& segment = object->dlpi_phdr[i];
      if (segment.p_type != PT_LOAD) continue;
      static_cast<decltype(images_)*>(images)->push_back(
          {object->dlpi_addr + segment.p_vaddr, segment.p_memsz});
    }
    return 0;
  };
  dl_iterate_phdr(add, &images_);
}

}  // namespace harness::backends::sim
