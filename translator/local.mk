# The translator: code memory, tables, links, flushes, the dispatcher.
libferry_a_SOURCES += \
	translator/flush.c translator/internal.h translator/interpret.c translator/link.c \
	translator/make.c translator/memory.c translator/run.c translator/table.c translator/translator.h \
	translator/view.c
