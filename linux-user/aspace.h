/*
 * The guest's address space. Guest mappings are host mappings at the same place (plus memory_base);
 * this layer chooses the places, keeps the table of what belongs to the guest, and keeps the guest
 * off what does not.
 *
 * Invariants:
 *   - the host never gets PROT_EXEC for guest memory: executable guest memory is readable, and
 *     whether it may be executed stands in the table;
 *   - nothing that the table does not give to the guest is ever replaced, unmapped or reprotected
 * on the guest's behalf, so Ferry's own memory is out of reach;
 *   - whenever executable memory goes or loses its permission, its translations go; and when memory
 *     becomes executable where a fetch has failed before, so does what remembers the failure.
 *
 * The layout for 64-bit guests: everything the guest does not place itself lies below 256 GiB, as
 * on a machine with Sv39, where Linux puts nothing of Ferry's (position-independent image, mmap
 * area and stack are far above, also with the legacy layout of `ulimit -s unlimited`). Requests
 * that do not fit there go above it.
 */
#ifndef FERRY_LINUX_USER_ASPACE_H
#define FERRY_LINUX_USER_ASPACE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "linux-user/maptree.h"

struct translator;

enum { GUEST_PAGE = 4096 };

static inline uint64_t page_down(uint64_t a)
{
    return a & ~(uint64_t)(GUEST_PAGE - 1);
}

static inline uint64_t page_up(uint64_t a)
{
    return page_down(a + GUEST_PAGE - 1);
}

struct aspace {
    struct maptree tree;
    uint32_t lock;
    uint64_t base;                 /* host address of guest address 0 */
    uint64_t limit;                /* first address no guest mapping may reach */
    uint64_t area_low;             /* where free choices start */
    uint64_t mmap_top;             /* choices go down from here */
    uint64_t pie_base;             /* for the program, when it does not say */
    uint64_t stack_low, stack_top; /* the main stack as mapped at start */
    uint64_t brk_start, brk;
    bool fetch_failed;             /* there may be translations that end where code was missing */
    enum { MDWE_UNKNOWN, MDWE_OFF, MDWE_ON } mdwe; /* PR_SET_MDWE, asked when first needed */
    uint64_t limit_as, limit_data; /* RLIMIT_AS and RLIMIT_DATA as the guest knows them */
    struct translator *translator; /* told of code that goes; NULL until it exists */
};

/* Lays out an empty space: `random` moves things unless the personality forbids it. */
void aspace_init(struct aspace *as, uint64_t base, uint64_t limit, uint64_t random);

/* Held over fork, so that the child finds the table whole. */
void aspace_lock(struct aspace *as);
void aspace_unlock(struct aspace *as);

/* The system calls. Results are addresses, 0, or -errno. `label` is MAP_IS_*, 0 for most. */
int64_t aspace_mmap(struct aspace *as, uint64_t address, uint64_t size, int prot, int flags, int fd,
                    uint64_t offset, uint32_t label);
int64_t aspace_munmap(struct aspace *as, uint64_t address, uint64_t size);
int64_t aspace_mprotect(struct aspace *as, uint64_t address, uint64_t size, int prot);
int64_t aspace_mremap(struct aspace *as, uint64_t old, uint64_t old_size, uint64_t new_size,
                      int flags, uint64_t to);
int64_t aspace_madvise(struct aspace *as, uint64_t address, uint64_t size, int advice);
int64_t aspace_brk(struct aspace *as, uint64_t to);
int64_t aspace_shmat(struct aspace *as, int id, uint64_t address, int flags);
int64_t aspace_shmdt(struct aspace *as, uint64_t address);

/*
 * Takes over a shared mapping that the host's kernel has made at a place of its own choice (the ring
 * of an AIO context, the rings of io_uring): moves it among the guest's, or, where the kernel does
 * not let it be moved, declares it the guest's where it is. `host` is its host address. Returns the
 * guest's address or -errno; then the mapping is as it was.
 */
int64_t aspace_take(struct aspace *as, void *host, uint64_t size, int prot);
/* The kernel has unmapped a range by itself. */
void aspace_gone(struct aspace *as, uint64_t address, uint64_t size);

/* Declares the end of the program, where the heap begins. */
void aspace_set_brk(struct aspace *as, uint64_t end);

/* Maps the main stack of at most `size` bytes with PROT_* `prot`. Returns its top or -errno. */
int64_t aspace_map_stack(struct aspace *as, uint64_t size, int prot);

/* True if every byte of the range is mapped by the guest. */
bool aspace_covers(struct aspace *as, uint64_t address, uint64_t size);

/* True if every byte of the range is mapped by the guest and may be executed. */
bool aspace_executable(struct aspace *as, uint64_t address, uint64_t size);

/*
 * A page of code could not be read (its file has become shorter): no fetch window shows it any more.
 * aspace_cut_off asks for it.
 */
void aspace_cut_page(struct aspace *as, uint64_t address);
bool aspace_cut_off(struct aspace *as, uint64_t address);

/* True if a fault at `address` may come from reading guest code. Async-signal-safe. */
bool aspace_may_be_code(const struct aspace *as, uint64_t address);

/* For struct code_source: executable bytes from pc on. Takes no lock. */
const uint8_t *aspace_window(void *aspace, uint64_t pc, size_t *size);

#endif
