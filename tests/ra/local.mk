# The backend on random IR: allocation under random choices, agreement with the interpreter, maps.
tests_ra_host = tests/ra/host.c tests/ra/host.h

check_PROGRAMS += tests/ra/test_random
TESTS += tests/ra/test_random
tests_ra_test_random_SOURCES = tests/ra/test_random.c $(tests_ra_host)
tests_ra_test_random_LDADD = tests/ir/libirtest.a $(LDADD)
