#!/bin/bash
# The guest tests of this folder, natively and under ferry; arguments choose some by name.
exec "$(dirname "$0")/../run-guest" --family signal "$@"
