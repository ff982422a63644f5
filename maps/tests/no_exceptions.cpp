// A program built with -fno-exceptions: the map that MAP and MAP_HEADER name compiles, works, and
// where it would throw it says why and ends the program.
#include <cstdio>
#include <cstring>
#include <string>

#include MAP_HEADER

int main(int argc, char** argv) {
  MAP<std::string, int> m;
  for (int i = 0; i < 1000; ++i) ++m[std::to_string(i)];
  m.reserve(5000);
  m.erase("5");
  m.emplace("another", 1);
  m.insert(m.begin(), m.end());
  MAP<std::string, int> copy = m, moved = std::move(copy);
  copy = moved;
  moved.merge(copy);
  moved.clear();
  if (m.size() != 1000 || copy.size() != 1000) return 1;
  if (argc > 1 && std::strcmp(argv[1], "at") == 0) return m.at("not there");
  if (argc > 1 && std::strcmp(argv[1], "reserve") == 0) m.reserve(m.max_size() + 1);
  std::puts("ok");
}
