# Random guest code from the decode tables, against qemu-user.

check_PROGRAMS += tests/fuzz/fuzz_riscv
tests_fuzz_fuzz_riscv_SOURCES = tests/fuzz/fuzz_riscv.c tests/fuzz/riscv_code.c tests/fuzz/riscv_code.h
tests_fuzz_fuzz_riscv_LDADD = libferry.a $(FERRY_LIBS)
TESTS += tests/fuzz/riscv.sh
EXTRA_DIST += tests/fuzz/riscv.sh
