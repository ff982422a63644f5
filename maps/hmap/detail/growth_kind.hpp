// The two ways a table grows; see growth.hpp.
#pragma once

#include <cstdint>

namespace hmap::detail {

enum class growth_kind : std::uint8_t { doubling, same_size };

}  // namespace hmap::detail
