# Code that changes while it runs, each file a named promise.
TESTS += tests/smc/run.sh
EXTRA_DIST += tests/smc/run.sh $(addprefix tests/smc/, code.h forked.c many_functions.c \
    mapped_over.c no_longer_executable.c other_thread.c rewrite.c twice_mapped.c \
    unmapped_again.c while_running.c write_xor_execute.c )
