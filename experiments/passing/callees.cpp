// The functions that are called: each reads the size of what it is given. See ways.hpp.
#include "ways.hpp"

namespace passing {

std::size_t take_number(std::size_t size) { return size; }
std::size_t take_reference(const map& table) { return table.size(); }
std::size_t take_pointer(const map* table) { return table->size(); }
std::size_t take_handle_reference(const handle& table) { return table.size(); }
std::size_t take_handle(handle table) { return table.size(); }
handle return_handle(handle table) { return table; }
std::size_t take_span(span entries) { return entries.size(); }
std::size_t take_slice(slice entries) { return entries.length; }
std::size_t take_map(map table) { return table.size(); }
map return_map(map table) { return table; }

}  // namespace passing
