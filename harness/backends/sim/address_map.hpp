// Whose memory an address is.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <memory_resource>
#include <unordered_map>
#include <vector>

namespace harness::backends::sim {

/// heap: the map's entries; stack: of the thread; image: constant tables and variables of the
/// program and its libraries; header: the map objects; stream: the workload's own, above all the
/// keys and values that operations read from.
enum class region : std::uint8_t { heap, stack, image, header, stream };
inline constexpr std::size_t region_count = 5;

class address_map {
 public:
  explicit address_map(std::pmr::memory_resource* memory) : images_(memory), pages_(memory) {
    find_stack();
    find_images();
  }

  /// Header or stream: named by the workload, exact to the 16 bytes by which malloc aligns.
  void mark(const void* begin, std::size_t bytes, region what);
  void forget_marks();

  region operator()(std::uintptr_t address) const noexcept {
    const region marked = mark_of(address);
    if (marked != region::heap) return marked;
    if (address - stack_.begin < stack_.bytes) return region::stack;
    for (const range& image : images_) {
      if (address - image.begin < image.bytes) return region::image;
    }
    return region::heap;
  }

  bool is_stream(std::uintptr_t address) const noexcept {
    return mark_of(address) == region::stream;
  }

 private:
  static constexpr std::size_t granule = 16, granules = 256;  // granules a page of the map

  struct range {
    std::uintptr_t begin = 0;
    std::size_t bytes = 0;
  };
  struct page {
    std::uintptr_t number = 0;
    std::array<region, granules> marks{};
  };

  region mark_of(std::uintptr_t address) const noexcept {
    const std::uintptr_t number = address / (granule * granules);
    if (number < lowest_ || number > highest_) return region::heap;  // this alone decides most
    if (last_ == nullptr || last_->number != number) {
      const auto found = pages_.find(number);
      if (found == pages_.end()) return region::heap;
      last_ = &found->second;
    }
    return last_->marks[address / granule % granules];
  }

  void find_stack();
  void find_images();

  range stack_;
  std::pmr::vector<range> images_;
  std::pmr::unordered_map<std::uintptr_t, page> pages_;
  std::uintptr_t lowest_ = 1, highest_ = 0;  // numbers of marked pages
  mutable const page* last_ = nullptr;       // streams are read in order
};

}  // namespace harness::backends::sim
