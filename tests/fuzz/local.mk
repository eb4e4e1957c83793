# Random guest code from the decode tables, against qemu-user.

check_PROGRAMS += tests/fuzz/fuzz_riscv tests/fuzz/fuzz_aarch64
tests_fuzz_fuzz_riscv_SOURCES = tests/fuzz/fuzz_riscv.c tests/fuzz/fuzz.c tests/fuzz/fuzz.h \
    tests/fuzz/image.c tests/fuzz/image.h
tests_fuzz_fuzz_riscv_LDADD = libferry.a $(FERRY_LIBS)
tests_fuzz_fuzz_aarch64_SOURCES = tests/fuzz/fuzz_aarch64.c tests/fuzz/fuzz.c tests/fuzz/fuzz.h \
    tests/fuzz/image.c tests/fuzz/image.h
tests_fuzz_fuzz_aarch64_LDADD = libferry.a $(FERRY_LIBS)
TESTS += tests/fuzz/riscv.sh tests/fuzz/aarch64.sh
EXTRA_DIST += tests/fuzz/riscv.sh tests/fuzz/aarch64.sh

# Vector instructions of A64 on many operands, against qemu-user.
check_PROGRAMS += tests/fuzz/fuzz_a64_simd
tests_fuzz_fuzz_a64_simd_SOURCES = tests/fuzz/fuzz_a64_simd.c tests/fuzz/image.c tests/fuzz/image.h \
    tests/ra/host.c tests/ra/host.h
tests_fuzz_fuzz_a64_simd_LDADD = libferry.a $(FERRY_LIBS)
TESTS += tests/fuzz/a64_simd.sh
EXTRA_DIST += tests/fuzz/a64_simd.sh
