/*
 * Code that one hart writes and another executes: seen after the writer's fence, a message, and the
 * reader's fence.i.
 *
 * machine: -smp 2
 */
#include "program.h"

enum { ROUNDS = 1000 };
static uint32_t *code;
static volatile uint64_t asked, answered, result;

void hart_main(uint64_t id)
{
    for (uint64_t last = 0; id == 1;) {
        uint64_t now = __atomic_load_n(&asked, __ATOMIC_ACQUIRE);
        if (now == last)
            continue;
        last = now;
        fence_i();
        result = fetch((uint64_t)code);
        __atomic_store_n(&answered, now, __ATOMIC_RELEASE);
    }
}

int main(void)
{
    uint64_t sum = 0, own = 0;
    code = (uint32_t *)page_new();
    start_harts();
    for (unsigned i = 1; i <= ROUNDS; i++) {
        write_function(code, i);
        fence_i();
        if (i % 3 == 0)
            own += fetch((uint64_t)code);
        __atomic_store_n(&asked, i, __ATOMIC_RELEASE);
        while (__atomic_load_n(&answered, __ATOMIC_ACQUIRE) != i)
            ;
        sum += result;
    }
    check("the other hart", sum, ROUNDS * (ROUNDS + 1) / 2);
    check("this one", own, 166833);
    return (int)failures();
}
