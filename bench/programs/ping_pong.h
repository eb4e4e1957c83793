/* Two parties that hand a word to and fro by futex: FUTEX_WAKE the other, FUTEX_WAIT for one's turn. */
#ifndef BENCH_PING_PONG_H
#define BENCH_PING_PONG_H

#include <linux/futex.h>
#include <sched.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "bench.h"

struct ping_pong {
    uint32_t turn;
    int flag; /* FUTEX_PRIVATE_FLAG or 0 */
    uint64_t hash;
};

enum { ROUNDS = 100000 };

static inline void play(struct ping_pong *g, uint32_t me)
{
    for (uint32_t i = 0; i < ROUNDS; i++) {
        uint32_t seen;
        while ((seen = __atomic_load_n(&g->turn, __ATOMIC_ACQUIRE)) % 2 != me)
            syscall(SYS_futex, &g->turn, FUTEX_WAIT | g->flag, seen, NULL, NULL, 0);
        g->hash = mix(g->hash, seen);
        __atomic_store_n(&g->turn, seen + 1, __ATOMIC_RELEASE);
        syscall(SYS_futex, &g->turn, FUTEX_WAKE | g->flag, 1, NULL, NULL, 0);
    }
}

/* On one processor each turn is a switch, whatever else the machine does. */
static inline void one_processor(void)
{
    cpu_set_t set;
    CPU_ZERO(&set);
    CPU_SET(sched_getcpu(), &set);
    sched_setaffinity(0, sizeof set, &set);
}

#endif
