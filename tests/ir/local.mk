# IR as text in, result out; folds; what the checker refuses; random IR.
#
# libirtest.a is the tests' guest and the generator of random IR, for the tests of backends too:
#     tests_ra_test_x_LDADD = tests/ir/libirtest.a $(LDADD)
check_LIBRARIES = tests/ir/libirtest.a
tests_ir_libirtest_a_SOURCES = \
    tests/ir/random_ir.c tests/ir/random_ir.h tests/ir/random_state.c \
    tests/ir/test_guest.c tests/ir/test_guest.h

check_PROGRAMS += tests/ir/test_random
TESTS += tests/ir/test_random
tests_ir_test_random_LDADD = tests/ir/libirtest.a $(LDADD)

check_PROGRAMS += tests/ir/test_text
TESTS += tests/ir/test_text
tests_ir_test_text_LDADD = tests/ir/libirtest.a $(LDADD)
EXTRA_DIST += \
    tests/ir/cases/integer.ir tests/ir/cases/flags.ir tests/ir/cases/memory.ir \
    tests/ir/cases/atomic.ir tests/ir/cases/float.ir tests/ir/cases/vector.ir \
    tests/ir/cases/control.ir tests/ir/cases/fold.ir tests/ir/cases/fold_condition.ir \
    tests/ir/cases/fold_vector.ir \
    tests/ir/cases/builder.ir tests/ir/cases/check.ir tests/ir/cases/parse.ir

check_PROGRAMS += tests/ir/test_fp
TESTS += tests/ir/test_fp
tests_ir_test_fp_LDADD = tests/ir/libirtest.a $(LDADD) -lm

check_PROGRAMS += tests/ir/test_fp_exact
TESTS += tests/ir/test_fp_exact
tests_ir_test_fp_exact_LDADD = tests/ir/libirtest.a $(LDADD) -lm

check_PROGRAMS += tests/ir/test_vector
TESTS += tests/ir/test_vector
tests_ir_test_vector_LDADD = tests/ir/libirtest.a $(LDADD)
