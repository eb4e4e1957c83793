/* Errors and the log. Formatting is bounded by a stack buffer: no allocation, any thread, any time.
 */
#include "util/log.h"

#include <errno.h>
#include <fcntl.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

uint32_t log_mask;
void (*log_bug_hook)(void);
void (*log_die_hook)(void);
const char *log_program = "ferry";
static int log_descriptor = STDERR_FILENO;

static const char *const item_names[LOG_INDEX_COUNT] = {
#define X(bit, name, help) name,
    LOG_ITEMS(X)
#undef X
};

const char *log_select(const char *list)
{
    while (*list) {
        size_t n = strcspn(list, ",");
        int i = 0;
        while (i < LOG_INDEX_COUNT &&
               (strlen(item_names[i]) != n || memcmp(item_names[i], list, n) != 0))
            i++;
        if (i == LOG_INDEX_COUNT)
            return list;
        log_mask |= 1u << i;
        list += n + (list[n] == ',');
    }
    return NULL;
}

static int open_log(const char *path, int flags)
{
    char name[4096];
    const char *mark = strstr(path, "%d");
    if (mark)
        snprintf(name, sizeof name, "%.*s%d%s", (int)(mark - path), path, (int)getpid(), mark + 2);
    else
        snprintf(name, sizeof name, "%s", path);
    int fd = open(name, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC | flags, 0666);
    if (fd < 0)
        return errno;
    log_descriptor = fd;
    return 0;
}

int log_open(const char *path)
{
    return open_log(path, O_TRUNC);
}

int log_append(const char *path)
{
    return open_log(path, 0);
}

void log_move(int fd)
{
    log_descriptor = fd;
}

static struct {
    uint64_t start, end;
} filter[32];
static unsigned filters;

static bool parse_range(const char **text, uint64_t *start, uint64_t *end)
{
    char *p;
    *start = strtoull(*text, &p, 0);
    if (p == *text)
        return false;
    const char *second = p + (p[0] == '.' && p[1] == '.' ? 2 : 1);
    uint64_t value = strtoull(second, (char **)text, 0);
    if (*text == second)
        return false;
    *end = *p == '.' ? value + 1 : *p == '+' ? *start + value : *start + 1;
    if (*p == '-')
        *start -= value - 1;
    return (*p == '.' || *p == '+' || *p == '-') && *start < *end;
}

bool log_set_filter(const char *list)
{
    for (filters = 0; *list; filters++) {
        if (filters == sizeof filter / sizeof *filter ||
            !parse_range(&list, &filter[filters].start, &filter[filters].end) ||
            (*list && *list++ != ','))
            return false;
    }
    return filters != 0;
}

bool log_in_filter(uint64_t address)
{
    for (unsigned i = 0; i < filters; i++)
        if (address - filter[i].start < filter[i].end - filter[i].start)
            return true;
    return !filters;
}

int log_fd(void)
{
    return log_descriptor;
}

static void write_all(int fd, const char *text, size_t n)
{
    while (n) {
        ssize_t done = write(fd, text, n);
        if (done < 0) {
            if (errno == EINTR)
                continue;
            return;
        }
        text += done;
        n -= (size_t)done;
    }
}

void log_print(const char *format, ...)
{
    char text[4096];
    va_list ap;
    va_start(ap, format);
    int n = vsnprintf(text, sizeof text, format, ap);
    va_end(ap);
    int saved = errno;
    if (n > 0)
        write_all(log_descriptor, text, (size_t)n < sizeof text ? (size_t)n : sizeof text - 1);
    errno = saved;
}

static void message(const char *prefix, const char *format, va_list ap)
{
    char text[2048];
    int n = snprintf(text, sizeof text, "%s: %s", log_program, prefix);
    int m = vsnprintf(text + n, sizeof text - (size_t)n - 1, format, ap);
    if (m > 0)
        n += m;
    if ((size_t)n > sizeof text - 2)
        n = sizeof text - 2;
    text[n++] = '\n';
    write_all(STDERR_FILENO, text, (size_t)n);
}

void warn(const char *format, ...)
{
    va_list ap;
    va_start(ap, format);
    message("", format, ap);
    va_end(ap);
}

void die(const char *format, ...)
{
    va_list ap;
    va_start(ap, format);
    message("", format, ap);
    va_end(ap);
    if (log_die_hook)
        log_die_hook();
    _exit(1);
}

void bug_at(const char *file, int line, const char *format, ...)
{
    char prefix[256];
    snprintf(prefix, sizeof prefix, "internal error at %s:%d: ", file, line);
    va_list ap;
    va_start(ap, format);
    message(prefix, format, ap);
    va_end(ap);
    if (log_bug_hook)
        log_bug_hook();
    abort();
}
