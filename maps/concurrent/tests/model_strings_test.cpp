// All maps, with strings.
#include "model.hpp"

namespace {

using namespace concurrent_test;

TYPED_TEST_SUITE(model, strings::all);

TYPED_TEST(model, random_operations) { this->run(3, repetitions(10'000)); }

}  // namespace
