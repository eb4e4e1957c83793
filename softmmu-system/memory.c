/* Guest physical memory: see memory.h. */
#include "softmmu-system/memory.h"

#include <errno.h>
#include <inttypes.h>
#include <string.h>
#include <sys/mman.h>

#include "softmmu-system/machine.h"
#include "softmmu-system/softmmu.h"
#include "util/log.h"

/* Keeps the regions sorted by base. Machines lay them out: an overlap is our own mistake. */
static struct region *add(struct memory *m, const struct region *r)
{
    unsigned i = m->nregions;
    if (i == MEMORY_REGIONS)
        bug("too many regions");
    for (; i && m->regions[i - 1].base > r->base; i--)
        m->regions[i] = m->regions[i - 1];
    m->regions[i] = *r;
    m->nregions++;
    if ((i && m->regions[i - 1].base + m->regions[i - 1].size > r->base) ||
        (i + 1 < m->nregions && r->base + r->size > m->regions[i + 1].base))
        bug("the region %s overlaps another", r->name);
    return &m->regions[i];
}

struct region *memory_add_ram(struct memory *m, const char *name, uint64_t base, uint64_t size,
                              bool readonly)
{
    void *host = mmap(NULL, size, PROT_READ | PROT_WRITE,
                      MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
    if (host == MAP_FAILED)
        die("no %" PRIu64 " MiB of memory for the guest: %s", size >> 20, strerror(errno));
    madvise(host, size, MADV_HUGEPAGE);
    void *pages = mmap(NULL, size / SOFTMMU_PAGE, PROT_READ | PROT_WRITE,
                       MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
    if (pages == MAP_FAILED)
        die("no memory for the state of the guest's pages: %s", strerror(errno));
    return add(m, &(struct region){.name = name,
                                   .base = base,
                                   .size = size,
                                   .host = host,
                                   .pages = pages,
                                   .readonly = readonly});
}

struct region *memory_add_device(struct memory *m, struct device *d, uint64_t base)
{
    d->base = base;
    struct region r = {.name = d->class->name, .base = base, .size = d->class->span, .device = d};
    return add(m, &r);
}

const struct region *memory_find(const struct memory *m, uint64_t address)
{
    unsigned low = 0, high = m->nregions; /* the last region that begins at or below it */
    while (low < high) {
        unsigned middle = (low + high) / 2;
        if (m->regions[middle].base <= address)
            low = middle + 1;
        else
            high = middle;
    }
    if (!low || address - m->regions[low - 1].base >= m->regions[low - 1].size)
        return NULL;
    return &m->regions[low - 1];
}

/* The region if it holds `size` bytes from there. */
static const struct region *find_whole(const struct memory *m, uint64_t address, uint64_t size)
{
    const struct region *r = memory_find(m, address);
    return r && size <= r->size - (address - r->base) ? r : NULL;
}

uint8_t *memory_host(const struct memory *m, uint64_t address, uint64_t size, bool write)
{
    const struct region *r = find_whole(m, address, size);
    if (!r || !r->host || (write && r->readonly))
        return NULL;
    return r->host + (address - r->base);
}

void memory_written(struct memory *m, const void *host, size_t size)
{
    softmmu_written(m->machine, host, size);
}

bool memory_read(struct memory *m, uint64_t address, void *to, size_t size)
{
    const uint8_t *host = memory_host(m, address, size, false);
    if (host)
        memcpy(to, host, size);
    return host;
}

bool memory_write(struct memory *m, uint64_t address, const void *from, size_t size)
{
    uint8_t *host = memory_host(m, address, size, true);
    if (!host)
        return false;
    memcpy(host, from, size);
    memory_written(m, host, size);
    return true;
}

bool memory_io_read(struct memory *m, uint64_t address, unsigned size, uint64_t *value)
{
    const struct region *r = find_whole(m, address, size);
    *value = 0;
    if (!r)
        return false;
    if (r->host) {
        memcpy(value, r->host + (address - r->base), size);
        return true;
    }
    if (address & (size - 1))
        return false;
    machine_lock(m->machine);
    bool done = device_read(r->device, address - r->base, size, value);
    machine_unlock(m->machine);
    return done;
}

bool memory_io_write(struct memory *m, uint64_t address, unsigned size, uint64_t value)
{
    const struct region *r = find_whole(m, address, size);
    if (!r || r->readonly)
        return false;
    if (r->host)
        return memory_write(m, address, &value, size);
    if (address & (size - 1))
        return false;
    machine_lock(m->machine);
    bool done = device_write(r->device, address - r->base, size, value);
    machine_unlock(m->machine);
    return done;
}

void memory_print(const struct memory *m, FILE *out)
{
    for (unsigned i = 0; i < m->nregions; i++) {
        const struct region *r = &m->regions[i];
        fprintf(out, "  %016" PRIx64 "-%016" PRIx64 " (%s): %s\n", r->base, r->base + r->size - 1,
                r->device     ? "i/o"
                : r->readonly ? "rom"
                              : "ram",
                r->name);
    }
}
