/*
 * Reports of deaths. See crash.h. Everything is printed straight to a descriptor; symbols and the
 * host's backtrace allocate memory, which a process that dies can afford: they come last, so that a
 * failure in them costs nothing that was certain.
 */
#include "linux-user/crash.h"

#define UNW_LOCAL_ONLY
#include <errno.h>
#include <fcntl.h>
#include <libunwind.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <ucontext.h>
#include <unistd.h>

#include "linux-user/backtrace.h"
#include "linux-user/proc.h"
#include "linux-user/signal.h"
#include "linux-user/task.h"
#include "loader/symbols.h"
#include "util/log.h"

static const char *report_path;
static volatile int reporting;

__attribute__((format(printf, 2, 3))) static void put(int fd, const char *format, ...)
{
    char text[4096];
    va_list ap;
    va_start(ap, format);
    int n = vsnprintf(text, sizeof text, format, ap);
    va_end(ap);
    n = n < (int)sizeof text ? n : (int)sizeof text - 1;
    for (int done = 0; done < n;) {
        ssize_t k = write(fd, text + done, (size_t)(n - done));
        if (k <= 0)
            return;
        done += (int)k;
    }
}

/* ---- where an address is ---- */

/* Of an address that a call returns to, what counts is the call (`exact` false). */
static void put_place(struct task *t, int fd, uint64_t address, bool exact)
{
    struct place place;
    char symbol[512];
    put(fd, "  %016llx", (unsigned long long)address);
    address -= !exact;
    if (!backtrace_place(t, address, &place))
        put(fd, "  not mapped\n");
    else if (address - t->process->program->vdso < GUEST_PAGE)
        put(fd, "  [vdso]%s\n",
            address == t->process->program->vdso_sigreturn - !exact
                ? " (a signal's handler returns here)"
                : "");
    else if (!place.path[0])
        put(fd, "  anonymous memory\n");
    else if (place.link && symbols_lookup(place.path, place.link, symbol, sizeof symbol))
        put(fd, "  %s  (%s)\n", symbol, place.path);
    else
        put(fd, "  %s + %#llx\n", place.path, (unsigned long long)place.offset);
}

/* ---- the guest's state ---- */

/* Where a backtrace breaks off, callers can still be found among the words of the stack. */
static void put_stack(struct task *t, int fd)
{
    uint64_t sp = task_guest(t)->stack_pointer(&t->vcpu->cpu), word = 0;
    unsigned size = task_abi(t)->word, found = 0;
    put(fd, "addresses of code on the stack (callers are among them):\n");
    for (unsigned i = 0; i < 2048 && found < 24; i++) {
        struct map_node n;
        if (copy_in(t, &word, sp + i * size, size) != 0)
            break;
        if (!maptree_read(&t->process->as->tree, word, &n) || !(n.prot & PROT_EXEC))
            continue;
        put_place(t, fd, word, false);
        found++;
    }
}

static void put_backtrace(struct task *t, int fd)
{
    struct backtrace_entry entries[64];
    bool complete;
    put(fd, "backtrace:\n");
    size_t n = backtrace(t, entries, sizeof entries / sizeof *entries, &complete);
    for (size_t i = 0; i < n; i++)
        put_place(t, fd, entries[i].pc, entries[i].exact);
    if (!complete)
        put_stack(t, fd);
}

static void put_history(struct task *t, int fd)
{
    unsigned n = t->ncalls < TASK_HISTORY ? t->ncalls : TASK_HISTORY;
    put(fd, "last %u system calls:\n", n);
    for (unsigned i = t->ncalls - n; i != t->ncalls; i++) {
        const struct past_call *c = &t->history[i % TASK_HISTORY];
        const char *name = syscall_name(task_abi(t), c->number);
        put(fd, "  %s(%#llx, %#llx, %#llx, %#llx, %#llx, %#llx) = ", name ? name : "?",
            (unsigned long long)c->args[0], (unsigned long long)c->args[1],
            (unsigned long long)c->args[2], (unsigned long long)c->args[3],
            (unsigned long long)c->args[4], (unsigned long long)c->args[5]);
        if (c->result == SYSCALL_NO_RETURN)
            put(fd, "...\n");
        else
            put(fd, "%lld\n", (long long)c->result);
    }
}

static void put_maps(struct task *t, int fd)
{
    char text[4096];
    ssize_t n;
    int maps = proc_own_maps(t);
    put(fd, "memory:\n");
    while (maps >= 0 && (n = read(maps, text, sizeof text)) > 0)
        if (write(fd, text, (size_t)n) != n)
            break;
    if (maps >= 0)
        close(maps);
}

static void put_program(struct task *t, int fd)
{
    const struct options *o = t->process->options;
    put(fd, "program %s (pid %d, thread %d), ferry %s\nrepeat with: ferry",
        t->process->program->path, (int)getpid(), t->tid, VERSION);
    if (o->root)
        put(fd, " -L %s", o->root);
    if (o->cpu)
        put(fd, " -cpu %s", o->cpu);
    if (o->interpret)
        put(fd, " -accel interp");
    put(fd, " %s", t->process->program->path);
    for (char **a = o->argv + (o->argv[0] != NULL); *a; a++)
        put(fd, " '%s'", *a);
    put(fd, "\n");
}

static void put_guest(struct task *t, int fd)
{
    char registers[4096];
    put_program(t, fd);
    if (!t->vcpu)
        return;
    put(fd, "registers:\n");
    task_guest(t)->print_registers(&t->vcpu->cpu, registers, sizeof registers);
    put(fd, "%s", registers);
    put_backtrace(t, fd);
    put_history(t, fd);
    put_maps(t, fd);
}

/* ---- entry points ---- */

static int open_report(void)
{
    if (!report_path)
        return -1;
    if (!strcmp(report_path, "-"))
        return STDERR_FILENO;
    return open(report_path, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0666);
}

void crash_report(struct task *t, const siginfo_t *info)
{
    if (__atomic_exchange_n(&reporting, 1, __ATOMIC_RELAXED))
        return;
    int fd = open_report();
    if (fd >= 0) {
        put(fd, "==== guest died by signal %d (SIG%s), code %d, address %#llx\n", info->si_signo,
            sigabbrev_np(info->si_signo) ? sigabbrev_np(info->si_signo) : "RT", info->si_code,
            (unsigned long long)(uintptr_t)info->si_addr);
        put_guest(t, fd);
        put(fd, "====\n");
        if (fd != STDERR_FILENO)
            close(fd);
    }
    reporting = 0;
}

/* Our own stack, by the unwinder. */
static void put_host_backtrace(int fd, void *ucontext)
{
    unw_context_t here;
    unw_cursor_t cursor;
    put(fd, "host backtrace:\n");
    if (!ucontext)
        unw_getcontext(&here);
    if (unw_init_local2(&cursor, ucontext ? ucontext : &here,
                        ucontext ? UNW_INIT_SIGNAL_FRAME : 0) != 0)
        return;
    for (int i = 0; i < 64; i++) {
        unw_word_t ip = 0, offset = 0;
        char name[256] = "?";
        unw_get_reg(&cursor, UNW_REG_IP, &ip);
        unw_get_proc_name(&cursor, name, sizeof name, &offset);
        put(fd, "  %016llx  %s+%#llx\n", (unsigned long long)ip, name, (unsigned long long)offset);
        if (unw_step(&cursor) <= 0)
            break;
    }
}

static void put_internal(struct task *t, int fd, void *ucontext)
{
    put_host_backtrace(fd, ucontext);
    put(fd, "this is a bug in ferry, not in the program. The guest's state:\n");
    if (t)
        put_guest(t, fd);
}

void crash_internal(struct task *t, const siginfo_t *info, void *ucontext)
{
    int signal = info->si_signo;
    if (!__atomic_exchange_n(&reporting, 1, __ATOMIC_RELAXED)) {
        const greg_t *gregs = ((ucontext_t *)ucontext)->uc_mcontext.gregs;
        int fd = open_report();
        signal_block_all(); /* but faults: the guest's memory may not be there to read */
        warn("internal error: signal %d (SIG%s) at host pc %#llx, address %#llx", signal,
             sigabbrev_np(signal), (unsigned long long)gregs[REG_RIP],
             (unsigned long long)(uintptr_t)info->si_addr);
        put_internal(t, STDERR_FILENO, ucontext);
        if (fd >= 0 && fd != STDERR_FILENO)
            put_internal(t, fd, ucontext);
    }
    host_signal_install(signal, false, false, 0);
    syscall(SYS_tgkill, getpid(), syscall(SYS_gettid), signal);
    host_signal_mask(0);
    _exit(128 + signal);
}

static void after_bug(void)
{
    if (!__atomic_exchange_n(&reporting, 1, __ATOMIC_RELAXED))
        put_internal(current_task, STDERR_FILENO, NULL);
}

void crash_start(const struct options *options)
{
    report_path = options->report;
    log_bug_hook = after_bug;
}

void crash_stats(struct task *t)
{
    struct translator_stats s;
    translator_stats(t->process->translator, &s);
    log_print("stats: blocks %llu, guest instructions %llu, host bytes %llu, flushes %llu, "
              "look-ups %llu, invalidated %llu, translation %.3f ms, %.3f us an instruction\n",
              (unsigned long long)s.blocks, (unsigned long long)s.guest_insns,
              (unsigned long long)s.host_bytes, (unsigned long long)s.flushes,
              (unsigned long long)s.lookups, (unsigned long long)s.invalidated,
              (double)s.translate_ns / 1e6,
              s.guest_insns ? (double)s.translate_ns / 1e3 / (double)s.guest_insns : 0);
}
