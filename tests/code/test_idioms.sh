#!/bin/bash
# Golden host code: what the idioms of riscv64.idioms become must be what riscv64.expected says, so that
# every change of the emitted code shows up in review. After a wanted change: tests/code/refresh.sh.
set -e
cd "$FERRY_SRC/tests/code"
diff -u riscv64.expected <("$FERRY_BUILD/tests/code/idioms" <riscv64.idioms)
