# syscall/ against the host's kernel, served by a process made for the tests (fake.c); and its
# tables against the headers of the guests.
check_PROGRAMS += tests/syscall/test_syscall tests/syscall/coverage
TESTS += tests/syscall/test_syscall tests/syscall/headers.sh tests/syscall/page.sh \
    tests/syscall/strace.sh tests/syscall/covered.sh
EXTRA_DIST += tests/syscall/headers.sh tests/syscall/page.sh tests/syscall/strace.sh \
    tests/syscall/covered.sh tests/syscall/abi.h tests/syscall/abi_values.c tests/syscall/abi_layout.c docs/syscalls.md

tests_syscall_test_syscall_SOURCES = \
    tests/syscall/fake.c \
    tests/syscall/fake.h \
    tests/syscall/test_convert.c \
    tests/syscall/test_copy.c \
    tests/syscall/test_strace.c \
    syscall/convert.c syscall/copy.c syscall/dispatch.c syscall/fd.c syscall/fs.c syscall/ioctl.c \
    syscall/ipc.c syscall/names.c syscall/poll.c syscall/safe.c syscall/strace.c syscall/struct.c \
    util/log.c
# Not libferry.a: its linux-user would be the process.
tests_syscall_test_syscall_LDADD = $(CRITERION_LIBS)

# The coverage page, from the rows.
tests_syscall_coverage_SOURCES = tests/syscall/coverage.c
tests_syscall_coverage_LDADD =
syscalls-page: tests/syscall/coverage$(EXEEXT)
	tests/syscall/coverage$(EXEEXT) > $(top_srcdir)/docs/syscalls.md
.PHONY: syscalls-page
