// The version of steady, for #if and for people; CMake reads it from here.
#pragma once

#define STEADY_VERSION_MAJOR 0
#define STEADY_VERSION_MINOR 1
#define STEADY_VERSION_PATCH 0
#define STEADY_VERSION "0.1.0"
