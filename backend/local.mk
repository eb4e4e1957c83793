# IR to host code: instruction forms, selection, allocation, maps.
libferry_a_SOURCES += \
    backend/backend.h backend/x86_64/asm.h backend/x86_64/form.h backend/x86_64/runtime.h \
    backend/x86_64/work.h \
    backend/x86_64/alloc.c backend/x86_64/check.c backend/x86_64/control.c backend/x86_64/disasm.c \
    backend/x86_64/emit.c backend/x86_64/features.c backend/x86_64/lazy.c backend/x86_64/map.c \
    backend/x86_64/group.c backend/x86_64/literal.c backend/x86_64/move.c \
    backend/x86_64/runtime.c \
    backend/x86_64/scan.c backend/x86_64/select_bits.c backend/x86_64/select_exact.c backend/x86_64/select_flags.c \
    backend/x86_64/float.c backend/x86_64/float.h backend/x86_64/select_fp.c \
    backend/x86_64/select_fp_compare.c backend/x86_64/select_fp_convert.c \
    backend/x86_64/select_fp_vector.c backend/x86_64/select_fp_flush.c backend/x86_64/select_int.c backend/x86_64/select_mem.c \
    backend/x86_64/stubs.c backend/x86_64/tlb.c backend/x86_64/vec.c backend/x86_64/vec.h \
    backend/x86_64/select_vec_cipher.c backend/x86_64/select_vec_int.c backend/x86_64/select_vec_logic.c \
    backend/x86_64/select_vec_move.c backend/x86_64/select_vec_permute.c \
    backend/x86_64/select_vec_shift.c backend/x86_64/select_vec_width.c
