/*
 * The software MMU: what generated code looks up inline, filled from the architecture's page walk.
 *
 * A hart has up to SOFTMMU_SPACES spaces, numbered by its architecture: ways to see memory that are
 * in force at different times (user, supervisor, supervisor that may touch user pages, machine).
 * Each has a TLB for data and a table for jumps. `softmmu_select` chooses the ones in force;
 * switching costs nothing and forgets nothing. In a space that is `tagged`, several address spaces
 * keep their TLBs side by side.
 *
 * What an entry promises is checked by generated code with one comparison; all else (a device, ROM,
 * pages that hold translated code, accesses that cross pages) goes to softmmu_miss.
 *
 * Only the hart's own thread touches its softmmu. Others ask (hart_ask).
 */
#ifndef FERRY_SOFTMMU_SYSTEM_SOFTMMU_H
#define FERRY_SOFTMMU_SYSTEM_SOFTMMU_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

struct hart;
struct memory;
struct machine;

enum { SOFTMMU_SPACES = 8, SOFTMMU_PAGE_BITS = 12, SOFTMMU_PAGE = 1 << SOFTMMU_PAGE_BITS };

enum softmmu_access { SOFTMMU_READ = 1, SOFTMMU_WRITE = 2, SOFTMMU_EXECUTE = 4 };

/* A space's properties. */
struct softmmu_space {
    const char *name;
    bool tagged; /* by address space; else what is not global goes when the tag changes */
};

/* What a page walk finds. */
struct softmmu_walk {
    uint64_t address;   /* in: virtual */
    unsigned space;     /* in */
    enum softmmu_access access; /* in: one of them */
    uint8_t size;       /* in: bytes of the access from `address` on, within the page; 0: one */
    bool probe;         /* in: nothing is changed (no A/D update): the monitor asks */
    uint64_t physical;  /* out: of that very address */
    uint8_t allowed;    /* out: accesses to the page that a TLB entry may let pass, as things are */
    uint8_t page_bits;  /* out: log2 of the bytes around `address` mapped alike (at least 12) */
    bool global;        /* out: the same in every address space */
    bool once;          /* out: for this access only (parts of the page differ): no entry is made */
    unsigned cause;     /* out, if false: the architecture's number of the exception */
};

/*
 * Translates; false: fault with out->cause. Reads page tables by memory_host; updates accessed and
 * dirty bits atomically. Must not look at generated code's registers: their homes are not up to
 * date.
 */
typedef bool softmmu_walk_fn(struct hart *h, struct softmmu_walk *w);

/* A fault that ends an instruction. */
struct softmmu_fault {
    uint64_t address;           /* virtual, of the first byte that faults */
    enum softmmu_access access;
    unsigned cause;             /* as the walk says; SOFTMMU_NOTHING: it went well, but nothing is there */
};
enum { SOFTMMU_NOTHING = 0xffff }; /* access fault: no memory, no device, a device that refused */

struct softmmu;
struct vcpu;

/* For translator_options. */
extern const struct translator_machine softmmu_machine;

/* cpu.mode has changed within generated code: the jump table of the new one is taken. */
void softmmu_mode_changed(struct vcpu *v);

/* One a hart. Ends the program when memory is short. */
struct softmmu *softmmu_create(struct hart *h, const struct softmmu_space *spaces, unsigned n);

/*
 * From now on data accesses use space `data` and fetches `code`. Cheap: at every trap and return.
 * Whoever changes the privilege sets cpu.mode too.
 */
void softmmu_select(struct hart *h, unsigned data, unsigned code);

/*
 * The hart's address space is another (satp was written): `tag` names it (ASID and root: whatever
 * tells two apart). Entries of tagged spaces are kept by tag; of others, what is not global is
 * forgotten.
 */
void softmmu_set_tag(struct hart *h, uint64_t tag);

/* Forgets all entries. */
void softmmu_flush(struct hart *h);
/* Forgets what is known of `address`'s page (large ones too), in all address spaces. */
void softmmu_flush_page(struct hart *h, uint64_t address);
/* Forgets all that is not global, in the address spaces of which `match(tag, argument)` holds. */
void softmmu_flush_tags(struct hart *h, bool (*match)(uint64_t tag, uint64_t argument),
                        uint64_t argument);

/*
 * Reads guest virtual memory as the hart would in `space`, without changing its state;
 * for the monitor and gdb. The hart is stopped. SOFTMMU_CURRENT: the space that its data accesses
 * are in now. False: not mapped.
 */
enum { SOFTMMU_CURRENT = SOFTMMU_SPACES };
bool softmmu_peek(struct hart *h, unsigned space, uint64_t address, void *to, size_t size);

/*
 * Fetches: the translator's window. Returns the host address of guest code at virtual `pc` and in
 * *size how many bytes from there lie in the page; NULL: h->fault says why not.
 */
const uint8_t *softmmu_fetch(struct hart *h, uint64_t pc, size_t *size);

/* RAM at [host, host + size) was changed by a device: translations of it go. Any thread. */
void softmmu_written(struct machine *m, const void *host, size_t size);

/* `info tlb` statistics for -d stats. */
void softmmu_print(struct hart *h, FILE *out);

#endif
