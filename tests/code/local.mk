# Golden host code of idioms, with its size.
check_PROGRAMS += tests/code/idioms
tests_code_idioms_SOURCES = tests/code/idioms.c
tests_code_idioms_LDADD = libferry.a $(FERRY_LIBS)
TESTS += tests/code/test_idioms.sh
EXTRA_DIST += tests/code/test_idioms.sh tests/code/refresh.sh \
    tests/code/riscv64.idioms tests/code/riscv64.expected \
    tests/code/aarch64.idioms tests/code/aarch64.expected
