# The code cache: bounds, recycling, linking.
check_PROGRAMS += tests/cache/test_tables
TESTS += tests/cache/test_tables
