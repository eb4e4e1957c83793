# Signals and faults, each file a named promise.
TESTS += tests/signal/run.sh
EXTRA_DIST += tests/signal/run.sh $(addprefix tests/signal/, all_signals.c altstack.c \
    child_info.c default_actions.c efault.c exec_actions.c fault_pc.c fault_siginfo.c \
    faults_kill.c fp_state.c interrupted_loop.c mask_in_handler.c nested_handlers.c \
    never_restarted.c pending.c resethand.c restart_pipe.c sent_faults.c stack_overflow.c \
    stop_continue.c suspend_mask.c timedwait.c )
