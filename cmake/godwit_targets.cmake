# godwit_library(NAME SOURCES … [LINKS …]): one static library a room; every warning is an error.
# godwit_test(NAME SOURCES … [LINKS …] [OWN_MAIN]): one GoogleTest program; each of its tests is a ctest. With OWN_MAIN
# (a program of text fixtures, tests/fixture/fixture.h) one of the sources has main().

# g++ 12 misfires: -Wrestrict on string concatenation (GCC bug 105651), -Wmaybe-uninitialized on moved variants (105562).
set(GODWIT_WARNINGS -Wall -Wextra -Werror -Wno-restrict -Wno-maybe-uninitialized)

add_library(godwit_options INTERFACE)
target_include_directories(godwit_options INTERFACE ${PROJECT_SOURCE_DIR} ${PROJECT_BINARY_DIR}/generated)
if(GODWIT_SANITIZE)
  target_compile_options(godwit_options INTERFACE -fsanitize=${GODWIT_SANITIZE} -fno-sanitize-recover=all
                                                  -fno-omit-frame-pointer)
  target_link_options(godwit_options INTERFACE -fsanitize=${GODWIT_SANITIZE})
endif()

function(godwit_library name)
  cmake_parse_arguments(ARG "" "" "SOURCES;LINKS" ${ARGN})
  add_library(godwit_${name} STATIC ${ARG_SOURCES})
  target_link_libraries(godwit_${name} PUBLIC godwit_options ${ARG_LINKS})
  target_compile_options(godwit_${name} PRIVATE ${GODWIT_WARNINGS})
endfunction()

function(godwit_test name)
  cmake_parse_arguments(ARG "OWN_MAIN" "" "SOURCES;LINKS" ${ARGN})
  add_executable(${name} ${ARG_SOURCES})
  if(ARG_OWN_MAIN)
    target_link_libraries(${name} PRIVATE godwit_fixture)
  else()
    target_link_libraries(${name} PRIVATE GTest::gtest_main GTest::gmock)
  endif()
  target_link_libraries(${name} PRIVATE ${ARG_LINKS} godwit_options)
  target_compile_options(${name} PRIVATE ${GODWIT_WARNINGS})
  set_target_properties(${name} PROPERTIES RUNTIME_OUTPUT_DIRECTORY ${PROJECT_BINARY_DIR}/tests)
  target_compile_definitions(${name} PRIVATE GODWIT_SOURCE_DIR="${PROJECT_SOURCE_DIR}"
                                             GODWIT_BINARY_DIR="${PROJECT_BINARY_DIR}")
  gtest_discover_tests(${name} PROPERTIES TIMEOUT 300 DISCOVERY_TIMEOUT 60)
endfunction()
