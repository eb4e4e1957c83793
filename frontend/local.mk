# Guest instructions to IR: the table generator, the tables, one file per manual chapter.

noinst_PROGRAMS += frontend/decgen
frontend_decgen_SOURCES = frontend/decgen.c frontend/decgen_emit.c frontend/decgen.h
frontend_decgen_LDADD =

libferry_a_SOURCES += frontend/frontend.h frontend/decode.h frontend/translate.h frontend/translate.c \
                      frontend/disasm.c frontend/random.c frontend/guests.c

# RISC-V. The order of the tables is that of the enumeration; the first one declares the fields.
riscv_tables = frontend/riscv/rv64.dec frontend/riscv/rvm.dec frontend/riscv/rva.dec \
               frontend/riscv/rvf.dec frontend/riscv/rvb.dec frontend/riscv/rvz.dec \
               frontend/riscv/rvc.dec
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
# For those who ask for one program on a fresh tree; `all` and `check` make BUILT_SOURCES first.
$(libferry_a_OBJECTS): | frontend/riscv/decode.h
