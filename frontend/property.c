/* The syntax of -cpu, which all guests share. */
#include "frontend/property.h"

#include <string.h>
#include <strings.h>

int property_switch(const char *value)
{
    static const char *const words[] = {"off", "on", "false", "true", "no", "yes", "0", "1"};
    for (int i = 0; i < 8; i++)
        if (!strcasecmp(value, words[i]))
            return i & 1;
    return -1;
}

bool property_next(char **rest, char **name, const char **value)
{
    char *item = strsep(rest, ",");
    if (!item)
        return false;
    char *equals = strchr(item, '=');
    *value = "on";
    if (equals) {
        *equals = 0;
        *value = equals + 1;
    } else if (*item == '+' || *item == '-') {
        *value = *item++ == '+' ? "on" : "off";
    }
    *name = item;
    return true;
}

bool property_listed(const char *name, const char *const *list, size_t n)
{
    for (size_t i = 0; i < n; i++)
        if (!strcasecmp(name, list[i]))
            return true;
    return false;
}
