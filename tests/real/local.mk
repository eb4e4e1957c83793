# Debian packages of the guest architectures, run by scripts: long tests, but for what is no program at
# all, and what processors say of themselves.
TESTS += tests/real/bad_input.sh tests/real/cpu_models.sh tests/real/identity.sh
EXTRA_DIST += tests/real/system.sh tests/real/system_inside.sh tests/real/cpu_models.sh tests/real/cpu_models.c \
    tests/real/identity.sh tests/real/identity.c
LONG_TESTS += tests/real/run.sh tests/real/python.sh tests/real/native.sh tests/real/system.sh
EXTRA_DIST += tests/real/bad_input.sh tests/real/run.sh tests/real/python.sh tests/real/native.sh \
    tests/real/cases/coreutils.sh tests/real/cases/coreutils.out \
    tests/real/cases/dash.sh tests/real/cases/dash.out \
    tests/real/cases/make_gcc.sh tests/real/cases/make_gcc.out \
    tests/real/cases/perl.pl tests/real/cases/perl.out \
    tests/real/cases/python.py tests/real/cases/python.out \
    tests/real/cases/shell_jobs.sh tests/real/cases/shell_jobs.out \
    tests/real/cases/shell_language.sh tests/real/cases/shell_language.out \
    tests/real/cases/shell_pipes.sh tests/real/cases/shell_pipes.out \
    tests/real/cases/tar.sh tests/real/cases/tar.out \
    tests/real/cases/text.sh tests/real/cases/text.out tests/real/cases/text.aarch64.out \
    tests/real/cases/tools.sh tests/real/cases/tools.out tests/real/cases/tools.aarch64.out \
    tests/real/python.riscv64.known tests/real/python.aarch64.known
