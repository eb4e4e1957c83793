/*
 * AArch64 ignores the top byte of data addresses: loads, stores, pairs, atomics and vector accesses
 * work through tagged pointers, and a pointer that is tagged stays so. Elsewhere the answers that it
 * must give stand beside the questions.
 */
#include "guest.h"

#ifdef __aarch64__
#define TAG(p, tag) ((__typeof__(p))((uintptr_t)(p) | (uintptr_t)(tag) << 56))
#else
#define TAG(p, tag) (p)
#endif

static volatile long words[64];

int main(void)
{
    long sum = 0;
    for (int i = 0; i < 64; i++)
        words[i] = i;
    for (int i = 0; i < 64; i++) /* the first access after many untagged ones */
        sum += *TAG(&words[i], i * 4 + 1);
    SHOW(sum);
    volatile long *p = TAG(&words[3], 0x5a);
    *p = 77;
    SHOW(words[3]);
    SHOW(__atomic_fetch_add(p, 5, __ATOMIC_SEQ_CST));
    SHOW(words[3]);
    char *text = TAG((char *)words, 0xff);
    strcpy(text, "copied through a tagged pointer");
    SHOW((int)strlen(text));
    puts((char *)words);
    memset(text, 1, 100);
    SHOW(words[5]);
    bool kept = text == TAG((char *)words, 0xff);
    SHOW(kept);
    return 0;
}
