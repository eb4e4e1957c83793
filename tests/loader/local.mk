# The loader and the address space's table, without a guest.
check_PROGRAMS += tests/loader/test_elf tests/loader/test_maptree tests/loader/fuzz_elf \
                  tests/loader/test_crash
TESTS += tests/loader/test_elf tests/loader/test_maptree tests/loader/fuzz_elf tests/loader/test_crash \
         tests/loader/forms.sh tests/loader/limits.sh
EXTRA_DIST += tests/loader/forms.sh tests/loader/limits.sh
tests_loader_test_elf_SOURCES = tests/loader/test_elf.c tests/loader/good_elf.h
tests_loader_test_maptree_SOURCES = tests/loader/test_maptree.c
tests_loader_fuzz_elf_SOURCES = tests/loader/fuzz_elf.c tests/loader/good_elf.h
tests_loader_test_crash_SOURCES = tests/loader/test_crash.c
