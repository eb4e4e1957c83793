/*
 * The syntax of option arguments: "FIRST,name=value,name,...", and the values in them. Two commas
 * are one that belongs to a value.
 */
#ifndef FERRY_SOFTMMU_SYSTEM_KEYVAL_H
#define FERRY_SOFTMMU_SYSTEM_KEYVAL_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Cuts the next item off *rest in place (which is NULL behind the last one). NULL: none is left. */
char *keyval_item(char **rest);

/* The same, taken apart: its name, and its value, NULL where it has none. False: none is left. */
bool keyval_next(char **rest, char **name, char **value);

/* on off yes no true false y n; false: none of these. */
bool keyval_switch(const char *text, bool *out);

/* A number in C's notation. */
bool keyval_number(const char *text, uint64_t *out);

/* Bytes, with a suffix k M G T (of 1024), "1.5G"; without one in units of `unit` bytes. */
bool keyval_size(const char *text, uint64_t unit, uint64_t *out);

#endif
