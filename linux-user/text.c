/* Texts. See text.h. */
#include "linux-user/text.h"

#include <fcntl.h>
#include <stdarg.h>
#include <stdio.h>
#include <sys/mman.h>
#include <unistd.h>

bool text_reserve(struct text *x, size_t more)
{
    if (x->size + more <= x->capacity)
        return true;
    size_t want = (x->capacity + more) * 2 + 65536;
    char *p = x->bytes
                  ? mremap(x->bytes, x->capacity, want, MREMAP_MAYMOVE)
                  : mmap(NULL, want, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    if (p == MAP_FAILED)
        return false;
    x->bytes = p;
    x->capacity = want;
    return true;
}

void text_add(struct text *x, const char *format, ...)
{
    va_list ap, again;
    va_start(ap, format);
    va_copy(again, ap);
    int n = vsnprintf(NULL, 0, format, ap);
    if (n > 0 && text_reserve(x, (size_t)n + 1)) {
        vsnprintf(x->bytes + x->size, (size_t)n + 1, format, again);
        x->size += (size_t)n;
    }
    va_end(again);
    va_end(ap);
}

bool text_read(struct text *x, int directory, const char *path)
{
    int fd = openat(directory, path, O_RDONLY | O_CLOEXEC);
    ssize_t n = -1;
    if (fd < 0)
        return false;
    while (text_reserve(x, 65536) && (n = read(fd, x->bytes + x->size, 65536 - 1)) > 0)
        x->size += (size_t)n;
    close(fd);
    if (n == 0)
        x->bytes[x->size] = '\0';
    return n == 0;
}

void text_release(struct text *x)
{
    if (x->bytes)
        munmap(x->bytes, x->capacity);
    *x = (struct text){0};
}
