# One file per fixed bug, named by what was wrong; tests/guest.h says what a test looks like.
TESTS += tests/bugs/run.sh
EXTRA_DIST += tests/bugs/README tests/bugs/run.sh $(wildcard $(srcdir)/tests/bugs/*.[ch])
