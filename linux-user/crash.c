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

/* The mapping of a guest address, from the host's kernel: path and file offset of the address. */
static bool find_mapping(struct task *t, uint64_t address, char path[PATH_MAX], uint64_t *offset)
{
    char line[PATH_MAX + 128];
    bool found = false;
    path[0] = '\0';
    FILE *f = fopen("/proc/self/maps", "re");
    if (!f)
        return false;
    address += t->process->as->base;
    while (!found && fgets(line, sizeof line, f)) {
        unsigned long long start, end, file_offset;
        path[0] = '\0';
        int n =
            sscanf(line, "%llx-%llx %*s %llx %*s %*s %4095[^\n]", &start, &end, &file_offset, path);
        if (n >= 3 && address >= start && address < end) {
            *offset = address - start + file_offset;
            found = true;
        }
    }
    fclose(f);
    return found;
}

static void put_place(struct task *t, int fd, uint64_t address)
{
    char path[PATH_MAX], symbol[512];
    uint64_t offset = 0;
    put(fd, "%016llx", (unsigned long long)address);
    if (!find_mapping(t, address, path, &offset)) {
        put(fd, "  not mapped\n");
        return;
    }
    if (address - t->process->program->vdso < GUEST_PAGE) {
        put(fd, "  [vdso]\n");
        return;
    }
    if (path[0] != '/') {
        put(fd, "  anonymous memory\n");
        return;
    }
    uint64_t link = symbols_address_of_offset(path, offset);
    if (link && symbols_lookup(path, link, symbol, sizeof symbol))
        put(fd, "  %s  (%s)\n", symbol, path);
    else
        put(fd, "  %s + %#llx\n", path, (unsigned long long)offset);
}

/* ---- the guest's state ---- */

static void put_backtrace(struct task *t, int fd)
{
    const struct guest *g = task_guest(t);
    const struct cpu *cpu = &t->vcpu->cpu;
    uint64_t pc = cpu->exit_pc, ra = g->return_address(cpu), fp = g->frame_pointer(cpu);
    put(fd, "backtrace (by frame pointers; a function compiled without them may be missing):\n  ");
    put_place(t, fd, pc);
    put(fd, "  ");
    put_place(t, fd, ra);
    for (int i = 0; i < 64 && g->unwind(t, &fp, &pc) && pc; i++) {
        if (i == 0 && pc == ra)
            continue;
        put(fd, "  ");
        put_place(t, fd, pc);
    }
}

/*
 * Where there are no frame pointers, which is nearly everywhere, callers can still be found among
 * the words of the stack that are addresses of code.
 */
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
        put(fd, "  ");
        put_place(t, fd, word);
        found++;
    }
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
    int maps = proc_file(t, "maps", true);
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
    put_stack(t, fd);
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
