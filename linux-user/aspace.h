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
 * The layout for 64-bit guests is that of a real kernel with a small address space (struct guest's
 * address_bits: Sv39 of RISC-V, 39-bit addresses of AArch64), so that what knows such kernels, like
 * the sanitizers, finds its room: the stack at the top, mmap below it going down, the program at two
 * thirds. Linux puts nothing of Ferry's there (position-independent image, mmap area and stack are
 * far above, also with the legacy layout of `ulimit -s unlimited`). Requests that do not fit, and
 * those that name a place above, go above it.
 *
 * Files: aspace.c is the layout, the lock and what the translator asks; aspace_place.c finds and
 * takes places; aspace_call.c and aspace_move.c are the system calls.
 */
#ifndef FERRY_LINUX_USER_ASPACE_H
#define FERRY_LINUX_USER_ASPACE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "linux-user/maptree.h"

struct translator;

enum {
    GUEST_PAGE = 4096,
    ASPACE_GROWING = 8, /* the main stack, and what a guest may map with MAP_GROWSDOWN */
};

/* Free choices of addresses end here, below the host's legacy mmap area. */
#define ASPACE_FAR_END UINT64_C(0x2a0000000000)

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
    uint64_t area_low, area_high;  /* where free choices are made first */
    uint64_t mmap_top;             /* choices go down from here */
    uint64_t pie_base;             /* for the program, when it does not say */
    uint64_t stack_low, stack_top; /* the main stack as mapped at start */
    uint64_t growing[ASPACE_GROWING]; /* last page of mappings that the host lets grow downwards */
    unsigned ngrowing;
    uint64_t brk_start, brk;
    int lock_future;               /* MAP_LOCKED after mlockall(MCL_FUTURE), else 0 */
    bool keeps_from_children;      /* MADV_DONTFORK has been used */
    bool fetch_failed;             /* there may be translations that end where code was missing */
    int extra_prot;                /* PROT_* that the guest's kernel knows besides the generic ones */
    uint32_t last_map;             /* numbers mappings of files, see MAP_NUMBER_SHIFT */
    enum { MDWE_UNKNOWN, MDWE_OFF, MDWE_ON } mdwe; /* PR_SET_MDWE, asked when first needed */
    uint64_t limit_as, limit_data; /* RLIMIT_AS and RLIMIT_DATA as the guest knows them */
    struct translator *translator; /* told of code that goes; NULL until it exists */
};

/*
 * Lays out an empty space for a kernel of so many bits of address, with room for a main stack of
 * `stack` bytes: `random` moves things unless the personality forbids it.
 */
void aspace_init(struct aspace *as, uint64_t base, uint64_t limit, unsigned bits, uint64_t stack,
                 uint64_t random);

/* Held over fork, so that the child finds the table whole. */
void aspace_lock(struct aspace *as);
void aspace_unlock(struct aspace *as);

/*
 * The calling thread is, or is about to be, a child that shares the memory of its parent and may be
 * killed alone: what it changes can be mended. Returns what was.
 */
bool aspace_guard(bool on);

/* A child of vfork of the calling thread has ended: takes the lock back if it died with it. */
void aspace_bury(struct aspace *as);

/* The system calls. Results are addresses, 0, or -errno. `label` is MAP_IS_*, 0 for most. */
int64_t aspace_mmap(struct aspace *as, uint64_t address, uint64_t size, int prot, int flags, int fd,
                    uint64_t offset, uint32_t label);
int64_t aspace_munmap(struct aspace *as, uint64_t address, uint64_t size);
int64_t aspace_mprotect(struct aspace *as, uint64_t address, uint64_t size, int prot);
int64_t aspace_mremap(struct aspace *as, uint64_t old, uint64_t old_size, uint64_t new_size,
                      int flags, uint64_t to);
int64_t aspace_madvise(struct aspace *as, uint64_t address, uint64_t size, int advice);
/* Contents of the range may have been thrown away, by a call that asked the host itself. */
void aspace_discarded(struct aspace *as, uint64_t address, uint64_t size);
/* In the child of a fork, whose only thread this is. */
void aspace_after_fork(struct aspace *as);
int64_t aspace_mlockall(struct aspace *as, int flags);
int64_t aspace_munlockall(struct aspace *as);
int64_t aspace_mseal(struct aspace *as, uint64_t address, uint64_t size, uint64_t flags);
int64_t aspace_remap_file_pages(struct aspace *as, uint64_t address, uint64_t size, int prot,
                                uint64_t page, int flags);
int64_t aspace_brk(struct aspace *as, uint64_t to);
int64_t aspace_shmat(struct aspace *as, int id, uint64_t address, int flags);
int64_t aspace_shmdt(struct aspace *as, uint64_t address);

/*
 * Takes over a shared mapping that the host's kernel has made at a place of its own choice (the ring
 * of an AIO context, the rings of io_uring): with `move` moves it among the guest's, else, or where
 * it cannot be moved, declares it the guest's where it is. `host` is its host address. Returns the
 * guest's address or -errno; then the mapping is as it was.
 */
int64_t aspace_take(struct aspace *as, void *host, uint64_t size, int prot, bool move);
/* The kernel has unmapped a range by itself. */
void aspace_gone(struct aspace *as, uint64_t address, uint64_t size);

/* Declares the end of the program, where the heap begins. */
void aspace_set_brk(struct aspace *as, uint64_t end);

/*
 * Maps the first `size` bytes of the main stack with PROT_* `prot`; the host lets it grow up to
 * RLIMIT_STACK. Returns its top or -errno.
 */
int64_t aspace_map_stack(struct aspace *as, uint64_t size, int prot);

/*
 * Brings the table up to date where the host has let mappings grow down into [start, end). The lock
 * is held.
 */
void aspace_settle(struct aspace *as, uint64_t start, uint64_t end);

/* How many of `size` bytes from `address` on the guest has mapped without a hole. */
uint64_t aspace_reach(struct aspace *as, uint64_t address, uint64_t size);

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
