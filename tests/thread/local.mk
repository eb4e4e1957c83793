# Threads, futexes and atomics, each file a named promise.
