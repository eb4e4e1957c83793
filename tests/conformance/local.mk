# Public conformance suites, built from a source directory that is not ours: docs/conformance.md.
# Not in TESTS: a run takes half an hour.
EXTRA_DIST += tests/conformance/ltp.sh tests/conformance/box tests/conformance/ltp.skip \
    tests/conformance/ltp.known
