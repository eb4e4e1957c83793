/*
 * Making a block: fetch window -> frontend -> IR -> backend -> code memory -> tables -> links.
 *
 * Nothing is visible to other threads before table_insert. A change of the guest's code meanwhile
 * is noticed by the list of invalidations: the block goes into the page lists first and looks at
 * the list after, an invalidation enters itself first and walks the page lists after, so one of the
 * two sees the other.
 */
#include "translator/internal.h"

#include <stdio.h>
#include <string.h>
#include <time.h>

#include "util/log.h"

enum {
    MAX_EXITS = 320, /* of one block: two a guard and some */
    MAX_RELOCS = 2048,
    MAPS_ROOM = 16 * 1024,
    FIRST_ROOM = 8 * 1024, /* code room asked for at first; a chunk is the most */
};

/*
 * What a block may be made from. In a process: pc's page and the next. In a machine: pc's page, and of the next
 * what an instruction that begins at the end of the first may need.
 */
struct extent {
    struct translator *t;
    struct vcpu *v;
    uint64_t start, end; /* guest addresses */
    uint64_t next;       /* backing of the next page's start, if it has been asked for (machines) */
};

static const uint8_t *extent_window(void *context, uint64_t pc, size_t *size)
{
    struct extent *e = context;
    const struct translator_options *options = &e->t->options;
    *size = 0;
    if (pc < e->start || pc >= e->end)
        return NULL;
    const uint8_t *bytes = options->machine ? options->machine->fetch(e->v, pc, size, true)
                                            : options->source.window(options->source.context, pc, size);
    if (options->machine && !bytes)
        *size = 0;
    if (*size > e->end - pc)
        *size = (size_t)(e->end - pc);
    if (bytes && options->machine && pc >> PAGE_BITS != e->start >> PAGE_BITS)
        e->next = (uintptr_t)bytes - (pc & ((1 << PAGE_BITS) - 1));
    return bytes;
}

static struct extent extent_of(struct translator *t, struct vcpu *v, uint64_t pc)
{
    uint64_t page = pc >> PAGE_BITS << PAGE_BITS, next = page + (1 << PAGE_BITS);
    if (!t->options.machine)
        return (struct extent){t, v, 0, next + (1 << PAGE_BITS), 0};
    uint64_t longest = pc + t->frontend->max_insn;
    return (struct extent){t, v, page, longest > next ? longest : next, 0};
}

static void log_guest_code(struct translator *t, struct extent *extent, const struct ir_block *b)
{
    log_print("----------------\nIN: %s 0x%llx\n", t->frontend->name, (unsigned long long)b->pc);
    for (unsigned i = 0; i < b->n; i++) {
        if (b->insns[i].op != IR_INSN)
            continue;
        uint64_t pc = b->pc + (int32_t)b->insns[i].aux;
        size_t size;
        const uint8_t *bytes = extent_window(extent, pc, &size);
        char text[128] = "(not readable)", hex[40] = "";
        if (size >= b->insns[i].d && b->insns[i].d) {
            t->frontend->disassemble(&t->options.config, pc, bytes, size, text, sizeof text);
            for (unsigned k = b->insns[i].d; k-- > 0;)
                snprintf(hex + strlen(hex), sizeof hex - strlen(hex), "%02x", bytes[k]);
        }
        log_print("0x%08llx:  %-10s %s\n", (unsigned long long)pc, hex, text);
    }
}

static void log_ir(const struct ir_block *b, const char *title)
{
    struct arena arena;
    arena_init(&arena, 0);
    log_print("%s:\n", title);
    /* One line at a time: a log line is bounded. */
    for (char *line = strtok(ir_print(b, &arena), "\n"); line; line = strtok(NULL, "\n"))
        log_print("%s\n", line);
    arena_free(&arena);
}

static void translate(struct translator *t, struct extent *extent, struct ir_block *ir, uint64_t pc,
                      uint32_t mode, unsigned max_insns)
{
    struct code_source source = {extent_window, extent};
    /* In a machine each access costs so much more that what rounds share is worth it. */
    unsigned flags = (t->options.single_insn ? TRANSLATE_SINGLE : 0) |
                     (t->options.machine ? TRANSLATE_ROUNDS : 0);
    frontend_translate(t->frontend, &t->options.config, &source, ir, pc, mode, max_insns, flags);
    if (log_on(LOG_IN_ASM) && log_in_filter(pc))
        log_guest_code(t, extent, ir);
    if (log_on(LOG_OP) && log_in_filter(pc))
        log_ir(ir, "OP");
}

void translate_ir(struct translator *t, struct vcpu *v, struct ir_block *ir, uint64_t pc, uint32_t mode,
                  unsigned max_insns)
{
    struct extent extent = extent_of(t, v, pc);
    translate(t, &extent, ir, pc, mode, max_insns);
}

/* Tables of one emission, on the stack of make_block. */
struct emission {
    struct code_exit exits[MAX_EXITS];
    struct code_reloc relocs[MAX_RELOCS];
};

static bool emit_at(struct translator *t, struct translator_thread *th, struct emission *e,
                    struct code_buffer *out, uint32_t code, uint32_t room)
{
    *out = (struct code_buffer){
        .bytes = t->rw + code,
        .capacity = room,
        .exits = e->exits,
        .max_exits = MAX_EXITS,
        .relocs = e->relocs,
        .max_relocs = MAX_RELOCS,
    };
    uint32_t map = atomic_load(&t->next_map);
    if (map + MAPS_ROOM > t->maps_capacity)
        return false;
    uint8_t maps[MAPS_ROOM];
    out->maps = maps;
    out->maps_capacity = MAPS_ROOM;
    if (!backend_emit(t->backend, th->work, th->ir, out))
        return false;
    map = atomic_fetch_add(&t->next_map, (uint32_t)out->maps_size);
    if (map + out->maps_size > t->maps_capacity)
        return false;
    memcpy(t->maps + map, maps, out->maps_size);
    out->maps = t->maps + map;
    return true;
}

static void apply_relocs(struct translator *t, const struct code_buffer *out, uint32_t code)
{
    for (unsigned i = 0; i < out->nrelocs; i++) {
        const struct code_reloc *r = &out->relocs[i];
        if (r->kind != CODE_RELOC_STUB)
            continue;
        uint32_t stub;
        memcpy(&stub, (const uint8_t *)&t->stubs + r->value, sizeof stub);
        uint32_t displacement = stub - (code + r->offset + 4);
        memcpy(out->bytes + r->offset, &displacement, 4);
    }
}

/* Records the exits and writes their numbers into the thunks. Returns the first, or UINT32_MAX. */
static uint32_t add_exits(struct translator *t, const struct code_buffer *out, uint32_t code)
{
    uint32_t first = atomic_fetch_add(&t->next_exit, out->nexits);
    if (first + out->nexits > t->max_exits)
        return UINT32_MAX;
    for (unsigned i = 0; i < out->nexits; i++) {
        const struct code_exit *x = &out->exits[i];
        struct exit_record *e = &t->exits[first + i];
        e->target = x->target;
        e->patch = code + x->patch;
        e->thunk = code + x->thunk;
        uint32_t number = first + i;
        memcpy(out->bytes + x->index, &number, 4);
    }
    return first;
}

static_assert(CHUNK_SIZE - 1 <= UINT16_MAX && MAPS_ROOM <= UINT16_MAX, "sizes in struct block");

/* Says where the guest bytes of a block are. */
static void set_extent(struct block *b, const struct ir_block *ir, const struct extent *extent)
{
    uint64_t lo = ir->lo, hi = ir->hi > ir->lo ? ir->hi : ir->lo + 1;
    if (extent->t->options.machine) {
        uint64_t page_end = ((b->pc >> PAGE_BITS) + 1) << PAGE_BITS;
        lo = lo > extent->start ? lo : extent->start;
        if (extent->next && hi > page_end) {
            b->next = extent->next;
            b->next_size = (uint8_t)(hi - page_end);
        }
        hi = hi < page_end ? hi : page_end;
    }
    b->before = (uint16_t)(b->pc - lo);
    b->after = (uint16_t)(hi - b->pc);
}

/* Registers the emitted code as a block. Returns its index, or 0 when a table is full. */
static uint32_t add_block(struct translator *t, const struct ir_block *ir, const struct block_key *key,
                          const struct extent *extent, const struct code_buffer *out, uint32_t code)
{
    uint32_t index = atomic_fetch_add(&t->next_block, 1);
    if (index >= t->max_blocks)
        return 0;
    struct block *b = &t->blocks[index];
    b->pc = key->pc;
    b->backing = key->backing;
    b->mode = key->mode;
    b->code = code;
    b->code_size = (uint16_t)out->size;
    b->maps = (uint32_t)(out->maps - t->maps);
    b->maps_size = (uint16_t)out->maps_size;
    set_extent(b, ir, extent);
    _Atomic uint32_t *chunk = &t->chunk_first[code / CHUNK_SIZE];
    b->chunk_next = atomic_load_explicit(chunk, memory_order_relaxed);
    /* A fault handler may look for the block from now on; only this thread adds to the chunk. */
    atomic_store_explicit(chunk, index, memory_order_release);
    return index;
}

void block_kill(struct translator *t, uint32_t index)
{
    struct block *b = &t->blocks[index];
    if (atomic_exchange(&b->dead, 1))
        return;
    atomic_fetch_add(&t->killed, 1);
    table_remove(t, index);
    unlink_incoming(t, b);
}

static uint64_t now_ns(void)
{
    struct timespec ts;
    clock_gettime(CLOCK_MONOTONIC, &ts);
    return (uint64_t)ts.tv_sec * 1000000000u + (uint64_t)ts.tv_nsec;
}

static void count(struct translator_thread *th, const struct ir_block *ir,
                  const struct code_buffer *out)
{
    th->stats.blocks++;
    th->stats.guest_insns += ir->nguest;
    th->stats.host_bytes += out->size;
}

/* Emits th->ir into code memory. Returns the code's offset, or 0 when the cache is full. */
static uint32_t emit(struct translator *t, struct translator_thread *th, struct emission *e,
                     struct code_buffer *out, struct extent *extent, const struct block_key *key)
{
    uint32_t room, want = FIRST_ROOM;
    unsigned max_insns = 0;
    for (;;) {
        uint32_t code = memory_code_room(t, th, want, &room);
        if (!code)
            return 0;
        if (emit_at(t, th, e, out, code, room))
            return code;
        if (room == CHUNK_SIZE) {
            /* Not even an empty chunk held it: a shorter block will do. */
            max_insns = max_insns ? max_insns / 2 : th->ir->nguest / 2;
            if (!max_insns)
                return 0;
            translate(t, extent, th->ir, key->pc, key->mode, max_insns);
        }
        want = CHUNK_SIZE;
    }
}

bool cannot_be_fetched(const struct ir_block *ir)
{
    const struct ir_insn *end = &ir->insns[ir->n - 1];
    return ir->nguest == 1 && end->op == IR_EXIT && end->aux == IR_EXIT_FETCH;
}

struct block *make_block(struct translator *t, struct translator_thread *th,
                         const struct block_key *key, uint32_t *stale)
{
    struct extent extent = extent_of(t, th->vcpu, key->pc);
    struct emission e;
    struct code_buffer out;
    uint64_t started = log_on(LOG_STATS) ? now_ns() : 0;
    uint64_t seen = atomic_load(&t->invalidations);
    translate(t, &extent, th->ir, key->pc, key->mode, 0);
    if (t->options.machine && cannot_be_fetched(th->ir)) {
        *stale = NO_CODE;
        return NULL;
    }
    if (log_on(LOG_OP_OPT) && log_in_filter(key->pc)) {
        ir_remove_dead(th->ir);
        log_ir(th->ir, "OP after folding and dead code");
    }
    uint32_t code = emit(t, th, &e, &out, &extent, key);
    if (!code)
        return NULL;
    th->chunk_used =
        (code % CHUNK_SIZE + (uint32_t)out.size + BLOCK_ALIGN - 1) & ~(BLOCK_ALIGN - 1u);
    apply_relocs(t, &out, code);
    uint32_t first = add_exits(t, &out, code);
    uint32_t index = first == UINT32_MAX ? 0 : add_block(t, th->ir, key, &extent, &out, code);
    if (!index)
        return NULL;
    struct block *b = &t->blocks[index];
    if (log_on(LOG_OUT_ASM) && log_in_filter(key->pc)) {
        log_print("OUT: [size=%zu] for 0x%llx\n", out.size, (unsigned long long)key->pc);
        backend_disassemble(&out, (uintptr_t)t->rx + code);
    }
    if (!pages_insert(t, index) || !table_insert(t, index))
        return NULL;
    count(th, th->ir, &out);
    if (started)
        th->stats.translate_ns += now_ns() - started;
    if (invalidations_spare(t, b, seen)) {
        link_new(t, b, first, out.nexits);
        return b;
    }
    block_kill(t, index);
    /* Whoever has killed it already may have looked for it before it was in the table. */
    table_remove(t, index);
    *stale = index;
    return NULL;
}
