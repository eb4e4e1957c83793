/* The syntax of -cpu, which all guests share: "MODEL,name=on,name=off,+name,-name,name". */
#ifndef FERRY_FRONTEND_PROPERTY_H
#define FERRY_FRONTEND_PROPERTY_H

#include <stdbool.h>
#include <stddef.h>

/* 1 for on, true, yes, 1; 0 for their contraries; -1 for anything else. */
int property_switch(const char *value);

/*
 * Takes the next property off *rest, which is changed (NULL at the end). Without a value it is "on".
 * Returns false when there is none left.
 */
bool property_next(char **rest, char **name, const char **value);

/* True if `name` is in the list, in whatever case. */
bool property_listed(const char *name, const char *const *list, size_t n);

#endif
