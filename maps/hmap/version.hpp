// The version of hmap, for #if and for people; CMake reads it from here.
#pragma once

#define HMAP_VERSION_MAJOR 0
#define HMAP_VERSION_MINOR 1
#define HMAP_VERSION_PATCH 0
#define HMAP_VERSION "0.1.0"
