# The backend on random IR: allocation under random choices, agreement with the interpreter, maps.
tests_ra_shared = tests/ra/agree.c tests/ra/agree.h tests/ra/host.c tests/ra/host.h \
    tests/ra/misses.c tests/ra/misses.h

check_PROGRAMS += tests/ra/test_random tests/ra/test_maps tests/ra/test_control \
    tests/ra/test_vector tests/ra/test_underflow
TESTS += tests/ra/test_random tests/ra/test_maps tests/ra/test_control \
    tests/ra/test_vector tests/ra/test_underflow
tests_ra_test_random_SOURCES = tests/ra/test_random.c $(tests_ra_shared)
tests_ra_test_random_LDADD = tests/ir/libirtest.a $(LDADD)
tests_ra_test_maps_SOURCES = tests/ra/test_maps.c $(tests_ra_shared)
tests_ra_test_maps_LDADD = tests/ir/libirtest.a $(LDADD)
tests_ra_test_control_SOURCES = tests/ra/test_control.c tests/ra/host.c tests/ra/host.h
tests_ra_test_control_LDADD = tests/ir/libirtest.a $(LDADD)
tests_ra_test_vector_SOURCES = tests/ra/test_vector.c tests/ra/host.c tests/ra/host.h
tests_ra_test_vector_LDADD = tests/ir/libirtest.a $(LDADD)
tests_ra_test_underflow_SOURCES = tests/ra/test_underflow.c tests/ra/host.c tests/ra/host.h
tests_ra_test_underflow_LDADD = tests/ir/libirtest.a $(LDADD)
