/*
 * The keys are those of a shell: arrows, Home and End, Control-A E B F D H K U W P N, Tab.
 * (Control-A has to be typed twice behind a mux.) Typing at the end of a line echoes the byte and
 * nothing else, so that programs that drive a monitor read what they sent.
 */
#include "softmmu-system/monitor_line.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { CONTROL = 0x1f, BACKSPACE = 0x7f, ESC = 0x1b };
enum { NO_ESCAPE, AFTER_ESC, AFTER_BRACKET };

static void echo(struct line_editor *e, const char *text)
{
    e->echo(e, text, strlen(text));
}

/* Moves the terminal's cursor, not ours. */
static void move_left(struct line_editor *e, unsigned n)
{
    char text[16];
    if (n) {
        snprintf(text, sizeof text, "\033[%uD", n);
        echo(e, text);
    }
}

static void move_to(struct line_editor *e, unsigned cursor)
{
    if (cursor < e->cursor)
        move_left(e, e->cursor - cursor);
    else
        e->echo(e, e->text + e->cursor, cursor - e->cursor);
    e->cursor = cursor;
}

/* Writes what stands behind the cursor anew, and goes back. */
static void redraw_tail(struct line_editor *e)
{
    echo(e, e->text + e->cursor);
    echo(e, "\033[K");
    move_left(e, e->length - e->cursor);
}

void line_show(struct line_editor *e)
{
    echo(e, e->prompt);
    echo(e, e->text);
    move_left(e, e->length - e->cursor);
}

void line_reset(struct line_editor *e)
{
    e->text[0] = 0;
    e->length = e->cursor = e->shown = e->escape = 0;
}

static void insert(struct line_editor *e, const char *text, size_t n)
{
    if (e->length + n >= LINE_MAX_LENGTH)
        return;
    memmove(e->text + e->cursor + n, e->text + e->cursor, e->length - e->cursor + 1);
    memcpy(e->text + e->cursor, text, n);
    e->length += n;
    e->cursor += n;
    e->echo(e, text, n);
    if (e->cursor < e->length)
        redraw_tail(e);
}

/* Removes [from, to) and leaves the cursor there. */
static void erase(struct line_editor *e, unsigned from, unsigned to)
{
    if (from >= to || to > e->length)
        return;
    move_to(e, from);
    memmove(e->text + from, e->text + to, e->length - to + 1);
    e->length -= to - from;
    redraw_tail(e);
}

static void replace(struct line_editor *e, const char *text)
{
    move_to(e, 0);
    e->length = e->cursor = strlen(text);
    memcpy(e->text, text, e->length + 1);
    echo(e, text);
    echo(e, "\033[K");
}

/* To an older line (1) or a newer one (-1). */
static void browse(struct line_editor *e, int direction)
{
    unsigned to = e->shown + direction;
    if ((direction < 0 && !e->shown) || to > LINE_HISTORY || (to && !e->history[to - 1]))
        return;
    e->shown = to;
    replace(e, to ? e->history[to - 1] : "");
}

static void remember(struct line_editor *e)
{
    if (!e->length || (e->history[0] && strcmp(e->history[0], e->text) == 0))
        return;
    free(e->history[LINE_HISTORY - 1]);
    memmove(e->history + 1, e->history, (LINE_HISTORY - 1) * sizeof *e->history);
    e->history[0] = strdup(e->text);
}

static unsigned word_start(const struct line_editor *e)
{
    unsigned at = e->cursor;
    while (at && e->text[at - 1] == ' ')
        at--;
    while (at && e->text[at - 1] != ' ')
        at--;
    return at;
}

static void complete(struct line_editor *e)
{
    char tail[LINE_MAX_LENGTH];
    if (e->complete && e->complete(e, e->text, e->cursor, tail, sizeof tail))
        insert(e, tail, strlen(tail));
}

static void left(struct line_editor *e)
{
    if (e->cursor)
        move_to(e, e->cursor - 1);
}

static void right(struct line_editor *e)
{
    if (e->cursor < e->length)
        move_to(e, e->cursor + 1);
}

/* The end of a sequence ESC [ parameter final. */
static void escape_key(struct line_editor *e, uint8_t final)
{
    switch (final == '~' ? "?H??F??HF"[e->parameter < 9 ? e->parameter : 0] : final) {
    case 'A':
        browse(e, 1);
        break;
    case 'B':
        browse(e, -1);
        break;
    case 'C':
        right(e);
        break;
    case 'D':
        left(e);
        break;
    case 'H':
        move_to(e, 0);
        break;
    case 'F':
        move_to(e, e->length);
        break;
    default:
        if (final == '~' && e->parameter == 3)
            erase(e, e->cursor, e->cursor + 1);
    }
}

static void control_key(struct line_editor *e, uint8_t letter)
{
    switch (letter) {
    case 'A':
        move_to(e, 0);
        break;
    case 'E':
        move_to(e, e->length);
        break;
    case 'B':
        left(e);
        break;
    case 'F':
        right(e);
        break;
    case 'P':
        browse(e, 1);
        break;
    case 'N':
        browse(e, -1);
        break;
    case 'D':
        erase(e, e->cursor, e->cursor + 1);
        break;
    case 'H':
        if (e->cursor)
            erase(e, e->cursor - 1, e->cursor);
        break;
    case 'K':
        erase(e, e->cursor, e->length);
        break;
    case 'U':
        erase(e, 0, e->cursor);
        break;
    case 'W':
        erase(e, word_start(e), e->cursor);
        break;
    case 'I':
        complete(e);
        break;
    case 'L':
        echo(e, "\033[2J\033[H");
        line_show(e);
        break;
    case 'C':
        move_to(e, e->length);
        echo(e, "^C\n");
        line_reset(e);
        line_show(e);
        break;
    }
}

/* A byte inside an escape sequence. */
static void escape_byte(struct line_editor *e, uint8_t byte)
{
    if (e->escape == AFTER_ESC) {
        e->escape = byte == '[' || byte == 'O' ? AFTER_BRACKET : NO_ESCAPE;
        e->parameter = 0;
    } else if (byte >= '0' && byte <= '9') {
        e->parameter = e->parameter % 100 * 10 + byte - '0';
    } else if (byte >= 0x40) { /* others are further parameters */
        e->escape = NO_ESCAPE;
        escape_key(e, byte);
    }
}

bool line_byte(struct line_editor *e, uint8_t byte)
{
    if (e->escape != NO_ESCAPE) {
        escape_byte(e, byte);
    } else if (byte == '\r' || byte == '\n') {
        echo(e, "\n");
        remember(e);
        return true;
    } else if (byte == ESC) {
        e->escape = AFTER_ESC;
    } else if (byte == BACKSPACE) {
        control_key(e, 'H');
    } else if (byte <= CONTROL) {
        control_key(e, byte + '@');
    } else {
        insert(e, (const char *)&byte, 1);
    }
    return false;
}
