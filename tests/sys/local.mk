# One kernel promise per C file: run natively and under ferry, outputs compared (tests/run-guest).
TESTS += tests/sys/run.sh
EXTRA_DIST += tests/sys/run.sh $(wildcard $(srcdir)/tests/sys/*.[ch])
EXTRA_DIST += tests/guest.h tests/run-guest
