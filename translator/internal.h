/*
 * What the files of translator/ share. See docs/inside.md for the journey of a block.
 *
 * Memory: every table below is one reservation of address space made at start, filled by bumping an
 * atomic index, and emptied only by a flush, when no thread is in translated code. So an index or a
 * pointer into a table stays valid as long as a thread is between two polls.
 *
 * Locks: none to run, find, translate or link. `registry` guards the list of vcpus and flushes; it
 * is never held while guest code runs, and made anew in the child of a fork.
 */
#ifndef FERRY_TRANSLATOR_INTERNAL_H
#define FERRY_TRANSLATOR_INTERNAL_H

#include <stdatomic.h>

#include "ir/fp.h"
#include "translator/translator.h"

enum {
    PAGE_BITS = 12,
    CHUNK_SIZE = 64 * 1024, /* code a thread takes at a time; no block is longer */
    BLOCK_ALIGN = 16,
    TABLE_SIZE = 1 << 21, /* entries of the block table, 4 bytes each, touched sparsely */
    PAGES_SIZE = 1 << 17, /* entries of the page table */
    RECENT_INVALIDATIONS = 4096,
    RETURN_STACK = 256 * 1024,
    RETURN_GUARD = 64 * 1024, /* on both sides */
    RETURN_SENTINEL = 1,      /* never a guest pc */
};

/*
 * What names a translation. The backing of guest code is where its bytes are: its guest address in
 * a process, its host address in a machine.
 */
struct block_key {
    uint64_t pc, backing;
    uint32_t mode;
};

/*
 * A block of translated code. Index 0 of the table is not used, so that 0 means none. Short
 * programs make many and touch each once or twice: what can be small is.
 */
struct block {
    uint64_t pc, backing;
    uint64_t next; /* backing of its bytes in the next page, which may be elsewhere; 0: none */
    uint32_t mode;
    uint32_t code;             /* offset in code memory */
    uint32_t maps;             /* offset in the map bytes */
    uint32_t first_page_next;  /* next block in the list of its first page */
    uint32_t last_page_next;   /* and of its last */
    uint32_t chunk_next;       /* next block of the same chunk */
    _Atomic uint32_t incoming; /* first of the exits linked to it, as index + 1 */
    uint16_t code_size;
    uint16_t maps_size;
    uint16_t before, after;    /* guest bytes it was made from, on both sides of `backing` */
    uint8_t next_size;         /* and at `next` */
    _Atomic uint8_t dead;      /* invalidated: not to be linked or entered any more */
};
static_assert(sizeof(struct block) == 64, "a cache line");

/* Backing of a block's first guest byte, and of what is behind the last. */
static inline uint64_t block_start(const struct block *b)
{
    return b->backing - b->before;
}

static inline uint64_t block_end(const struct block *b)
{
    return b->backing + b->after;
}

/* A place in code that leads to a fixed guest pc. */
struct exit_record {
    uint64_t target;
    uint32_t patch; /* offset of the rel32 in code memory */
    uint32_t thunk; /* offset of where it leads while not linked */
    uint32_t next;  /* in the list of the block it is linked to, index + 1 */
    _Atomic uint32_t linked;
};

/* A guest page that has translations. Entries are never removed but by a flush. */
struct code_page {
    _Atomic uint64_t number; /* guest address >> PAGE_BITS, plus 1; 0: free */
    _Atomic uint32_t first;  /* blocks that touch the page */
};

/* A call of translator_invalidate: which it was, plus 1, and the guest addresses it named. */
struct invalidation {
    _Atomic uint64_t number, start, last;
};

/* A jump table and a return stack. The first of a thread has struct cpu's own table. */
struct translator_view {
    struct translator_view *next; /* of the same thread */
    struct cpu_jump *jumps;
    uint8_t *mapping;             /* of the return stack with its guard pages */
    void *return_base, *return_top;
    void *return_sp;              /* while the view is not in force */
};

struct translator_thread {
    struct vcpu *vcpu;
    struct translator_thread *next;
    struct ir_block *ir;
    struct backend_work *work;
    uint32_t chunk, chunk_used; /* current chunk (index + 1, 0: none) and bytes used of it */
    uint32_t mode;              /* that the jump cache's and return stack's code was made for */
    const struct block *faulted; /* where the last fault was, */
    uint64_t faulted_flushes;    /* valid while the cache is the same */
    _Atomic uint32_t in_code;   /* inside translator_run, so that no flush may happen */
    struct translator_view first, *view; /* and the one in force */
    struct translator_view *_Atomic views; /* all */
    struct interpreter *interpreter;
    struct translator_stats stats;
};

struct translator {
    struct translator_options options;
    const struct frontend *frontend;
    struct backend *backend;
    struct code_stubs stubs;
    void (*enter)(struct cpu *, const void *);

    int memory;                        /* memfd behind the code */
    uint8_t *rw, *rx;                  /* the same memory, for writing and for running */
    size_t code_size;                  /* bytes reserved */
    uint32_t nchunks, reserved_chunks; /* all, and those that hold the stubs */
    _Atomic uint32_t next_chunk;
    _Atomic uint32_t *chunk_first; /* blocks of each chunk, newest first */

    struct block *blocks;
    uint32_t max_blocks;
    _Atomic uint32_t next_block;
    struct exit_record *exits;
    uint32_t max_exits;
    _Atomic uint32_t next_exit;
    uint8_t *maps;
    uint32_t maps_capacity;
    _Atomic uint32_t next_map;

    _Atomic uint32_t *table; /* block index by hash of pc and mode, linear probing */
    struct code_page *pages;
    _Atomic uint32_t *page_order; /* where in `pages` the used entries are, as they came */
    _Atomic uint32_t pages_used;
    _Atomic uint64_t invalidations; /* counts calls of translator_invalidate */
    struct invalidation *recent;    /* the last of them, by number */
    _Atomic uint64_t killed;        /* counts blocks taken out of use */

    _Atomic uintptr_t registry; /* spin lock of the list of threads and of flushes; 0: free */
    struct translator_thread *threads;
    unsigned nthreads;
    struct translator_thread *idle; /* of vcpus given back, to be used again, chunk and all */
    unsigned nidle;
    _Atomic uint32_t flushing; /* a flush waits for, or excludes, threads in code */
    _Atomic uint64_t flushes;
    struct translator_stats retired; /* of threads that are gone */
};

/* memory.c: the tables and the code memory */
void memory_create(struct translator *t);
/* Room for at least `size` bytes of code for this thread: offset in code memory, or 0 when all is
 * used. */
uint32_t memory_code_room(struct translator *t, struct translator_thread *th, uint32_t size,
                          uint32_t *room);
void memory_clear(struct translator *t);
int memory_copy(const struct translator *t);
void memory_adopt(struct translator *t, int fd);
void memory_renew(struct translator *t);
void memory_close(int fd);

/* table.c: finding blocks by pc and by page */
struct block *table_find(const struct translator *t, const struct block_key *key);
bool table_insert(struct translator *t, uint32_t index);
void table_remove(struct translator *t, uint32_t index);
bool pages_insert(struct translator *t, uint32_t index);
/* Notes an invalidation, before anybody looks for what it concerns. */
void invalidation_begin(struct translator *t, uint64_t start, uint64_t size);
/* True if none since the count was `seen` can have concerned the bytes of a block. */
bool invalidations_spare(const struct translator *t, const struct block *b, uint64_t seen);
/* False if no block touches the range, which may also be too large to say. */
bool pages_have_code(struct translator *t, uint64_t start, uint64_t size);
void pages_invalidate(struct translator *t, uint64_t start, uint64_t size);

/* Takes a block out of use and out of all jump caches. The registry lock is held. */
void block_discard(struct translator *t, uint32_t index);

/* link.c: exits */
void link_exit(struct translator *t, uint32_t exit, struct block *to);
void unlink_incoming(struct translator *t, struct block *b);
void link_new(struct translator *t, const struct block *b, uint32_t first, unsigned n);

/*
 * make.c: from guest code to a published block. Returns NULL when the cache is full, or when the
 * code may have changed meanwhile: then *stale is the block, dead, of which others may know; or
 * NO_CODE: the instruction goes on in a page that cannot be fetched.
 */
#define NO_CODE UINT32_MAX
void translate_ir(struct translator *t, struct vcpu *v, struct ir_block *ir, uint64_t pc,
                  uint32_t mode, unsigned max_insns);
/* Is there nothing but an instruction that cannot be fetched? */
bool cannot_be_fetched(const struct ir_block *ir);
struct block *make_block(struct translator *t, struct translator_thread *th,
                         const struct block_key *key, uint32_t *stale);
void block_kill(struct translator *t, uint32_t index);

/* flush.c: vcpus, and emptying the cache when no thread is in code */
void registry_lock(struct translator *t);
void registry_unlock(struct translator *t);
void flush_all(struct translator *t);
void flush_wait(struct translator *t);
/*
 * The pc of an empty entry: one that belongs to another entry, so that no jump finds it, whatever
 * the code beside it is. (A new cache is all zeroes; its entry 0 leads pc 0 to stubs.null.)
 */
static inline uint64_t jump_cache_empty(unsigned index)
{
    return index ? 0 : UINT64_MAX;
}

/* view.c */
bool view_create_first(struct vcpu *v);
void views_free(struct translator_thread *th);
/*
 * Of the thread itself, or one that is out of code. Clearing a jump table harms nobody at any time.
 */
void views_forget(struct translator_thread *th);
void view_clear_jumps(struct translator_view *view);
void view_reset_returns(struct vcpu *v, struct translator_view *view);

/* struct cpu's call, in run.c. */
const void *serve_call(struct cpu *cpu);

/* The key of the block for the current pc; false: the pc cannot be fetched. In run.c. */
bool current_key(struct translator *t, struct vcpu *v, struct block_key *key);

/* Serves the guest's announcement of changed code; false if the reason is another. */
bool translator_serve_flush(struct translator *t, const struct cpu *cpu, enum ir_exit reason);

/*
 * True if a block's code is all where its pc is: no exit is linked to others, which views know
 * only.
 */
static inline bool block_is_whole(const struct block *b)
{
    return !b->next;
}

static inline bool block_touches(const struct block *b, uint64_t start, uint64_t end)
{
    return (block_start(b) < end && block_end(b) > start) ||
           (b->next < end && b->next + b->next_size > start);
}

/* interpret.c: -accel interp */
enum ir_exit interpreter_run(struct vcpu *v);
bool interpreter_fault(struct vcpu *v, void *ucontext);
/* The state is at home. */
_Noreturn void interpreter_miss_fault(struct vcpu *v);
void interpreter_destroy(struct translator_thread *th);

static inline uint32_t block_index(const struct translator *t, const struct block *b)
{
    return (uint32_t)(b - t->blocks);
}

static inline const void *block_code(const struct translator *t, const struct block *b)
{
    return t->rx + b->code;
}

/*
 * The guest's FP mode and flags are in the host's MXCSR while the guest runs and in cpu->mxcsr
 * while it does not. Ours needs the default mode, but minds no flags that have accrued: so it is
 * loaded only where the guest's mode is another.
 */
enum { HOST_MXCSR = 0x1f80 };

static inline void mxcsr_to_guest(const struct cpu *cpu)
{
    fp_set_mxcsr(cpu->mxcsr);
}

static inline void mxcsr_to_host(struct cpu *cpu)
{
    cpu->mxcsr = fp_get_mxcsr();
    if ((cpu->mxcsr ^ HOST_MXCSR) & ~(uint32_t)FP_MXCSR_FLAGS)
        fp_set_mxcsr(HOST_MXCSR);
}

#endif
