/*
 * A lock of one word, which may lie in memory that a fork copies: 0 is free, so making it anew in the
 * child is a store. It is private to the process, not recursive, and keeps no owner.
 *
 * Source: U. Drepper, "Futexes are tricky", the second mutex.
 */
#ifndef FERRY_UTIL_LOCK_H
#define FERRY_UTIL_LOCK_H

#include <stdint.h>

/* Takes it, waiting where somebody else has it. */
void lock_take(uint32_t *lock);

/* Gives it back, and wakes one who waits. */
void lock_give(uint32_t *lock);

#endif
