# The tree-sitter runtime and its grammars for shell and Python, from the source packages that `./dev setup`
# unpacks below build/grammars. C code of others: our warnings are not for it.
set(GRAMMARS ${PROJECT_SOURCE_DIR}/build/grammars)
if(NOT EXISTS ${GRAMMARS}/grammars.txt)
  message(FATAL_ERROR "${GRAMMARS} is missing: run ./dev setup")
endif()
add_library(tree_sitter STATIC
  ${GRAMMARS}/tree-sitter/src/lib.c
  ${GRAMMARS}/bash/parser.c ${GRAMMARS}/bash/scanner.c
  ${GRAMMARS}/python/parser.c ${GRAMMARS}/python/scanner.c)
target_include_directories(tree_sitter SYSTEM PUBLIC ${GRAMMARS}/tree-sitter/include)
target_include_directories(tree_sitter PRIVATE ${GRAMMARS}/tree-sitter/src ${GRAMMARS}/include)
target_compile_definitions(tree_sitter PRIVATE _DEFAULT_SOURCE _POSIX_C_SOURCE=200112L)
target_compile_options(tree_sitter PRIVATE -w)
if(NOT CMAKE_BUILD_TYPE STREQUAL Release)
  target_compile_options(tree_sitter PRIVATE -O1)
endif()
