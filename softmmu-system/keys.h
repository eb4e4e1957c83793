/*
 * Texts of the form first,name=value,name=value as options give them, read by a table. A doubled
 * comma stands for one in a value; NAME alone means NAME=on, noNAME NAME=off.
 */
#ifndef FERRY_SOFTMMU_SYSTEM_KEYS_H
#define FERRY_SOFTMMU_SYSTEM_KEYS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum key_kind {
    KEY_TEXT,   /* const char * */
    KEY_BOOL,   /* bool; on yes true, off no false */
    KEY_NUMBER, /* int64_t; decimal, 0x or 0 */
    KEY_LIST,   /* struct key_list; may be given several times */
};

enum { KEY_LIST_MAX = 64 };

struct key_list {
    const char *item[KEY_LIST_MAX];
    unsigned n;
};

struct key_row {
    const char *name;
    enum key_kind kind;
    size_t offset; /* in the structure that is filled */
};

/*
 * Fills `to` by `rows`; what the text does not name stays as it is. `first` is the row that a first
 * item without '=' sets; NULL: it has none. `what` begins the error's line. Texts are copies that
 * nobody frees: they live as long as the options. False with a one-line reason.
 */
bool keys_parse(const char *what, const char *text, const char *first, const struct key_row *rows,
                unsigned nrows, void *to, char *error, size_t error_size);

/* Writes a reason; always false, so that a function can end with it. */
__attribute__((format(printf, 3, 4))) bool keys_fail(char *error, size_t error_size,
                                                     const char *format, ...);

#endif
