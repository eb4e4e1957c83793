/* Copies to and from guest memory, and system calls that signals interrupt. */
#include <criterion/criterion.h>
#include <errno.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <sys/time.h>
#include <time.h>
#include <ucontext.h>
#include <unistd.h>

#include "tests/syscall/fake.h"

enum { PAGE = 4096 };

/* Two pages, of which the second cannot be touched. */
static char *edge(void)
{
    char *p = mmap(NULL, 2 * PAGE, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    mprotect(p + PAGE, PAGE, PROT_NONE);
    return p + PAGE;
}

static void setup(void)
{
    fake_riscv64();
    fake_handlers();
}

TestSuite(copy, .init = setup, .timeout = 30);
TestSuite(safe, .init = setup, .timeout = 30);

Test(copy, every_size_exactly)
{
    static char from[1000], to[1002];
    for (size_t i = 0; i < sizeof from; i++)
        from[i] = (char)(i * 7 + 1);
    for (size_t size = 0; size <= 700; size++) {
        memset(to, 0, sizeof to);
        cr_assert_eq(copy_in(&fake, to + 1, P(from), size), 0);
        cr_assert_eq(memcmp(to + 1, from, size), 0, "%zu bytes", size);
        cr_assert(to[0] == 0 && to[size + 1] == 0, "%zu bytes: one too many", size);
    }
}

Test(copy, faults_at_every_distance)
{
    char *end = edge(), buffer[512];
    for (size_t before = 0; before <= 300; before += 7) {
        memset(end - before, 'x', before);
        cr_assert_eq(copy_in(&fake, buffer, P(end - before), before), 0);
        cr_assert_eq(copy_in(&fake, buffer, P(end - before), before + 1), -EFAULT, "%zu", before);
        cr_assert_eq(copy_out(&fake, P(end - before), buffer, before), 0);
        cr_assert_eq(copy_out(&fake, P(end - before), buffer, before + 1), -EFAULT, "%zu", before);
        cr_assert_eq(copy_in(&fake, buffer, P(end - before), 512), -EFAULT, "%zu", before);
    }
}

Test(copy, impossible_addresses)
{
    char c = 0;
    const uint64_t bad[] = {8, UINT64_C(0x800000000000), UINT64_C(0x8000000000000000), UINT64_MAX};
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
        cr_assert_eq(copy_in(&fake, &c, bad[i], 1), -EFAULT);
        cr_assert_eq(copy_out(&fake, bad[i], &c, 1), -EFAULT);
        cr_assert_eq(copy_in_string(&fake, &c, bad[i], 1), -EFAULT);
    }
}

Test(copy, strings)
{
    char *end = edge(), buffer[16];
    memcpy(end - 6, "hello", 6);
    cr_assert_eq(copy_in_string(&fake, buffer, P(end - 6), sizeof buffer), 5);
    cr_assert_str_eq(buffer, "hello");
    cr_assert_eq(copy_in_string(&fake, buffer, P(end - 6), 6), 5);
    cr_assert_eq(copy_in_string(&fake, buffer, P(end - 6), 5), -ENAMETOOLONG);
    end[-1] = 'x';
    cr_assert_eq(copy_in_string(&fake, buffer, P(end - 6), sizeof buffer), -EFAULT);
    cr_assert_eq(copy_in_string(&fake, buffer, P(end - 6), 6), -ENAMETOOLONG);
}

Test(copy, guest_base)
{
    static char memory[64] = "........here";
    char buffer[8];
    fake.abi.memory_base = P(memory) - 0x1000;
    cr_assert_eq(copy_in_string(&fake, buffer, 0x1008, sizeof buffer), 4);
    cr_assert_str_eq(buffer, "here");
    cr_assert_eq(guest_pointer(&fake, 0), NULL);
}

Test(safe, makes_the_call)
{
    char text[8] = "";
    int p[2];
    cr_assert_eq(pipe(p), 0);
    cr_assert_eq(
        safe_syscall(&fake.attention, SYS_write, (const uint64_t[6]){(uint64_t)p[1], P("abc"), 3}),
        3);
    cr_assert_eq(
        safe_syscall(&fake.attention, SYS_read, (const uint64_t[6]){(uint64_t)p[0], P(text), 8}),
        3);
    cr_assert_str_eq(text, "abc");
    cr_assert_eq(safe_syscall(&fake.attention, SYS_read, (const uint64_t[6]){999, P(text), 8}),
                 -EBADF);
}

Test(safe, attention_prevents_it)
{
    int p[2];
    char c;
    cr_assert_eq(pipe(p), 0);
    fake.attention = 1;
    cr_assert_eq(
        safe_syscall(&fake.attention, SYS_read, (const uint64_t[6]){(uint64_t)p[0], P(&c), 1}),
        SYSCALL_UNMADE);
}

/* A signal that finds the thread asleep, in a call the kernel restarts and in one it does not. */
Test(safe, signal_while_asleep)
{
    int p[2];
    char c;
    struct itimerval soon = {{0, 0}, {0, 20000}};
    struct timespec five = {5, 0}, left = {0, 0};
    cr_assert_eq(pipe(p), 0);
    setitimer(ITIMER_REAL, &soon, NULL);
    cr_assert_eq(
        safe_syscall(&fake.attention, SYS_read, (const uint64_t[6]){(uint64_t)p[0], P(&c), 1}),
        SYSCALL_RESTART);
    fake.attention = 0;
    setitimer(ITIMER_REAL, &soon, NULL);
    cr_assert_eq(
        safe_syscall(&fake.attention, SYS_nanosleep, (const uint64_t[6]){P(&five), P(&left)}),
        -EINTR);
    cr_assert_eq(left.tv_sec, 4);
}

/* Signals at random moments around the call: none may be slept over. */
Test(safe, no_moment_is_lost)
{
    int p[2];
    char c;
    unsigned random = 1;
    cr_assert_eq(pipe(p), 0);
    for (int i = 0; i < 3000; i++) {
        random = random * 1103515245 + 12345;
        struct itimerval soon = {{0, 0}, {0, 1 + (random >> 16) % 60}};
        fake.attention = 0;
        setitimer(ITIMER_REAL, &soon, NULL);
        for (unsigned spin = 0; spin < (random >> 8) % 20000; spin++)
            __asm__ volatile("");
        cr_assert(syscall_interrupted(safe_syscall(&fake.attention, SYS_read,
                                                   (const uint64_t[6]){(uint64_t)p[0], P(&c), 1})));
    }
}

extern const char safe_syscall_begin[], safe_syscall_enter[], safe_syscall_end[],
    safe_syscall_again[], safe_syscall_unmade[];

Test(safe, rewind_by_pc)
{
    ucontext_t context;
    memset(&context, 0, sizeof context);
    greg_t *pc = &context.uc_mcontext.gregs[REG_RIP];
    for (const char *at = safe_syscall_begin; at < safe_syscall_enter; at++) {
        *pc = (greg_t)P(at);
        cr_assert(safe_syscall_rewind(&context));
        cr_assert_eq((uint64_t)*pc, P(safe_syscall_unmade));
    }
    /* The kernel has been there and wants to be entered again. */
    context.uc_mcontext.gregs[REG_RCX] = (greg_t)P(safe_syscall_end);
    *pc = (greg_t)P(safe_syscall_enter);
    cr_assert(safe_syscall_rewind(&context));
    cr_assert_eq((uint64_t)*pc, P(safe_syscall_again));
    *pc = (greg_t)P(safe_syscall_end);
    cr_assert_not(safe_syscall_rewind(&context), "the call has its result");
    *pc = (greg_t)P(safe_syscall_begin) - 1;
    cr_assert_not(safe_syscall_rewind(&context));
}
