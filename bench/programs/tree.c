/* calls: binary trees made with malloc, walked and freed recursively. */
#include "bench.h"

struct node {
    struct node *left, *right;
    uint32_t key;
};

static NOINLINE struct node *insert(struct node *t, uint32_t key)
{
    if (!t) {
        t = calloc(1, sizeof *t);
        t->key = key;
    } else if (key < t->key)
        t->left = insert(t->left, key);
    else
        t->right = insert(t->right, key);
    return t;
}

static NOINLINE uint64_t walk(const struct node *t, uint64_t h)
{
    if (!t) return h;
    return walk(t->right, mix(walk(t->left, h), t->key));
}

static NOINLINE void drop(struct node *t)
{
    if (!t) return;
    drop(t->left);
    drop(t->right);
    free(t);
}

int main(void)
{
    uint64_t h = 0;
    for (int round = 0; round < 120; round++) {
        struct node *t = NULL;
        for (int i = 0; i < 20000; i++) t = insert(t, (uint32_t)rnd());
        for (int i = 0; i < 5; i++) h = walk(t, h);
        drop(t);
    }
    return result(h);
}
