# Arena, lock and log: what every other folder stands on.
libferry_a_SOURCES += util/arena.c util/arena.h util/lock.c util/lock.h util/log.c util/log.h
