# Tests: each folder lists its own. Programs link with Criterion and libferry.a (see Makefile.am);
# scripts end in .sh and find their way by the variables below.
#
# Quick tests are in TESTS. `make check-long` runs these and LONG_TESTS, and sets FERRY_LONG=1, at
# which programs enlarge their random sets.

TEST_EXTENSIONS = .sh
SH_LOG_COMPILER = bash
AM_TESTS_ENVIRONMENT = \
    FERRY="$${FERRY-$(abs_top_builddir)/ferry}"; export FERRY; \
    FERRY_SRC="$(abs_top_srcdir)"; export FERRY_SRC; \
    FERRY_BUILD="$(abs_top_builddir)"; export FERRY_BUILD;

check-long:
	FERRY_LONG=1 $(MAKE) $(AM_MAKEFLAGS) check TESTS="$(TESTS) $(LONG_TESTS)"

list-tests:
	@printf '%s\n' $(TESTS:tests/%=%) $(LONG_TESTS:tests/%=%)
.PHONY: check-long list-tests

# What tests/run-guest builds.
clean-local:
	rm -rf tests/guest

EXTRA_DIST += tests/lib.sh tests/run tests/with-qemu

include tests/ir/local.mk
include tests/decode/local.mk
include tests/insn/local.mk
include tests/ra/local.mk
include tests/code/local.mk
include tests/fuzz/local.mk
include tests/conformance/local.mk
include tests/sys/local.mk
include tests/system/local.mk
include tests/binfmt/local.mk
include tests/syscall/local.mk
include tests/loader/local.mk
include tests/signal/local.mk
include tests/thread/local.mk
include tests/smc/local.mk
include tests/cache/local.mk
include tests/bugs/local.mk
include tests/crash/local.mk
include tests/real/local.mk
include tests/torture/local.mk
include tests/csmith/local.mk

# make has a built-in rule that copies NAME to NAME.out.
%.out: %
