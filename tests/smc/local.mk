# Code that changes while it runs, each file a named promise.
TESTS += tests/smc/run.sh
EXTRA_DIST += tests/smc/run.sh $(wildcard $(srcdir)/tests/smc/*.[ch])
