# Signals and faults, each file a named promise.
