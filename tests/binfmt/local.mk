# ferry-binfmt: in an own instance of binfmt_misc where the kernel has them (6.7), and on made-up machines.
TESTS += tests/binfmt/register.sh tests/binfmt/states.sh
EXTRA_DIST += tests/binfmt/judge.sh tests/binfmt/register.sh tests/binfmt/states.sh
