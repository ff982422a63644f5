// As payload_registry.hpp, of the binary that watches tables grow.
#pragma once

#include "harness/catalogue.hpp"
#include "harness/growth/fixture.hpp"

namespace harness {

template <class Adapter, class Payload>
payload_entry make_growth_entry() {
  payload_entry part{info_of<Payload>(), {}};
  part.build_growth = &growth::fixture_of<Adapter, Payload>::build;
  return part;
}

}  // namespace harness
