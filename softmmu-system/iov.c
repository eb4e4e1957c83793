/* Lists of buffers: see iov.h. */
#include "softmmu-system/iov.h"

#include <string.h>

/* Calls `each` for the pieces of [offset, offset + size); returns how many bytes there were. */
static size_t walk(const struct iovec *iov, unsigned n, uint64_t offset, size_t size,
                   void (*each)(void *argument, uint8_t *piece, size_t length), void *argument)
{
    size_t done = 0;

    for (unsigned i = 0; i < n && done < size; i++) {
        if (offset >= iov[i].iov_len) {
            offset -= iov[i].iov_len;
            continue;
        }
        size_t length = iov[i].iov_len - offset;
        if (length > size - done)
            length = size - done;
        each(argument, (uint8_t *)iov[i].iov_base + offset, length);
        done += length;
        offset = 0;
    }
    return done;
}

static void get_piece(void *to, uint8_t *piece, size_t length)
{
    uint8_t **cursor = to;

    memcpy(*cursor, piece, length);
    *cursor += length;
}

size_t iov_get(const struct iovec *iov, unsigned n, uint64_t offset, void *to, size_t size)
{
    return walk(iov, n, offset, size, get_piece, &to);
}

static void put_piece(void *from, uint8_t *piece, size_t length)
{
    const uint8_t **cursor = from;

    memcpy(piece, *cursor, length);
    *cursor += length;
}

size_t iov_put(const struct iovec *iov, unsigned n, uint64_t offset, const void *from, size_t size)
{
    return walk(iov, n, offset, size, put_piece, &from);
}

static void clear_piece(void *argument, uint8_t *piece, size_t length)
{
    (void)argument;
    memset(piece, 0, length);
}

size_t iov_clear(const struct iovec *iov, unsigned n, uint64_t offset, size_t size)
{
    return walk(iov, n, offset, size, clear_piece, NULL);
}

static void slice_piece(void *argument, uint8_t *piece, size_t length)
{
    struct iovec **next = argument;

    *(*next)++ = (struct iovec){piece, length};
}

unsigned iov_slice(const struct iovec *iov, unsigned n, uint64_t offset, uint64_t size,
                   struct iovec *part)
{
    struct iovec *next = part;

    walk(iov, n, offset, size, slice_piece, &next);
    return next - part;
}
