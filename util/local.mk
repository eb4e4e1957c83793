# Arena and log: what every other folder stands on.
libferry_a_SOURCES += util/arena.c util/arena.h util/log.c util/log.h
