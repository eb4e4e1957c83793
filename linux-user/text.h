/*
 * A growing text on memory of its own, for files of /proc: the C library's allocator may be
 * anywhere when a thread of the guest makes a call.
 */
#ifndef FERRY_LINUX_USER_TEXT_H
#define FERRY_LINUX_USER_TEXT_H

#include <stdbool.h>
#include <stddef.h>

struct text {
    char *bytes; /* `size` of them; NULL while there are none */
    size_t size, capacity;
};

/* Makes room for `more` bytes behind the text. */
bool text_reserve(struct text *x, size_t more);

/* Appends, as printf does; nothing if there is no memory. */
__attribute__((format(printf, 2, 3))) void text_add(struct text *x, const char *format, ...);

/* Reads a whole file, path relative to the directory at fd, and puts a zero byte behind it. */
bool text_read(struct text *x, int fd, const char *path);

void text_release(struct text *x);

#endif
