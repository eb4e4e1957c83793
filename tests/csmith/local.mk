# Random C programs, native against ferry.
LONG_TESTS += tests/csmith/run.sh
EXTRA_DIST += tests/csmith/run.sh
