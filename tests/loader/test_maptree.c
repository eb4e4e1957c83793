/* The tree of mappings against a plain array of pages, and searches for holes against a scan. */
#include <criterion/criterion.h>
#include <stdlib.h>
#include <string.h>

#include "linux-user/maptree.h"

enum { PAGES = 400 };

static uint64_t state = 88172645463325252;

static unsigned random_below(unsigned n)
{
    state ^= state << 13;
    state ^= state >> 7;
    state ^= state << 17;
    return (unsigned)(state % n);
}

struct page {
    bool used;
    uint32_t prot, flags;
};

static void compare(const struct maptree *t, const struct page *model)
{
    uint64_t bytes = 0, data = 0;
    for (uint64_t i = 0; i < PAGES; i++) {
        const struct map_node *n = maptree_at_or_above(t, i << 12);
        struct map_node copy;
        bool used = n && n->start <= i << 12;
        cr_assert_eq(used, model[i].used, "page %llu", (unsigned long long)i);
        cr_assert_eq(maptree_read(t, i << 12, &copy), used);
        if (!used)
            continue;
        cr_assert_eq(n->prot, model[i].prot);
        cr_assert_eq(n->flags, model[i].flags);
        cr_assert_eq(copy.start, n->start);
        const uint32_t not_data = MAP_IS_FOREIGN | MAP_IS_SHARED | MAP_IS_GROWING;
        bytes += model[i].flags & MAP_IS_FOREIGN ? 0 : 4096;
        data += (model[i].flags & not_data) || !(model[i].prot & 2 /* PROT_WRITE */) ? 0 : 4096;
    }
    cr_assert_eq(t->bytes, bytes);
    cr_assert_eq(t->data, data);
}

/* Another protection for the whole range at a page, or a part of it. */
static void protect(struct maptree *t, struct page *model, unsigned page)
{
    struct map_node *n = maptree_at_or_above(t, (uint64_t)page << 12);
    if (!n)
        return;
    uint32_t prot = random_below(8);
    unsigned start = (unsigned)(n->start >> 12), end = (unsigned)(n->end >> 12);
    start += random_below(3) ? 0 : random_below(end - start);
    end -= random_below(3) ? 0 : random_below(end - start);
    maptree_protect(t, n, (uint64_t)start << 12, (uint64_t)end << 12, prot);
    for (unsigned i = start; i < end; i++)
        model[i].prot = prot;
}

/* The highest hole, the slow way. */
static uint64_t scan(const struct page *model, unsigned size, unsigned low, unsigned high)
{
    for (unsigned at = high >= size ? high - size + 1 : 0; at-- > low;) {
        unsigned n = 0;
        while (n < size && !model[at + n].used)
            n++;
        if (n == size)
            return at;
    }
    return 0;
}

Test(maptree, agrees_with_an_array)
{
    static struct maptree t;
    static struct page model[PAGES + 1];
    for (int round = 0; round < 20000; round++) {
        unsigned a = 1 + random_below(PAGES - 1), b = 1 + random_below(PAGES - 1);
        unsigned start = a < b ? a : b, end = (a < b ? b : a) + 1;
        if (random_below(3))
            end = start + 1 + random_below(8) < end ? start + 1 + random_below(8) : end;
        if (random_below(3)) {
            uint32_t prot = random_below(8), flags = 1u << random_below(7);
            maptree_set(&t, (uint64_t)start << 12, (uint64_t)end << 12, prot, flags);
            for (unsigned i = start; i < end; i++)
                model[i] = (struct page){true, prot, flags};
        } else {
            maptree_clear(&t, (uint64_t)start << 12, (uint64_t)end << 12);
            for (unsigned i = start; i < end; i++)
                model[i].used = false;
        }
        protect(&t, model, random_below(PAGES));
        unsigned size = 1 + random_below(10), low = 1 + random_below(PAGES / 2);
        unsigned high = low + random_below(PAGES - low);
        uint64_t hole =
            maptree_gap(&t, (uint64_t)size << 12, (uint64_t)low << 12, (uint64_t)high << 12);
        cr_assert_eq(hole >> 12, scan(model, size, low, high), "round %d", round);
        if (round % 16 == 0)
            compare(&t, model);
    }
}

Test(maptree, neighbours_become_one)
{
    static struct maptree t;
    for (uint64_t i = 1; i <= 1000; i++)
        maptree_set(&t, i << 12, (i + 1) << 12, 3, 0);
    cr_assert_eq(t.count, 1);
    for (uint64_t i = 2; i < 1000; i += 2)
        maptree_set(&t, i << 12, (i + 1) << 12, 1, 0);
    cr_assert_eq(t.count, 999);
    for (uint64_t i = 2; i < 1000; i += 2)
        maptree_protect(&t, maptree_at_or_above(&t, i << 12), i << 12, (i + 1) << 12, 3);
    cr_assert_eq(t.count, 1);
    for (uint64_t i = 2; i < 1000; i += 2)
        maptree_protect(&t, maptree_at_or_above(&t, i << 12), i << 12, (i + 1) << 12, 1);
    cr_assert_eq(t.count, 999);
    maptree_clear(&t, 0, 2000 << 12);
    cr_assert_eq(t.count, 0);
    cr_assert_eq(t.bytes, 0);
}
