# The program ferry: options, threads, signals, address space, exec, crash reports.
libferry_a_SOURCES += \
    linux-user/aarch64/aarch64_guest.h linux-user/aarch64/frame.c linux-user/aarch64/guest.c \
    linux-user/aspace.c linux-user/aspace.h linux-user/backtrace.c linux-user/backtrace.h linux-user/clone.c linux-user/core.c linux-user/core.h linux-user/core_pattern.c linux-user/core_pattern.h \
    linux-user/cpu_loop.c \
    linux-user/crash.c linux-user/crash.h linux-user/exec.c linux-user/guest.c linux-user/guest.h \
    linux-user/maptree.c linux-user/maptree.h linux-user/option.def linux-user/options.c \
    linux-user/options.h linux-user/proc.c linux-user/proc.h linux-user/procfile.c \
    linux-user/program.c linux-user/program.h linux-user/riscv/frame.c linux-user/riscv/guest.c \
    linux-user/riscv/riscv_guest.h linux-user/riscv/vdso.c linux-user/signal.c linux-user/signal.h \
    linux-user/signal_host.c linux-user/sys_aio.c linux-user/sys_mem.c linux-user/sys_prctl.c \
    linux-user/sys_process.c linux-user/sys_signal.c linux-user/task.c linux-user/task.h \
    linux-user/vdso_call.c linux-user/vdso_call.h
