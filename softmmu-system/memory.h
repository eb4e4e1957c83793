/*
 * Guest physical memory: RAM and ROM, which are host memory, and the windows of devices.
 *
 * RAM is one host mapping a region, made at start and never moved, so that its host addresses serve
 * as names of physical pages: translations are kept by them, and TLBs hold them. Whoever writes RAM
 * other than through a hart's TLB says so (memory_written), for translated code to be noticed.
 *
 * The map is fixed once the machine runs: look-ups take no lock.
 */
#ifndef FERRY_SOFTMMU_SYSTEM_MEMORY_H
#define FERRY_SOFTMMU_SYSTEM_MEMORY_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

struct device;
struct machine;

struct region {
    const char *name;
    uint64_t base, size;   /* guest physical */
    uint8_t *host;         /* RAM and ROM; NULL: a device's window */
    uint8_t *pages;        /* a byte a page of it: the software MMU's */
    bool readonly;         /* ROM: a guest's write is an access fault */
    struct device *device; /* of a window */
};

enum { MEMORY_REGIONS = 64 };

struct memory {
    struct machine *machine;
    struct region regions[MEMORY_REGIONS]; /* by base */
    unsigned nregions;
};

/* Adds host memory of `size` bytes (whole pages), zero. Ends the program when there is none. */
struct region *memory_add_ram(struct memory *m, const char *name, uint64_t base, uint64_t size,
                              bool readonly);

/* Adds a device's window at `base`; its size is the class's span. */
struct region *memory_add_device(struct memory *m, struct device *d, uint64_t base);

/* The region that holds a physical address; NULL: nothing is there. */
const struct region *memory_find(const struct memory *m, uint64_t address);

/*
 * The host address of [address, address + size) if all of it is RAM (or ROM, if not `write`); else
 * NULL. What has been written through it must be told to memory_written.
 */
uint8_t *memory_host(const struct memory *m, uint64_t address, uint64_t size, bool write);

/* RAM at host address [host, host + size) has been changed by others than harts. Any thread. */
void memory_written(struct memory *m, const void *host, size_t size);

/* Copies; false, with nothing or a part done, if any of it is not RAM. For devices and loaders. */
bool memory_read(struct memory *m, uint64_t address, void *to, size_t size);
bool memory_write(struct memory *m, uint64_t address, const void *from, size_t size);

/*
 * A hart's access to what is not plain RAM: takes the machine's lock, calls the device. `size` is
 * 1, 2, 4 or 8; a misaligned access to a device fails. False: access fault.
 */
bool memory_io_read(struct memory *m, uint64_t address, unsigned size, uint64_t *value);
bool memory_io_write(struct memory *m, uint64_t address, unsigned size, uint64_t value);

/* `info mtree`. */
void memory_print(const struct memory *m, FILE *out);

#endif
