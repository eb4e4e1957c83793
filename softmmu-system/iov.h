/* Lists of buffers: struct iovec, as devices and disks hand them on. */
#ifndef FERRY_SOFTMMU_SYSTEM_IOV_H
#define FERRY_SOFTMMU_SYSTEM_IOV_H

#include <stddef.h>
#include <stdint.h>
#include <sys/uio.h>

/* Copy from and to the list at `offset` bytes from its beginning; return how many bytes there were.
 */
size_t iov_get(const struct iovec *iov, unsigned n, uint64_t offset, void *to, size_t size);
size_t iov_put(const struct iovec *iov, unsigned n, uint64_t offset, const void *from, size_t size);
/* The same with zeroes. */
size_t iov_clear(const struct iovec *iov, unsigned n, uint64_t offset, size_t size);

/*
 * [offset, offset + size) of a list as a list of its own in `part`, which has room for `n`; returns
 * how many it has.
 */
unsigned iov_slice(const struct iovec *iov, unsigned n, uint64_t offset, uint64_t size,
                   struct iovec *part);

#endif
