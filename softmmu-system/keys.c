/* Options' texts, item by item. */
#include "softmmu-system/keys.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "softmmu-system/keyval.h"
#include "util/log.h"

bool keys_fail(char *error, size_t error_size, const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    vsnprintf(error, error_size, format, arguments);
    va_end(arguments);
    return false;
}

static const struct key_row *find(const char *name, const struct key_row *rows, unsigned nrows)
{
    for (unsigned i = 0; i < nrows; i++)
        if (strcmp(rows[i].name, name) == 0)
            return &rows[i];
    return NULL;
}

static bool unknown(const char *what, const char *name, const struct key_row *rows, unsigned nrows,
                    char *error, size_t error_size)
{
    char known[400] = "";
    size_t used = 0;
    for (unsigned i = 0; i < nrows && used < sizeof known; i++)
        used += snprintf(known + used, sizeof known - used, " %s", rows[i].name);
    return keys_fail(error, error_size, "%s: unknown option '%s' (known:%s)", what, name, known);
}

static bool store(const char *what, const struct key_row *row, const char *value, void *to,
                  char *error, size_t error_size)
{
    void *at = (char *)to + row->offset;
    char *end;
    switch (row->kind) {
    case KEY_TEXT:
        *(const char **)at = value;
        return true;
    case KEY_BOOL:
        if (!keyval_switch(value, at))
            return keys_fail(error, error_size, "%s: %s=%s: must be on or off", what, row->name,
                             value);
        return true;
    case KEY_NUMBER:
        *(int64_t *)at = strtoll(value, &end, 0);
        if (!*value || *end)
            return keys_fail(error, error_size, "%s: %s=%s: must be a number", what, row->name,
                             value);
        return true;
    case KEY_LIST:;
        struct key_list *list = at;
        if (list->n == KEY_LIST_MAX)
            return keys_fail(error, error_size, "%s: too many %s=", what, row->name);
        list->item[list->n++] = value;
        return true;
    }
    return false;
}

bool keys_parse(const char *what, const char *text, const char *first, const struct key_row *rows,
                unsigned nrows, void *to, char *error, size_t error_size)
{
    char *rest = strdup(text), *item;
    if (!rest)
        die("out of memory");
    for (bool leading = true; (item = keyval_item(&rest)); leading = false) {
        char *equals = strchr(item, '=');
        const struct key_row *row;
        const char *value;
        /* A path may hold '=': only a known name in front of it makes it a pair. */
        if (leading && first && *item && !(equals && memchr(item, '/', equals - item) == NULL)) {
            row = find(first, rows, nrows);
            value = item;
        } else if (!*item) {
            continue;
        } else if (equals) {
            *equals = 0;
            row = find(item, rows, nrows);
            value = equals + 1;
        } else if ((row = find(item, rows, nrows)) && row->kind == KEY_BOOL) {
            value = "on";
        } else if (strncmp(item, "no", 2) == 0 && (row = find(item + 2, rows, nrows)) &&
                   row->kind == KEY_BOOL) {
            value = "off";
        } else {
            value = "";
        }
        if (!row)
            return unknown(what, item, rows, nrows, error, error_size);
        if (!store(what, row, value, to, error, error_size))
            return false;
    }
    return true;
}
