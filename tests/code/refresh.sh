#!/bin/bash
# Writes the expected files anew from the idioms program of a build directory: refresh.sh BUILD
set -e
build=$(cd "${1:?usage: refresh.sh BUILD}" && pwd)
cd "$(dirname "$0")"
for list in *.idioms; do
    guest=${list%.idioms}
    "$build/tests/code/idioms" "$guest" <"$list" >"$guest.expected"
done
