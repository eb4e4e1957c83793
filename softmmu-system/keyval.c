/* The syntax of option arguments: see keyval.h. */
#include "softmmu-system/keyval.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

char *keyval_item(char **rest)
{
    char *item = *rest, *to = item;
    for (char *from = item; from; from++) {
        if (*from == ',' && *++from != ',') {
            *to = '\0';
            *rest = from;
            break;
        }
        *to++ = *from;
        if (!*from) {
            *rest = NULL;
            break;
        }
    }
    return item;
}

bool keyval_next(char **rest, char **name, char **value)
{
    *name = keyval_item(rest);
    if (!*name)
        return false;
    *value = strchr(*name, '=');
    if (*value)
        *(*value)++ = '\0';
    return true;
}

bool keyval_switch(const char *text, bool *out)
{
    static const char *const words[] = {"off", "on", "no", "yes", "false", "true", "n", "y"};
    for (unsigned i = 0; text && i < sizeof words / sizeof *words; i++)
        if (!strcmp(text, words[i])) {
            *out = i & 1;
            return true;
        }
    return false;
}

bool keyval_number(const char *text, uint64_t *out)
{
    char *end;
    if (!text || *text < '0' || *text > '9')
        return false;
    errno = 0;
    *out = strtoull(text, &end, 0);
    return !errno && !*end;
}

bool keyval_size(const char *text, uint64_t unit, uint64_t *out)
{
    static const char suffixes[] = "bkmgtpe";
    char *end;
    if (!text || *text < '0' || *text > '9')
        return false;
    errno = 0;
    uint64_t number = strtoull(text, &end, 0);
    double fraction = *end == '.' ? strtod(end, &end) : 0;
    if (*end) {
        const char *s = strchr(suffixes, *end | 0x20);
        if (!s)
            return false;
        unit = UINT64_C(1) << 10 * (s - suffixes);
        end++;
        if (unit > 1 && (*end == 'B' || !strcmp(end, "iB")))
            end += strlen(end);
    }
    return !errno && !*end && !__builtin_mul_overflow(number, unit, out) &&
           !__builtin_add_overflow(*out, (uint64_t)(fraction * (double)unit), out);
}
