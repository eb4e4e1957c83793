# gcc's C torture tests, fetched when they run.
LONG_TESTS += tests/torture/run.sh
EXTRA_DIST += tests/torture/run.sh
