# 32-bit x86 as with -m32, but by the cross compiler: g++-multilib cannot be installed beside the
# compiler for Arm. Programs are linked statically and run on the 64-bit kernel as they are.
set(CMAKE_SYSTEM_NAME Linux)
set(CMAKE_SYSTEM_PROCESSOR i686)
set(CMAKE_CXX_COMPILER i686-linux-gnu-g++)
set(CMAKE_EXE_LINKER_FLAGS_INIT -static)
set(CMAKE_FIND_ROOT_PATH_MODE_PACKAGE ONLY)
