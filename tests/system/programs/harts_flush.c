/*
 * Harts that write and execute new code all the time, more than a small code cache holds: it is emptied while
 * one of them runs and the other is about to change code.
 *
 * machine: -smp 2
 * ferry: -accel tcg,tb-size=1
 * qemu: -accel tcg
 */
#include "program.h"

enum { ROUNDS = 40000, SLOTS = 1024, WORDS = 16 };
static uint32_t *code[2];
static volatile uint64_t done;

static uint64_t work(uint64_t id)
{
    uint64_t sum = 0;
    for (unsigned i = 0; i < ROUNDS; i++) {
        uint32_t *slot = code[id] + i % SLOTS * WORDS;
        write_function(slot, i % 1000 + 1);
        fence_i();
        sum += fetch((uint64_t)slot);
    }
    return sum;
}

void hart_main(uint64_t id)
{
    if (id == 1)
        __atomic_store_n(&done, work(1), __ATOMIC_RELEASE);
    for (;;)
        asm volatile("wfi");
}

int main(void)
{
    static uint32_t first[SLOTS * WORDS], second[SLOTS * WORDS];
    code[0] = first;
    code[1] = second;
    start_harts();
    check("this hart", work(0), ROUNDS / 1000 * 500500ull);
    while (!__atomic_load_n(&done, __ATOMIC_ACQUIRE))
        asm volatile("pause");
    check("the other hart", done, ROUNDS / 1000 * 500500ull);
    return (int)failures();
}
