# add_header_library(<map>): the target <map>::<map> for the headers in the calling directory and in
# maps/common, and the package <map> where the project is installed.
#
# The headers are installed below include/mapscope, a directory that the target adds to the include
# path: common/ is too general a name for include/ itself. Two maps in one prefix share common/.

# version_of_map(<VARIABLE> <MAP>): the version that version.hpp defines as <MAP>_VERSION.
macro(version_of_map variable prefix)
  file(STRINGS version.hpp ${variable} REGEX "${prefix}_VERSION \"")
  string(REGEX MATCH "[0-9]+\\.[0-9]+\\.[0-9]+" ${variable} "${${variable}}")
endmacro()

function(add_header_library map)
  include(CMakePackageConfigHelpers)
  include(GNUInstallDirs)  # knows the directories only after project()
  add_library(${map} INTERFACE)
  add_library(${map}::${map} ALIAS ${map})
  target_compile_features(${map} INTERFACE cxx_std_20)
  target_include_directories(${map} INTERFACE
    $<BUILD_INTERFACE:${CMAKE_CURRENT_SOURCE_DIR}/..>
    $<INSTALL_INTERFACE:${CMAKE_INSTALL_INCLUDEDIR}/mapscope>)

  # Installed when the map is the project itself; a project that contains it decides.
  if(NOT PROJECT_IS_TOP_LEVEL AND NOT ${map}_INSTALL)
    return()
  endif()
  set(package_dir "${CMAKE_INSTALL_LIBDIR}/cmake/${map}")
  set(include_dir "${CMAKE_INSTALL_INCLUDEDIR}/mapscope")
  install(TARGETS ${map} EXPORT ${map})
  install(EXPORT ${map} FILE ${map}Config.cmake NAMESPACE ${map}:: DESTINATION "${package_dir}")
  # Before 1.0 each minor version may change the interface.
  write_basic_package_version_file(${map}ConfigVersion.cmake
    COMPATIBILITY SameMinorVersion ARCH_INDEPENDENT)
  install(FILES "${CMAKE_CURRENT_BINARY_DIR}/${map}ConfigVersion.cmake"
    DESTINATION "${package_dir}")
  file(GLOB headers CONFIGURE_DEPENDS *.hpp)
  install(FILES ${headers} DESTINATION "${include_dir}/${map}")
  install(DIRECTORY detail DESTINATION "${include_dir}/${map}")
  install(DIRECTORY ../common DESTINATION "${include_dir}" FILES_MATCHING PATTERN "*.hpp")
endfunction()
