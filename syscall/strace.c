/*
 * The trace of -strace and -d strace: one line a call, made from the call's row.
 *
 *     1234 openat(AT_FDCWD,"/etc/passwd",O_RDONLY|O_CLOEXEC) = 3
 *     1234 openat(AT_FDCWD,"/none",O_RDONLY) = -1 errno=2 (No such file or directory)
 *     1234 wait4(-1,0x3fffe0,0,NULL) <unfinished ...>
 *
 * The number is the thread's. A line is written when the call is over, whole, by one write, so that
 * lines of threads and processes do not mix. A call that is going to sleep, or not to return, is
 * also shown before it begins.
 *
 * To show a new kind: its row in kind.def; if none of the ways to show things fits, a new one in
 * enum show and in show_argument.
 */
#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include "syscall/host_number.h"
#include "syscall/names.h"
#include "syscall/table.h"
#include "util/log.h"

enum {
    LINE_MAX_SIZE = 8192,
    STRING_MAX = 4096,
    BUFFER_SHOWN = 32, /* bytes of data */
    ITEMS_SHOWN = 8,   /* of an array */
};

struct line {
    size_t length;
    char text[LINE_MAX_SIZE];
};

struct call {
    struct task *task;
    const struct row *row;
    const uint64_t *args;
    int64_t result;
    bool over; /* outputs are there to be shown */
};

__attribute__((format(printf, 2, 3))) static void add(struct line *l, const char *format, ...)
{
    va_list list;
    size_t room = sizeof l->text - l->length;
    va_start(list, format);
    int n = vsnprintf(l->text + l->length, room, format, list);
    va_end(list);
    if (n > 0)
        l->length += (size_t)n < room ? (size_t)n : room - 1;
}

/* ---- numbers ---- */

static void show_pointer(struct line *l, uint64_t value)
{
    if (value)
        add(l, "0x%llx", (unsigned long long)value);
    else
        add(l, "NULL");
}

static void show_name(struct line *l, const struct name_value *names, uint64_t value)
{
    for (; names->text; names++) {
        if (names->value == value) {
            add(l, "%s", names->text);
            return;
        }
    }
    add(l, "%#llx", (unsigned long long)value);
}

static void show_flags(struct line *l, const struct name_value *names, uint64_t value)
{
    uint64_t rest = value;
    const char *separator = "";
    for (; names->text && rest; names++) {
        if (names->value && (rest & names->value) == names->value) {
            add(l, "%s%s", separator, names->text);
            rest &= ~names->value;
            separator = "|";
        }
    }
    if (rest || !value)
        add(l, "%s%#llx", separator, (unsigned long long)rest);
}

static void show_oflags(struct line *l, const struct name_value *names, uint64_t value)
{
    if ((value & O_ACCMODE) == O_RDONLY) {
        add(l, "O_RDONLY");
        if (!value)
            return;
        add(l, "|");
    }
    show_flags(l, names, value);
}

static void show_signal(struct line *l, int signal)
{
    const char *name = signal > 0 && signal < SIGRTMIN ? sigabbrev_np(signal) : NULL;
    if (name)
        add(l, "SIG%s", name);
    else
        add(l, "%d", signal);
}

/* ---- bytes ---- */

static void show_bytes(struct line *l, const unsigned char *bytes, size_t size)
{
    add(l, "\"");
    for (size_t i = 0; i < size; i++) {
        unsigned char c = bytes[i];
        if (c == '\n')
            add(l, "\\n");
        else if (c == '\t')
            add(l, "\\t");
        else if (c == '"' || c == '\\')
            add(l, "\\%c", c);
        else if (c >= ' ' && c < 127)
            add(l, "%c", c);
        else
            add(l, "\\%o", c);
    }
    add(l, "\"");
}

static void show_string(struct line *l, struct task *task, uint64_t guest)
{
    char text[STRING_MAX];
    int64_t length = guest ? copy_in_string(task, text, guest, sizeof text) : -EFAULT;
    if (length < 0)
        show_pointer(l, guest);
    else
        show_bytes(l, (unsigned char *)text, (size_t)length);
}

static void show_buffer(struct line *l, struct task *task, uint64_t guest, uint64_t size)
{
    unsigned char bytes[BUFFER_SHOWN];
    size_t shown = size < sizeof bytes ? (size_t)size : sizeof bytes;
    if (!guest || copy_in(task, bytes, guest, shown) != 0) {
        show_pointer(l, guest);
        return;
    }
    show_bytes(l, bytes, shown);
    if (shown < size)
        add(l, "...");
}

static uint64_t word_at(struct task *task, uint64_t guest, bool *ok)
{
    uint64_t value = 0;
    *ok = copy_in(task, &value, guest, task_abi(task)->word) == 0;
    return value;
}

/* ---- arrays and structures ---- */

static void show_strings(struct line *l, struct task *task, uint64_t guest)
{
    unsigned word = task_abi(task)->word;
    bool ok;
    if (!guest) {
        add(l, "NULL");
        return;
    }
    add(l, "{");
    for (unsigned i = 0;; i++) {
        uint64_t string = word_at(task, guest + i * word, &ok);
        if (!ok || !string)
            break;
        if (i == ITEMS_SHOWN) {
            add(l, ",...");
            break;
        }
        add(l, i ? "," : "");
        show_string(l, task, string);
    }
    add(l, "}");
}

/* `total`: bytes that matter, of a call's result; UINT64_MAX: all. */
static void show_iov(struct line *l, struct task *task, uint64_t guest, uint64_t count,
                     uint64_t total)
{
    unsigned word = task_abi(task)->word;
    bool ok = true;
    if (count)
        word_at(task, guest, &ok);
    if (!ok) {
        show_pointer(l, guest);
        return;
    }
    add(l, "[");
    for (uint64_t i = 0; i < count && ok; i++) {
        if (i == ITEMS_SHOWN) {
            add(l, ",...");
            break;
        }
        uint64_t base = word_at(task, guest + 2 * i * word, &ok);
        uint64_t size = ok ? word_at(task, guest + (2 * i + 1) * word, &ok) : 0;
        uint64_t valid = size < total ? size : total;
        if (total != UINT64_MAX)
            total -= valid;
        add(l, i ? ",{" : "{");
        show_buffer(l, task, base, valid);
        add(l, ",%llu}", (unsigned long long)size);
    }
    add(l, "]");
}

static void show_field(struct line *l, char format, unsigned size, const unsigned char *at)
{
    uint64_t value = 0;
    memcpy(&value, at, size);
    if (format == 'd')
        add(l, "%lld", size == 4 ? (long long)(int32_t)value : (long long)value);
    else if (format == 'o')
        add(l, "%#llo", (unsigned long long)value);
    else if (format == 'x')
        add(l, "%#llx", (unsigned long long)value);
    else
        add(l, "%llu", (unsigned long long)value);
}

static void show_struct(struct line *l, struct task *task, enum struct_index layout, uint64_t guest)
{
    const struct struct_desc *s = &syscall_structs[layout];
    bool wide = task_abi(task)->word == 8;
    unsigned char bytes[STRUCT_MAX];
    if (!guest || copy_in(task, bytes, guest, s->guest_size[wide]) != 0) {
        show_pointer(l, guest);
        return;
    }
    add(l, "{");
    for (unsigned i = 0; i < s->nfields; i++) {
        const struct field_desc *f = &s->fields[i];
        add(l, "%s%s=", i ? "," : "", f->name);
        show_field(l, f->format, wide ? f->size8 : f->size4,
                   bytes + (wide ? f->offset8 : f->offset4));
    }
    add(l, "}");
}

static void show_sockaddr(struct line *l, struct task *task, uint64_t guest, uint64_t size)
{
    struct sockaddr_storage address;
    char text[INET6_ADDRSTRLEN];
    memset(&address, 0, sizeof address);
    if (size > sizeof address)
        size = sizeof address;
    if (!guest || copy_in(task, &address, guest, size) != 0 || size < sizeof address.ss_family) {
        show_pointer(l, guest);
        return;
    }
    add(l, "{sa_family=");
    show_name(l, names_family, address.ss_family);
    if (address.ss_family == AF_UNIX) {
        const struct sockaddr_un *un = (const void *)&address;
        size_t length = size - offsetof(struct sockaddr_un, sun_path);
        add(l, ",sun_path=");
        if (un->sun_path[0])
            length = strnlen(un->sun_path, length);
        show_bytes(l, (const unsigned char *)un->sun_path, length);
    } else if (address.ss_family == AF_INET) {
        const struct sockaddr_in *in = (const void *)&address;
        inet_ntop(AF_INET, &in->sin_addr, text, sizeof text);
        add(l, ",sin_port=%u,sin_addr=%s", ntohs(in->sin_port), text);
    } else if (address.ss_family == AF_INET6) {
        const struct sockaddr_in6 *in6 = (const void *)&address;
        inet_ntop(AF_INET6, &in6->sin6_addr, text, sizeof text);
        add(l, ",sin6_port=%u,sin6_addr=%s", ntohs(in6->sin6_port), text);
    }
    add(l, "}");
}

static void show_sigset(struct line *l, struct task *task, uint64_t guest)
{
    uint64_t set;
    const char *separator = "";
    if (!guest || copy_in(task, &set, guest, sizeof set) != 0) {
        show_pointer(l, guest);
        return;
    }
    bool inverse = __builtin_popcountll(set) > 32;
    add(l, inverse ? "~[" : "[");
    for (int signal = 1; signal <= 64; signal++) {
        if ((bool)(set >> (signal - 1) & 1) == inverse)
            continue;
        add(l, "%s", separator);
        show_signal(l, signal);
        separator = ",";
    }
    add(l, "]");
}

static void show_pollfds(struct line *l, struct task *task, uint64_t guest, uint64_t count,
                         bool over)
{
    struct pollfd item;
    if (!guest || (count && copy_in(task, &item, guest, sizeof item) != 0)) {
        show_pointer(l, guest);
        return;
    }
    add(l, "[");
    for (uint64_t i = 0; i < count; i++) {
        if (i == ITEMS_SHOWN) {
            add(l, ",...");
            break;
        }
        if (copy_in(task, &item, guest + i * sizeof item, sizeof item) != 0)
            break;
        add(l, "%s{fd=%d,events=%#x", i ? "," : "", item.fd, item.events);
        if (over)
            add(l, ",revents=%#x", item.revents);
        add(l, "}");
    }
    add(l, "]");
}

static void show_ints(struct line *l, struct task *task, uint64_t guest, unsigned count)
{
    int32_t value[2];
    if (!guest || copy_in(task, value, guest, count * sizeof *value) != 0)
        show_pointer(l, guest);
    else if (count == 1)
        add(l, "[%d]", value[0]);
    else
        add(l, "[%d,%d]", value[0], value[1]);
}

/* ---- arguments ---- */

/* The plain ones: numbers and names. False: not one of them. */
static bool show_number(struct line *l, const struct kind_desc *kind, uint64_t value)
{
    bool narrow = kind->pass == PASS_sint || kind->pass == PASS_uint || kind->pass == PASS_fd ||
                  kind->pass == PASS_oflag;
    uint64_t cut = narrow ? (uint32_t)value : value;
    switch ((enum show)kind->show) {
    case SHOW_dec:
    case SHOW_fd:
        add(l, "%lld", narrow ? (long long)(int32_t)value : (long long)value);
        return true;
    case SHOW_udec:
        add(l, "%llu", (unsigned long long)cut);
        return true;
    case SHOW_id:
        add(l, (uint32_t)value == UINT32_MAX ? "-1" : "%u", (uint32_t)value);
        return true;
    case SHOW_hex:
        add(l, "%#llx", (unsigned long long)cut);
        return true;
    case SHOW_oct:
        add(l, "0%llo", (unsigned long long)cut);
        return true;
    case SHOW_ptr:
        show_pointer(l, value);
        return true;
    case SHOW_dirfd:
        if ((int)value == AT_FDCWD)
            add(l, "AT_FDCWD");
        else
            add(l, "%d", (int)value);
        return true;
    case SHOW_signal:
        show_signal(l, (int)value);
        return true;
    case SHOW_name:
        show_name(l, kind->names, cut);
        return true;
    case SHOW_flags:
        show_flags(l, kind->names, cut);
        return true;
    case SHOW_oflags:
        show_oflags(l, kind->names, cut);
        return true;
    default:
        return false;
    }
}

/* What only the finished call has. Shown as a pointer before, and when it failed. */
static bool show_output(struct line *l, const struct call *c, const struct kind_desc *kind,
                        unsigned i)
{
    uint64_t value = c->args[i], next = i < 5 ? c->args[i + 1] : 0;
    bool done = c->over && c->result >= 0;
    uint64_t bytes = done ? (uint64_t)c->result : 0;
    int32_t size = 0;
    switch ((enum show)kind->show) {
    case SHOW_buf_out:
        if (done && c->row->result != RETURN_err && bytes <= next)
            show_buffer(l, c->task, value, bytes);
        else
            show_pointer(l, value);
        return true;
    case SHOW_iov_out:
        if (done)
            show_iov(l, c->task, value, next, bytes);
        else
            show_pointer(l, value);
        return true;
    case SHOW_struct_out:
        if (done)
            show_struct(l, c->task, kind->layout, value);
        else
            show_pointer(l, value);
        return true;
    case SHOW_sockaddr_out:
        if (done && value && next && copy_in(c->task, &size, next, sizeof size) == 0)
            show_sockaddr(l, c->task, value, (uint64_t)size);
        else
            show_pointer(l, value);
        return true;
    case SHOW_sigset_out:
        if (done)
            show_sigset(l, c->task, value);
        else
            show_pointer(l, value);
        return true;
    case SHOW_int_out:
    case SHOW_pipe_out:
        if (done)
            show_ints(l, c->task, value, kind->show == SHOW_pipe_out ? 2 : 1);
        else
            show_pointer(l, value);
        return true;
    default:
        return false;
    }
}

static void show_argument(struct line *l, const struct call *c, unsigned i)
{
    const struct kind_desc *kind = &syscall_kinds[c->row->kind[i]];
    uint64_t value = c->args[i], next = i < 5 ? c->args[i + 1] : 0, offset;
    bool ok;
    if (kind->pass == PASS_oflag)
        value = oflag_to_host(task_abi(c->task), value);
    if (show_number(l, kind, value) || show_output(l, c, kind, i))
        return;
    switch ((enum show)kind->show) {
    case SHOW_str:
    case SHOW_path:
        show_string(l, c->task, value);
        break;
    case SHOW_buf_in:
        show_buffer(l, c->task, value, next);
        break;
    case SHOW_iov_in:
        show_iov(l, c->task, value, next, UINT64_MAX);
        break;
    case SHOW_argv:
        show_strings(l, c->task, value);
        break;
    case SHOW_struct_in:
        show_struct(l, c->task, kind->layout, value);
        break;
    case SHOW_sockaddr_in:
        show_sockaddr(l, c->task, value, next);
        break;
    case SHOW_sigset_in:
        show_sigset(l, c->task, value);
        break;
    case SHOW_pollfd:
        show_pollfds(l, c->task, value, next, c->over);
        break;
    case SHOW_off_in:
        offset = word_at(c->task, value, &ok);
        if (value && ok)
            add(l, "[%lld]", (long long)offset);
        else
            show_pointer(l, value);
        break;
    default:
        show_pointer(l, value);
    }
}

/* ---- lines ---- */

static void show_call(struct line *l, const struct call *c, uint64_t number)
{
    l->length = 0;
    add(l, "%d ", (int)host_syscall(SYS_gettid, 0, 0, 0, 0, 0, 0));
    if (!c->row) {
        add(l, "syscall_%llu(%#llx,%#llx,%#llx,%#llx,%#llx,%#llx)", (unsigned long long)number,
            (unsigned long long)c->args[0], (unsigned long long)c->args[1],
            (unsigned long long)c->args[2], (unsigned long long)c->args[3],
            (unsigned long long)c->args[4], (unsigned long long)c->args[5]);
        return;
    }
    add(l, "%s(", c->row->name);
    for (unsigned i = 0; i < c->row->nargs; i++) {
        if (i)
            add(l, ",");
        show_argument(l, c, i);
    }
    add(l, ")");
}

static void show_result(struct line *l, const struct call *c)
{
    enum return_kind kind = c->row ? c->row->result : RETURN_hex;
    if (syscall_interrupted(c->result)) {
        add(l, " = ? (interrupted)");
    } else if (c->result == SYSCALL_NO_RETURN) {
        add(l, " = ?");
    } else if (c->result < 0 && c->result >= -4095) {
        add(l, " = -1 errno=%d (%s)", (int)-c->result, strerrordesc_np((int)-c->result));
    } else {
        switch (syscall_return_show[kind]) {
        case SHOW_hex:
            add(l, " = %#llx", (unsigned long long)c->result);
            break;
        case SHOW_oct:
            add(l, " = 0%llo", (unsigned long long)c->result);
            break;
        default:
            add(l, " = %lld", (long long)c->result);
        }
    }
}

/* Would the call sleep if it were made now? A guess that only decides whether a line is shown. */
static bool will_sleep(const struct row *row, const uint64_t args[6])
{
    switch ((enum row_index)(row - syscall_rows)) {
    case ROW_futex:
        return (args[1] & 127) == 0 || (args[1] & 127) == 6 || (args[1] & 127) == 9;
    case ROW_ppoll:
    case ROW_pselect6:
    case ROW_epoll_pwait:
    case ROW_epoll_pwait2:
    case ROW_rt_sigsuspend:
    case ROW_rt_sigtimedwait:
        return true;
    case ROW_getrandom:
    case ROW_io_submit:
    case ROW_keyctl:
    case ROW_sendfile:
    case ROW_copy_file_range:
        return false;
    default:
        break;
    }
    if (row->how != HOW_wait)
        return false;
    if (row->kind[0] != KIND_fd)
        return true;
    struct pollfd item = {.fd = (int)args[0], .events = POLLOUT};
    for (unsigned i = 1; i < row->nargs; i++) {
        enum show show = syscall_kinds[row->kind[i]].show;
        if (show == SHOW_buf_out || show == SHOW_iov_out || show == SHOW_sockaddr_out ||
            row->kind[i] == KIND_omsghdr)
            item.events = POLLIN;
    }
    return item.fd >= 0 &&
           host_syscall(SYS_poll, (uint64_t)(uintptr_t)&item, 1, 0, 0, 0, 0) == 0;
}

int64_t strace_call(struct task *task, const struct row *row, uint64_t number,
                    const uint64_t args[6])
{
    struct line line;
    uint64_t wide[6];
    struct call call = {task, row, args, 0, false};
    if (row && task_abi(task)->word != 8) {
        convert_widen(row, args, wide);
        call.args = wide;
    }
    bool ends = row && (row->result == RETURN_never || row == &syscall_rows[ROW_execve] ||
                        row == &syscall_rows[ROW_execveat]);
    if (row && (ends || will_sleep(row, call.args))) {
        show_call(&line, &call, number);
        log_print("%s%s\n", line.text, ends ? " = ?" : " <unfinished ...>");
    }
    call.result = row ? syscall_serve(task, row, args) : -ENOSYS;
    if (ends && call.result == SYSCALL_NO_RETURN)
        return call.result;
    call.over = true;
    show_call(&line, &call, number);
    show_result(&line, &call);
    log_print("%s\n", line.text);
    return call.result;
}
