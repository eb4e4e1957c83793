# What a guest leaves when it dies.
TESTS += tests/crash/run.sh
EXTRA_DIST += tests/crash/run.sh tests/crash/crash.c
