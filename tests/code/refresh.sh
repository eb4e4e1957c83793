#!/bin/bash
# Writes riscv64.expected anew from the idioms program of a build directory: refresh.sh BUILD
set -e
build=$(cd "${1:?usage: refresh.sh BUILD}" && pwd)
cd "$(dirname "$0")"
"$build/tests/code/idioms" <riscv64.idioms >riscv64.expected
