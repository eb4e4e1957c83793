# Signals and faults, each file a named promise.
TESTS += tests/signal/run.sh
EXTRA_DIST += tests/signal/run.sh $(wildcard $(srcdir)/tests/signal/*.[ch])
