# The guest's Linux ABI as tables, its conversion, and strace from the same rows.
libferry_a_SOURCES += \
    syscall/convert.c \
    syscall/copy.c \
    syscall/dispatch.c \
    syscall/fd.c \
    syscall/flag.def \
    syscall/fs.c \
    syscall/host_number.h \
    syscall/ioctl.c \
    syscall/ioctl.def \
    syscall/ipc.c \
    syscall/kind.def \
    syscall/names.c \
    syscall/names.h \
    syscall/poll.c \
    syscall/prctl.def \
    syscall/prctl.h \
    syscall/rows.h \
    syscall/safe.c \
    syscall/strace.c \
    syscall/struct.c \
    syscall/struct.def \
    syscall/struct.h \
    syscall/syscall.def \
    syscall/syscall.h \
    syscall/table.h \
    syscall/uring.def
