# The decode tables: the generator's refusals, the vendor's encodings, objdump's text.

TESTS += tests/decode/test_decgen.sh
EXTRA_DIST += tests/decode/test_decgen.sh tests/decode/sweep.sh tests/decode/known-objdump \
              tests/decode/riscv_decode.csv

check_PROGRAMS += tests/decode/sweep_riscv
tests_decode_sweep_riscv_SOURCES = tests/decode/sweep_riscv.c
tests_decode_sweep_riscv_LDADD = libferry.a $(FERRY_LIBS)
TESTS += tests/decode/sweep.sh

check_PROGRAMS += tests/decode/test_riscv_table
tests_decode_test_riscv_table_SOURCES = tests/decode/test_riscv_table.c
TESTS += tests/decode/test_riscv_table

check_PROGRAMS += tests/decode/sweep_aarch64
tests_decode_sweep_aarch64_SOURCES = tests/decode/sweep_aarch64.c
tests_decode_sweep_aarch64_LDADD = libferry.a $(FERRY_LIBS)
TESTS += tests/decode/sweep_aarch64.sh
EXTRA_DIST += tests/decode/sweep_aarch64.sh tests/decode/known-objdump-aarch64

check_PROGRAMS += tests/decode/test_aarch64_table
tests_decode_test_aarch64_table_SOURCES = tests/decode/test_aarch64_table.c
TESTS += tests/decode/test_aarch64_table
EXTRA_DIST += tests/decode/arm_a64_decode.csv
