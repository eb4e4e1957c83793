#!/bin/bash
# Golden host code: what the idioms of GUEST.idioms become must be what GUEST.expected says, so that
# every change of the emitted code shows up in review. After a wanted change: tests/code/refresh.sh.
set -e
cd "$FERRY_SRC/tests/code"
for list in *.idioms; do
    guest=${list%.idioms}
    diff -u "$guest.expected" <("$FERRY_BUILD/tests/code/idioms" "$guest" <"$list")
done
