# ELF files, the initial stack and auxv, the vDSO, symbols.
libferry_a_SOURCES += \
    loader/cfi.c loader/cfi.h loader/elf.c loader/elf.h loader/map.c loader/stack.c loader/stack.h loader/symbols.c \
    loader/symbols.h loader/vdso.c loader/vdso.h
