# Threads, futexes and atomics, each file a named promise.
TESTS += tests/thread/run.sh
EXTRA_DIST += tests/thread/run.sh $(addprefix tests/thread/, atomics.c cancel.c \
    clear_tid.c clone_vm.c create_join.c exec_from_thread.c exit_group.c fork_flags.c \
    fork_with_threads.c main_ends_first.c many_detached.c message_passing.c mutex_cond.c \
    robust_mutex.c spawn_missing.c store_load.c sync_kinds.c tgkill.c thread_local.c \
    vfork_shares.c )
