# The intermediate representation: op table, builder, printer, parser, checker, interpreter.
libferry_a_SOURCES += \
    ir/ir.h ir/op.def ir/cpu.h ir/eval.h ir/fold.h ir/fp.h ir/text.h \
    ir/op.c ir/build.c ir/eval.c ir/fold.c ir/fold_bits.c ir/fold_cond.c ir/fold_vector.c \
    ir/fp.c ir/fp_eval.c ir/fp_host.c ir/vector.h ir/vector.c ir/vector_aes.c ir/vector_sha.c \
    ir/vector_fp.c ir/interp.c ir/live.c ir/text.c ir/print.c ir/parse.c ir/check.c
