/*
 * A line editor for a terminal at the other end of a byte stream: cursor, history, completion. It
 * knows nothing of the monitor; bytes come in, echo goes out.
 */
#ifndef FERRY_SOFTMMU_SYSTEM_MONITOR_LINE_H
#define FERRY_SOFTMMU_SYSTEM_MONITOR_LINE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum { LINE_MAX_LENGTH = 1024, LINE_HISTORY = 64 };

struct line_editor {
    const char *prompt;
    void (*echo)(struct line_editor *e, const char *text, size_t n);
    /* The tail that completes `text`, of which the first `n` bytes count, into tail; false: nothing
     * to add. */
    bool (*complete)(struct line_editor *e, const char *text, size_t n, char *tail, size_t size);
    char text[LINE_MAX_LENGTH]; /* ends with 0 */
    unsigned length, cursor;
    char *history[LINE_HISTORY]; /* newest first */
    unsigned shown;              /* 0: the line is new; else history[shown - 1] is shown */
    unsigned escape;             /* where in an escape sequence we are */
    unsigned parameter;          /* its number */
};

/* Prints the prompt and what is typed so far. */
void line_show(struct line_editor *e);

/* Forgets what is typed so far, with no echo. */
void line_reset(struct line_editor *e);

/*
 * One byte of input. True: a line is complete, in e->text (without its end) until the next call,
 * and in the history.
 */
bool line_byte(struct line_editor *e, uint8_t byte);

#endif
