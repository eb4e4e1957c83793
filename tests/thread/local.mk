# Threads, futexes and atomics, each file a named promise.
TESTS += tests/thread/run.sh
EXTRA_DIST += tests/thread/run.sh $(wildcard $(srcdir)/tests/thread/*.[ch])
