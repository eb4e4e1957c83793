/*
 * Views: what a thread believes about where guest pcs lead, without asking the block table. A view
 * is a jump table (struct cpu_jump) and a stack of predicted returns.
 *
 * In a process there is one, struct cpu's own, and it is wrong only where a block has died. In a
 * machine what a pc leads to depends on privilege, address space and mode: a view for each, and
 * whoever changes mappings makes the views forget. Predictions of returns lead into callers'
 * blocks, whose exits to their own page are fixed, so they are forgotten too.
 */
#include "translator/internal.h"

#include <sys/mman.h>

enum { SENTINEL_ROOM = 64 };

static void *map_private(size_t size)
{
    void *p = mmap(NULL, size, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE,
                   -1, 0);
    return p == MAP_FAILED ? NULL : p;
}

void view_clear_jumps(struct translator_view *view)
{
    /* (entry 0 may hold pc 0, which elsewhere means empty) */
    for (unsigned i = 0; i < CPU_JUMP_CACHE; i++)
        if (!i || __atomic_load_n(&view->jumps[i].pc, __ATOMIC_RELAXED))
            __atomic_store_n(&view->jumps[i].pc, jump_cache_empty(i), __ATOMIC_RELAXED);
}

void view_reset_returns(struct vcpu *v, struct translator_view *view)
{
    uint64_t *top = view->return_top;
    for (unsigned i = 0; i < 8; i += 2) {
        top[i] = (uintptr_t)(v->translator->rx + v->translator->stubs.empty);
        top[i + 1] = RETURN_SENTINEL;
    }
    view->return_sp = top;
    if (view == v->thread->view)
        v->cpu.return_sp = top;
}

static bool create_return_stack(struct vcpu *v, struct translator_view *view)
{
    uint8_t *p = map_private(RETURN_STACK + 2 * RETURN_GUARD);
    if (!p)
        return false;
    mprotect(p, RETURN_GUARD, PROT_NONE);
    mprotect(p + RETURN_GUARD + RETURN_STACK, RETURN_GUARD, PROT_NONE);
    view->mapping = p;
    view->return_base = p + RETURN_GUARD;
    view->return_top = p + RETURN_GUARD + RETURN_STACK - SENTINEL_ROOM;
    view_reset_returns(v, view);
    return true;
}

static void use(struct vcpu *v, struct translator_view *view)
{
    v->thread->view = view;
    v->cpu.jumps = view->jumps;
    v->cpu.return_base = view->return_base;
    v->cpu.return_top = view->return_top;
    v->cpu.return_sp = view->return_sp;
}

bool view_create_first(struct vcpu *v)
{
    struct translator_view *view = &v->thread->first;
    view->jumps = v->cpu.jump_cache;
    if (!create_return_stack(v, view))
        return false;
    use(v, view);
    atomic_store(&v->thread->views, view);
    return true;
}

struct translator_view *translator_view_first(struct vcpu *v)
{
    return &v->thread->first;
}

struct translator_view *translator_view_create(struct vcpu *v)
{
    struct translator_thread *th = v->thread;
    struct translator_view *view = map_private(sizeof *view + CPU_JUMP_CACHE * sizeof *view->jumps);
    if (!view)
        return NULL;
    view->jumps = (struct cpu_jump *)(view + 1);
    view->jumps[0].code = v->translator->rx + v->translator->stubs.null;
    if (!create_return_stack(v, view)) {
        munmap(view, sizeof *view + CPU_JUMP_CACHE * sizeof *view->jumps);
        return NULL;
    }
    registry_lock(v->translator);
    view->next = atomic_load(&th->views);
    atomic_store(&th->views, view);
    registry_unlock(v->translator);
    return view;
}

void views_free(struct translator_thread *th)
{
    struct translator_view *next;
    for (struct translator_view *view = atomic_load(&th->views); view; view = next) {
        next = view->next;
        munmap(view->mapping, RETURN_STACK + 2 * RETURN_GUARD);
        if (view != &th->first)
            munmap(view, sizeof *view + CPU_JUMP_CACHE * sizeof *view->jumps);
    }
}

void translator_view_select(struct vcpu *v, struct translator_view *view)
{
    v->thread->view->return_sp = v->cpu.return_sp;
    v->thread->mode = v->cpu.mode;
    use(v, view);
}

void translator_view_forget(struct vcpu *v, struct translator_view *view)
{
    view_clear_jumps(view);
    view_reset_returns(v, view);
}

static void forget_jump(struct translator_view *view, unsigned index, uint64_t page)
{
    if (view->jumps[index].pc >> PAGE_BITS == page >> PAGE_BITS)
        view->jumps[index].pc = jump_cache_empty(index);
}

void translator_view_forget_page(struct vcpu *v, struct translator_view *view, uint64_t page)
{
    uint64_t start = page >> PAGE_BITS << PAGE_BITS;
    unsigned first = cpu_jump_index(start);
    for (unsigned i = first; i < first + (1 << (PAGE_BITS - 1)); i++)
        forget_jump(view, i, page);
    /* A block that begins before the page may go on in it. */
    for (uint64_t pc = start - CPU_MAX_INSN + 1; pc != start; pc++)
        forget_jump(view, cpu_jump_index(pc), pc);
    view_reset_returns(v, view);
}

void views_forget(struct translator_thread *th)
{
    for (struct translator_view *view = atomic_load(&th->views); view; view = view->next)
        translator_view_forget(th->vcpu, view);
}
