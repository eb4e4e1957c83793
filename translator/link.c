/*
 * Linking: an exit of one block, a patchable rel32, is made to lead straight to another block.
 *
 *     before   jcc thunk   ...   thunk: call stub.link; .long exit
 *     after    jcc block
 *
 * Every block has a list of the exits linked to it, so that it can be taken out of use by patching
 * them back. Two threads may link and kill at once; the order of steps keeps them from missing each
 * other: a linker first pushes the exit on the list, then patches, then looks whether the block has
 * died; a killer first marks the block dead, then takes the list. Whoever comes second undoes.
 */
#include "translator/internal.h"

static void patch(struct translator *t, const struct exit_record *e, uint32_t to)
{
    /* One aligned store within a cache line: other threads run the old or the new jump. */
    uint32_t displacement = to - (e->patch + 4);
    __atomic_store_n((uint32_t *)(t->rw + e->patch), displacement, __ATOMIC_RELEASE);
}

void unlink_incoming(struct translator *t, struct block *b)
{
    uint32_t link = atomic_exchange(&b->incoming, 0);
    while (link) {
        struct exit_record *e = &t->exits[link - 1];
        uint32_t next = e->next;
        patch(t, e, e->thunk);
        atomic_store(&e->linked, 0);
        link = next;
    }
}

void link_exit(struct translator *t, uint32_t exit, struct block *to)
{
    struct exit_record *e = &t->exits[exit];
    uint32_t free = 0;
    if (t->options.no_chain || !block_is_whole(to) || !atomic_compare_exchange_strong(&e->linked, &free, 1))
        return;
    uint32_t head = atomic_load(&to->incoming);
    do
        e->next = head;
    while (!atomic_compare_exchange_weak(&to->incoming, &head, exit + 1));
    patch(t, e, to->code);
    if (atomic_load(&to->dead))
        unlink_incoming(t, to);
}

/* A block's exits whose targets exist already are linked before anybody runs it. */
void link_new(struct translator *t, const struct block *b, uint32_t first, unsigned n)
{
    for (uint32_t i = first; i < first + n; i++) {
        /* In a machine, exits are to the same page. */
        uint64_t target = t->exits[i].target;
        struct block_key key = {target, b->backing + (target - b->pc), b->mode};
        struct block *to = table_find(t, &key);
        if (to)
            link_exit(t, i, to);
    }
}
