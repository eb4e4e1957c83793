/* Names of core files (core(5)), and the host's own core out of their way. For core.c. */
#ifndef FERRY_LINUX_USER_CORE_PATTERN_H
#define FERRY_LINUX_USER_CORE_PATTERN_H

#include <stdbool.h>
#include <stddef.h>

struct task;

/* The host's core_pattern, with core_uses_pid. False if it is no file's name. */
bool core_pattern_of_host(char *pattern, size_t size);

/* Replaces the specifiers of `pattern` for a death by `signal` in thread `t`. */
void core_pattern_expand(const char *pattern, const struct task *t, int signal, char *text,
                         size_t size);

/*
 * Sees to it that a core of this process which the host's kernel is about to write with a relative
 * name comes to nothing. Changes the working directory. False, and nothing is changed, if it cannot.
 */
bool core_pattern_step_aside(void);

#endif
