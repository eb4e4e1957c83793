/*
 * The host's system call instruction: plain, and race-free against signals.
 *
 * safe_syscall tests *attention and then enters the kernel. Between the test and the instruction a
 * signal may arrive, and its handler must not find us about to sleep on an answer that is already
 * out of date. So the handler asks safe_syscall_rewind, which knows the few instructions from the
 * test up to and including the system call instruction. A pc before the instruction means that the
 * call has not been made: SYSCALL_UNMADE. At the instruction, it may also be that the kernel has
 * backed out of it in order to restart it (which, as all of Ferry's handlers are SA_RESTART, it
 * does exactly for the calls that can be restarted): SYSCALL_RESTART. A pc behind the instruction
 * means that the call has its result.
 *
 * Everything here may run inside or be interrupted by a handler. Nothing here touches errno.
 */
#include <errno.h>
#include <stddef.h>
#include <sys/syscall.h>
#include <ucontext.h>

#include "syscall/syscall.h"

_Static_assert(SYSCALL_RESTART == -512 && SYSCALL_UNMADE == -514,
               "the assembly below has them as numbers");

/*
 * rdi attention, rsi number, rdx arguments. The system call clobbers rcx and r11 only, which are
 * not needed behind it.
 */
__asm__(".text\n"
        ".p2align 4\n"
        ".globl safe_syscall\n"
        ".type safe_syscall, @function\n"
        "safe_syscall:\n"
        "    .cfi_startproc\n"
        "    mov %rdi, %rcx\n"
        "    mov %rsi, %rax\n"
        "    mov %rdx, %r11\n"
        "    mov 0(%r11), %rdi\n"
        "    mov 8(%r11), %rsi\n"
        "    mov 16(%r11), %rdx\n"
        "    mov 24(%r11), %r10\n"
        "    mov 32(%r11), %r8\n"
        "    mov 40(%r11), %r9\n"
        ".globl safe_syscall_begin\n"
        "safe_syscall_begin:\n"
        "    cmpl $0, (%rcx)\n"
        "    jne safe_syscall_unmade\n"
        ".globl safe_syscall_enter\n"
        "safe_syscall_enter:\n"
        "    syscall\n"
        ".globl safe_syscall_end\n"
        "safe_syscall_end:\n"
        "    ret\n"
        ".globl safe_syscall_again\n"
        "safe_syscall_again:\n"
        "    mov $-512, %rax\n"
        "    ret\n"
        ".globl safe_syscall_unmade\n"
        "safe_syscall_unmade:\n"
        "    mov $-514, %rax\n"
        "    ret\n"
        "    .cfi_endproc\n"
        ".size safe_syscall, .-safe_syscall\n");

extern const char safe_syscall_begin[], safe_syscall_enter[], safe_syscall_end[],
    safe_syscall_again[], safe_syscall_unmade[];

/*
 * Whether the system call instruction leaves the return address in rcx. It does not where the
 * processor delivers events by FRED; nothing tells then whether the kernel has been entered.
 */
static bool return_address_in_rcx(void)
{
    uint64_t number = SYS_getpid, rcx = 0;
    __asm__ volatile("syscall" : "+a"(number), "+c"(rcx) : : "r11", "memory");
    return rcx != 0;
}

bool safe_syscall_rewind(void *ucontext)
{
    ucontext_t *context = ucontext;
    uintptr_t pc = (uintptr_t)context->uc_mcontext.gregs[REG_RIP];
    if (pc < (uintptr_t)safe_syscall_begin || pc >= (uintptr_t)safe_syscall_end)
        return false;
    bool entered = pc == (uintptr_t)safe_syscall_enter &&
                   (context->uc_mcontext.gregs[REG_RCX] == (greg_t)(uintptr_t)safe_syscall_end ||
                    !return_address_in_rcx());
    context->uc_mcontext.gregs[REG_RIP] =
        (greg_t)(uintptr_t)(entered ? safe_syscall_again : safe_syscall_unmade);
    return true;
}
