# Per instruction: registers in, registers expected. The hart is tests/insn/machine.c.

insn_machine = tests/insn/machine.c tests/insn/machine.h
insn_tests = tests/insn/test_integer tests/insn/test_atomic tests/insn/test_float \
             tests/insn/test_system tests/insn/test_privileged tests/insn/test_translate
check_PROGRAMS += $(insn_tests)
TESTS += $(insn_tests)
tests_insn_test_integer_SOURCES = tests/insn/test_integer.c $(insn_machine)
tests_insn_test_atomic_SOURCES = tests/insn/test_atomic.c $(insn_machine)
tests_insn_test_float_SOURCES = tests/insn/test_float.c $(insn_machine)
tests_insn_test_system_SOURCES = tests/insn/test_system.c $(insn_machine)
tests_insn_test_privileged_SOURCES = tests/insn/test_privileged.c $(insn_machine)
tests_insn_test_translate_SOURCES = tests/insn/test_translate.c $(insn_machine)

# AArch64, by interpreter and backend: its processor is tests/insn/a64.c.
insn_a64 = tests/insn/a64.c tests/insn/a64.h tests/ra/host.c tests/ra/host.h
insn_a64_tests = tests/insn/test_a64_data tests/insn/test_a64_flags tests/insn/test_a64_system \
                 tests/insn/test_a64_memory tests/insn/test_a64_crypto \
                 tests/insn/test_a64_ordered tests/insn/test_a64_pauth tests/insn/test_a64_mops
check_PROGRAMS += $(insn_a64_tests)
TESTS += $(insn_a64_tests)
tests_insn_test_a64_data_SOURCES = tests/insn/test_a64_data.c $(insn_a64)
tests_insn_test_a64_flags_SOURCES = tests/insn/test_a64_flags.c $(insn_a64)
tests_insn_test_a64_system_SOURCES = tests/insn/test_a64_system.c $(insn_a64)
tests_insn_test_a64_memory_SOURCES = tests/insn/test_a64_memory.c $(insn_a64)
tests_insn_test_a64_crypto_SOURCES = tests/insn/test_a64_crypto.c $(insn_a64)
tests_insn_test_a64_mops_SOURCES = tests/insn/test_a64_mops.c $(insn_a64)
tests_insn_test_a64_ordered_SOURCES = tests/insn/test_a64_ordered.c $(insn_a64)
tests_insn_test_a64_pauth_SOURCES = tests/insn/test_a64_pauth.c $(insn_a64)

# Together with the fuzzer these reach every row of the table.
TESTS += tests/insn/a64_rows.sh
EXTRA_DIST += tests/insn/a64_rows.sh
