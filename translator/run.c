/*
 * Running translated code: the dispatcher, faults in it, and the translator's creation.
 *
 * A thread is "in code" from the start of translator_run to its end, but for the waits in between:
 * it may then use indices and pointers into the tables without fear of a flush.
 */
#include "translator/internal.h"

#include <errno.h>
#include <signal.h>
#include <string.h>
#include <sys/mman.h>
#include <ucontext.h>

#include "util/log.h"

struct translator *translator_create(const struct translator_options *options)
{
    struct translator *t =
        mmap(NULL, sizeof *t, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    if (t == MAP_FAILED)
        die("cannot allocate the translator: %s", strerror(errno));
    t->options = *options;
    t->frontend = options->frontend;
    if (options->interpret)
        return t;
    t->backend = backend_create(&t->frontend->ir, backend_host_features() & options->host_features,
                                options->int_pins, options->float_pins);
    backend_set_memory(t->backend, options->machine ? BACKEND_TLB : BACKEND_DIRECT);
    memory_create(t);
    struct code_buffer out = {.bytes = t->rw, .capacity = CHUNK_SIZE};
    backend_emit_stubs(t->backend, &out, &t->stubs);
    t->reserved_chunks = 1;
    atomic_store(&t->next_chunk, 1);
    t->enter = (void (*)(struct cpu *, const void *))(uintptr_t)(t->rx + t->stubs.enter);
    if (log_on(LOG_OUT_ASM)) {
        char pins[512];
        backend_describe(t->backend, pins, sizeof pins);
        log_print("stubs at %p, %u bytes; pinned: %s\n", (void *)t->rx, t->stubs.size, pins);
    }
    return t;
}

const struct cpu_config *translator_config(const struct translator *t)
{
    return &t->options.config;
}

static void code_begin(struct translator *t, struct translator_thread *th)
{
    /* Nobody else is there to flush, and only this thread could make somebody. */
    if (__atomic_load_n(&t->nthreads, __ATOMIC_RELAXED) == 1) {
        atomic_store_explicit(&th->in_code, 1, memory_order_relaxed);
        return;
    }
    for (;;) {
        atomic_store(&th->in_code, 1);
        if (!atomic_load(&t->flushing))
            return;
        atomic_store(&th->in_code, 0);
        flush_wait(t);
    }
}

static void code_end(struct translator_thread *th)
{
    atomic_store_explicit(&th->in_code, 0, memory_order_release);
}

bool current_key(struct translator *t, struct vcpu *v, struct block_key *key)
{
    *key = (struct block_key){v->cpu.exit_pc, v->cpu.exit_pc, v->cpu.mode};
    size_t size;
    if (t->options.machine)
        key->backing = (uintptr_t)t->options.machine->fetch(v, key->pc, &size, false);
    return !t->options.machine || key->backing;
}

/* Is the page in which a block goes on still the one that it was made from? */
static bool still_joined(struct translator *t, struct vcpu *v, const struct block *b)
{
    size_t size;
    uint64_t page = ((b->pc >> PAGE_BITS) + 1) << PAGE_BITS;
    return block_is_whole(b) ||
           (uintptr_t)t->options.machine->fetch(v, page, &size, false) == b->next;
}

/* A block that could not be made. */
static void clear_way(struct translator *t, struct translator_thread *th, uint32_t stale, uint64_t flushes)
{
    code_end(th);
    if (stale) {
        registry_lock(t);
        if (atomic_load(&t->flushes) == flushes)
            block_discard(t, stale);
        registry_unlock(t);
    } else {
        flush_all(t);
    }
    code_begin(t, th);
}

/*
 * The block for the current pc, made if it does not exist. Flushes when the cache is full. NULL: the pc cannot be
 * fetched (machines).
 */
static struct block *current_block(struct translator *t, struct translator_thread *th)
{
    struct block_key key;
    for (;;) {
        if (!current_key(t, th->vcpu, &key))
            return NULL;
        uint64_t flushes = atomic_load(&t->flushes);
        uint32_t stale = 0;
        struct block *b = table_find(t, &key);
        if (b && !still_joined(t, th->vcpu, b)) {
            stale = block_index(t, b);
            b = NULL;
        } else if (!b) {
            b = make_block(t, th, &key, &stale);
        }
        if (b)
            return b;
        if (stale == NO_CODE)
            return NULL;
        clear_way(t, th, stale, flushes);
    }
}

/*
 * Jump tables and return predictions know a block by its pc alone. When the mode bits have changed, which is
 * rare, they lead to code for another mode: a process forgets them, a machine has others.
 */
static void check_mode(struct vcpu *v)
{
    const struct translator_machine *machine = v->translator->options.machine;
    if (__builtin_expect(v->cpu.mode == v->thread->mode, 1))
        return;
    v->thread->mode = v->cpu.mode;
    if (machine)
        machine->mode_changed(v);
    else
        translator_view_forget(v, v->thread->view);
}

static void remember(struct translator *t, const struct translator_view *view, struct block *b)
{
    unsigned index = cpu_jump_index(b->pc);
    struct cpu_jump *jump = &view->jumps[index];
    /* Another thread may be clearing the entry because the block has died: it looks at pc only. */
    __atomic_store_n(&jump->pc, jump_cache_empty(index), __ATOMIC_RELAXED);
    __atomic_store_n(&jump->code, block_code(t, b), __ATOMIC_RELEASE);
    __atomic_store_n(&jump->pc, b->pc, __ATOMIC_SEQ_CST);
    if (atomic_load(&b->dead))
        __atomic_store_n(&jump->pc, jump_cache_empty(index), __ATOMIC_RELAXED);
}

static void log_entry(const struct translator *t, const struct cpu *cpu, const struct block *b)
{
    if (!log_in_filter(b->pc))
        return;
    if (log_on(LOG_EXEC))
        log_print("Trace: %p [%016llx/%08x]\n", block_code(t, b), (unsigned long long)b->pc,
                  b->mode);
    if (!log_on(LOG_CPU))
        return;
    const struct ir_guest *g = &t->frontend->ir;
    log_print(" pc       %016llx\n", (unsigned long long)b->pc);
    for (unsigned i = 0; i < g->nslots; i++) {
        uint64_t value = 0;
        unsigned size = ir_type_size(g->slots[i].type);
        memcpy(&value, cpu->state + g->slots[i].offset, size < 8 ? size : 8);
        log_print(" %-8s %016llx%s", g->slots[i].name, (unsigned long long)value,
                  i % 4 == 3 ? "\n" : "");
    }
    log_print("\n");
}

/*
 * The code for the current pc if the jump cache has it, as behind a system call it mostly does, and
 * nobody wants the thread to leave; or NULL.
 */
static const void *known_code(const struct vcpu *v)
{
    const struct cpu *cpu = &v->cpu;
    const struct cpu_jump *jump = &v->thread->view->jumps[cpu_jump_index(cpu->exit_pc)];
    bool known = __atomic_load_n(&jump->pc, __ATOMIC_RELAXED) == cpu->exit_pc &&
                 cpu->exit_pc && /* 0 may be that of an empty entry */
                 cpu->exit_link == CPU_NO_LINK && cpu->mode == v->thread->mode;
    bool leave = __atomic_load_n(&cpu->attention, __ATOMIC_RELAXED) ||
                 atomic_load_explicit(&v->translator->flushing, memory_order_relaxed) ||
                 log_on(LOG_EXEC | LOG_CPU);
    return known && !leave ? jump->code : NULL;
}

/* The code to enter for the current pc, made if there is none; NULL: the pc cannot be fetched. */
static const void *next_code(struct translator *t, struct vcpu *v)
{
    struct cpu *cpu = &v->cpu;
    uint32_t link = cpu->exit_link;
    uint64_t flushes = atomic_load_explicit(&t->flushes, memory_order_relaxed);
    const void *code = known_code(v);
    if (code)
        return code;
    check_mode(v);
    struct block *b = current_block(t, v->thread);
    v->thread->stats.lookups++;
    cpu->exit_link = CPU_NO_LINK;
    if (!b)
        return NULL;
    if (link == CPU_NO_LINK)
        remember(t, v->thread->view, b);
    else if (flushes == atomic_load_explicit(&t->flushes, memory_order_relaxed))
        link_exit(t, link, b);
    if (log_on(LOG_EXEC | LOG_CPU))
        log_entry(t, cpu, b);
    return block_code(t, b);
}

const void *serve_call(struct cpu *cpu)
{
    struct vcpu *v = (struct vcpu *)cpu;
    const struct translator *t = v->translator;
    if (!t->options.call || !t->options.call(v))
        return NULL;
    cpu->exit_reason = IR_EXIT_LOOKUP; /* where the thread has to leave all the same */
    return known_code(v);
}

enum ir_exit translator_run(struct vcpu *v)
{
    struct translator *t = v->translator;
    struct translator_thread *th = v->thread;
    struct cpu *cpu = &v->cpu;
    if (t->options.interpret)
        return interpreter_run(v);
    code_begin(t, th);
    for (;;) {
        const void *code = next_code(t, v);
        if (!code) {
            code_end(th);
            return IR_EXIT_FETCH;
        }
        mxcsr_to_guest(cpu);
        t->enter(cpu, code);
        mxcsr_to_host(cpu);
        if (cpu->exit_link != CPU_NO_LINK)
            cpu->exit_pc = t->exits[cpu->exit_link].target;
        enum ir_exit reason = cpu->exit_reason;
        if (reason != IR_EXIT_LOOKUP) {
            code_end(th);
            if (!translator_serve_flush(t, cpu, reason))
                return reason;
            code_begin(t, th);
        } else if (atomic_load_explicit(&t->flushing, memory_order_relaxed)) {
            code_end(th);
            code_begin(t, th);
        }
        if (__atomic_load_n(&cpu->attention, __ATOMIC_RELAXED)) {
            /* The caller may send the guest elsewhere (a signal handler): the exit is not for that.
             */
            cpu->exit_link = CPU_NO_LINK;
            code_end(th);
            return IR_EXIT_NONE;
        }
    }
}

void translator_escaped(struct vcpu *v)
{
    code_end(v->thread);
}

void translator_kick(struct vcpu *v)
{
    __atomic_store_n(&v->cpu.attention, 1, __ATOMIC_RELEASE);
}

void translator_invalidate(struct translator *t, uint64_t start, uint64_t size)
{
    if (!size)
        return;
    /* First the count, then the look: whoever makes a block does both the other way round. */
    invalidation_begin(t, start, size);
    /* In a machine, a page may look empty while another hart goes through its list: that has to end first. */
    if (t->options.interpret || (!t->options.machine && !pages_have_code(t, start, size)))
        return;
    registry_lock(t);
    pages_invalidate(t, start, size);
    registry_unlock(t);
}

bool translator_serve_flush(struct translator *t, const struct cpu *cpu, enum ir_exit reason)
{
    if (t->options.machine) /* which knows of every change as it is made */
        return reason == IR_EXIT_FLUSH || reason == IR_EXIT_FLUSH_LINE;
    if (reason == IR_EXIT_FLUSH)
        translator_invalidate(t, 0, UINT64_MAX);
    else if (reason == IR_EXIT_FLUSH_LINE)
        translator_invalidate(t, cpu->exit_info & -(uint64_t)IR_CODE_LINE, IR_CODE_LINE);
    else
        return false;
    return true;
}

void translator_reserved(const struct translator *t, uintptr_t *start, size_t *size)
{
    *start = (uintptr_t)t->rx;
    *size = t->rx ? t->code_size : 0;
}

bool translator_owns(const struct translator *t, uintptr_t host_pc)
{
    return host_pc - (uintptr_t)t->rx < t->code_size;
}

static const struct block *block_at(const struct translator *t, uint32_t offset)
{
    uint32_t index =
        atomic_load_explicit(&t->chunk_first[offset / CHUNK_SIZE], memory_order_acquire);
    while (index) {
        const struct block *b = &t->blocks[index];
        if (offset - b->code < b->code_size)
            return b;
        index = b->chunk_next;
    }
    return NULL;
}

/* The block of an offset; a fault often comes where the last one came from. */
static const struct block *faulting_block(const struct translator *t, struct translator_thread *th,
                                          uint32_t offset)
{
    const struct block *b = th->faulted;
    uint64_t flushes = atomic_load_explicit(&t->flushes, memory_order_relaxed);
    if (b && th->faulted_flushes == flushes && offset - b->code < b->code_size)
        return b;
    th->faulted = b = block_at(t, offset);
    th->faulted_flushes = flushes;
    return b;
}

static void read_host_state(const ucontext_t *uc, struct host_state *host)
{
    /* ModRM's numbering of the registers, in terms of the kernel's. */
    static const uint8_t order[16] = {REG_RAX, REG_RCX, REG_RDX, REG_RBX, REG_RSP, REG_RBP,
                                      REG_RSI, REG_RDI, REG_R8,  REG_R9,  REG_R10, REG_R11,
                                      REG_R12, REG_R13, REG_R14, REG_R15};
    for (unsigned i = 0; i < 16; i++)
        host->gpr[i] = (uint64_t)uc->uc_mcontext.gregs[order[i]];
    memcpy(host->xmm, uc->uc_mcontext.fpregs->_xmm, sizeof host->xmm);
}

bool translator_fault(struct vcpu *v, void *ucontext, bool *handled)
{
    struct translator *t = v->translator;
    ucontext_t *uc = ucontext;
    greg_t *gregs = uc->uc_mcontext.gregs;
    *handled = false;
    if (t->options.interpret)
        return interpreter_fault(v, uc);
    if (!translator_owns(t, (uintptr_t)gregs[REG_RIP]))
        return false;
    uintptr_t depth = (uintptr_t)v->cpu.return_base - (uintptr_t)gregs[REG_CR2];
    if (depth <= RETURN_GUARD) {
        /* Too many calls without a return: forget the oldest predictions by starting over. */
        view_reset_returns(v, v->thread->view);
        gregs[REG_RSP] = (greg_t)(uintptr_t)v->cpu.return_sp;
        *handled = true;
        return true;
    }
    uint32_t offset = (uint32_t)((uintptr_t)gregs[REG_RIP] - (uintptr_t)t->rx);
    const struct block *b = faulting_block(t, v->thread, offset);
    struct host_state host;
    read_host_state(uc, &host);
    if (!b || !backend_recover(t->backend, t->maps + b->maps, b->maps_size, offset - b->code, b->pc,
                               &host, &v->cpu))
        return false;
    v->cpu.exit_reason = IR_EXIT_FAULT;
    v->cpu.exit_link = CPU_NO_LINK;
    v->cpu.return_sp = (void *)(uintptr_t)gregs[REG_RSP];
    gregs[REG_RIP] = (greg_t)(uintptr_t)(t->rx + t->stubs.unwind);
    return true;
}

void translator_miss_fault(struct vcpu *v)
{
    struct translator *t = v->translator;
    if (t->options.interpret)
        interpreter_miss_fault(v);
    uint32_t offset = (uint32_t)(v->cpu.saved_pc - (uintptr_t)t->rx);
    const struct block *b = faulting_block(t, v->thread, offset);
    if (!b || !backend_recover(t->backend, t->maps + b->maps, b->maps_size, offset - b->code, b->pc,
                               &v->cpu.saved, &v->cpu))
        die("internal error: no state for an access at code offset %#x", offset);
    v->cpu.exit_reason = IR_EXIT_FAULT;
    v->cpu.exit_link = CPU_NO_LINK;
    backend_unwind(t->rx + t->stubs.unwind, &v->cpu);
}

void translator_fault_leave(struct vcpu *v, const void *ucontext)
{
    const struct translator *t = v->translator;
    const ucontext_t *uc = ucontext;
    if (t->options.interpret)
        return;
    fp_set_mxcsr(uc->uc_mcontext.fpregs->mxcsr);
    backend_unwind(t->rx + t->stubs.unwind, &v->cpu);
}
