# Guest instructions to IR: the table generator, the tables, one file per manual chapter.

noinst_PROGRAMS += frontend/decgen
frontend_decgen_SOURCES = frontend/decgen.c frontend/decgen_emit.c frontend/decgen.h
frontend_decgen_LDADD =

libferry_a_SOURCES += frontend/frontend.h frontend/decode.h frontend/translate.h frontend/translate.c \
                      frontend/disasm.c frontend/random.c frontend/guests.c \
                      frontend/property.h frontend/property.c

# RISC-V. The order of the tables is that of the enumeration; the first one declares the fields.
riscv_tables = frontend/riscv/rv64.dec frontend/riscv/rvm.dec frontend/riscv/rva.dec \
               frontend/riscv/rvf.dec frontend/riscv/rvb.dec frontend/riscv/rvz.dec \
               frontend/riscv/rvs.dec frontend/riscv/rvc.dec
EXTRA_DIST += $(riscv_tables)

libferry_a_SOURCES += \
    frontend/riscv/riscv.h frontend/riscv/internal.h frontend/riscv/float.h \
    frontend/riscv/state.def frontend/riscv/extension.def frontend/riscv/csr.def \
    frontend/riscv/riscv64.c frontend/riscv/cpu.c frontend/riscv/disasm.c frontend/riscv/helper.c \
    frontend/riscv/integer.c frontend/riscv/muldiv.c frontend/riscv/atomic.c \
    frontend/riscv/bitmanip.c frontend/riscv/float.c frontend/riscv/half.c frontend/riscv/system.c
nodist_libferry_a_SOURCES += frontend/riscv/decode.c frontend/riscv/decode.h
BUILT_SOURCES += frontend/riscv/decode.h
CLEANFILES += frontend/riscv/decode.c frontend/riscv/decode.h

frontend/riscv/decode.h: $(riscv_tables) frontend/decgen$(EXEEXT)
	$(AM_V_GEN)$(MKDIR_P) frontend/riscv && $(DECGEN) frontend/riscv/decode.h frontend/riscv/decode.c \
	    $(addprefix $(srcdir)/,$(riscv_tables))
frontend/riscv/decode.c: frontend/riscv/decode.h
# AArch64, likewise.
aarch64_tables = frontend/aarch64/a64.dec frontend/aarch64/a64_data.dec frontend/aarch64/a64_branch.dec \
                 frontend/aarch64/a64_memory.dec frontend/aarch64/a64_atomic.dec \
                 frontend/aarch64/a64_float.dec frontend/aarch64/a64_simd_fp.dec \
                 frontend/aarch64/a64_simd_int.dec frontend/aarch64/a64_simd_move.dec \
                 frontend/aarch64/a64_simd_memory.dec frontend/aarch64/a64_crypto.dec
EXTRA_DIST += $(aarch64_tables)

libferry_a_SOURCES += \
    frontend/aarch64/aarch64.h frontend/aarch64/internal.h \
    frontend/aarch64/helper_base.h frontend/aarch64/helper_fp.h frontend/aarch64/helper_simd.h \
    frontend/aarch64/helper_crypto.h frontend/aarch64/memory.h \
    frontend/aarch64/data.h frontend/aarch64/pauth.h frontend/aarch64/system.h \
    frontend/aarch64/state.def frontend/aarch64/feature.def frontend/aarch64/sysreg.def \
    frontend/aarch64/aarch64.c frontend/aarch64/ahead.c frontend/aarch64/cpu.c frontend/aarch64/disasm.c \
    frontend/aarch64/helper_base.c frontend/aarch64/helper_fp.c frontend/aarch64/helper_simd.c \
    frontend/aarch64/helper_crypto.c \
    frontend/aarch64/data.c frontend/aarch64/flags.c frontend/aarch64/branch.c \
    frontend/aarch64/memory.c frontend/aarch64/atomic.c frontend/aarch64/mops.c frontend/aarch64/system.c \
    frontend/aarch64/pauth.c \
    frontend/aarch64/float.h frontend/aarch64/float.c frontend/aarch64/float_convert.c \
    frontend/aarch64/simd_fp.h frontend/aarch64/simd_fp.c frontend/aarch64/simd_fp_convert.c \
    frontend/aarch64/simd_fp_element.c frontend/aarch64/disasm_fp.c frontend/aarch64/helper_lane.h \
    frontend/aarch64/helper_estimate.c frontend/aarch64/helper_narrow.c \
    frontend/aarch64/simd.h frontend/aarch64/simd.c frontend/aarch64/simd_int.c \
    frontend/aarch64/simd_product.c frontend/aarch64/simd_shift.c frontend/aarch64/simd_move.c \
    frontend/aarch64/disasm_simd.c frontend/aarch64/disasm_memory.c \
    frontend/aarch64/simd_memory.c frontend/aarch64/crypto.c
nodist_libferry_a_SOURCES += frontend/aarch64/decode.c frontend/aarch64/decode.h
BUILT_SOURCES += frontend/aarch64/decode.h
CLEANFILES += frontend/aarch64/decode.c frontend/aarch64/decode.h

frontend/aarch64/decode.h: $(aarch64_tables) frontend/decgen$(EXEEXT)
	$(AM_V_GEN)$(MKDIR_P) frontend/aarch64 && $(DECGEN) frontend/aarch64/decode.h \
	    frontend/aarch64/decode.c $(addprefix $(srcdir)/,$(aarch64_tables))
frontend/aarch64/decode.c: frontend/aarch64/decode.h
# For those who ask for one program on a fresh tree; `all` and `check` make BUILT_SOURCES first.
$(libferry_a_OBJECTS): | frontend/riscv/decode.h frontend/aarch64/decode.h
