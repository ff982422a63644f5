// The functions that call. See ways.hpp.
#include "ways.hpp"

namespace passing {

std::size_t pass_number(std::size_t size) { return take_number(size) + 1; }
std::size_t pass_reference(const map& table) { return take_reference(table) + 1; }
std::size_t pass_pointer(const map* table) { return take_pointer(table) + 1; }
std::size_t pass_handle_reference(const handle& table) { return take_handle_reference(table) + 1; }
std::size_t pass_handle(const handle& table) { return take_handle(table) + 1; }
std::size_t pass_span(const span& entries) { return take_span(entries) + 1; }
std::size_t pass_slice(const slice& entries) { return take_slice(entries) + 1; }
std::size_t copy_map(const map& table) { return take_map(table) + 1; }

// What has been moved away must come back, or there is nothing to pass the next time.
std::size_t move_handle(handle& table) {
  table = return_handle(std::move(table));
  return table.size() + 1;
}
std::size_t move_map(map& table) {
  table = return_map(std::move(table));
  return table.size() + 1;
}

}  // namespace passing
