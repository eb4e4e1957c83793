/*
 * Copies between guest memory and Ferry's, which survive a fault.
 *
 * The two loops that touch guest memory are assembly between two labels. When one of them faults,
 * the host's handler asks copy_fault_fixup, which recognises the pc and moves it to the end of the
 * loop with -EFAULT as the result. Nothing is tested beforehand: the copy itself finds out, so that
 * there is no moment between test and use, and a good pointer costs nothing.
 *
 * What was copied before the fault stays copied, as in the kernel.
 */
#include <errno.h>
#include <stddef.h>
#include <ucontext.h>

#include "syscall/syscall.h"

_Static_assert(EFAULT == 14 && ENAMETOOLONG == 36, "the assembly below has them as numbers");

/* rdi to, rsi from, rdx size. Words first, as most copies are a few of them. */
int64_t copy_guarded(void *to, const void *from, size_t size);
/* rdi to, rsi from, rdx size of `to`: the length without the zero, or -ENAMETOOLONG. */
int64_t copy_string_guarded(char *to, const char *from, size_t size);

__asm__(".text\n"
        ".p2align 4\n"
        ".globl copy_guarded\n"
        ".type copy_guarded, @function\n"
        "copy_guarded:\n"
        "    .cfi_startproc\n"
        ".globl copy_guarded_begin\n"
        "copy_guarded_begin:\n"
        "    cmp $256, %rdx\n"
        "    ja 3f\n"
        "    sub $8, %rdx\n"
        "    jb 2f\n"
        "1:  mov (%rsi), %rax\n"
        "    mov %rax, (%rdi)\n"
        "    add $8, %rsi\n"
        "    add $8, %rdi\n"
        "    sub $8, %rdx\n"
        "    jae 1b\n"
        "2:  add $8, %rdx\n"
        "3:  mov %rdx, %rcx\n"
        "    rep movsb\n"
        "    xor %eax, %eax\n"
        "    ret\n"
        "    .cfi_endproc\n"
        ".size copy_guarded, .-copy_guarded\n"
        ".p2align 4\n"
        ".globl copy_string_guarded\n"
        ".type copy_string_guarded, @function\n"
        "copy_string_guarded:\n"
        "    .cfi_startproc\n"
        "    xor %eax, %eax\n"
        "1:  cmp %rdx, %rax\n"
        "    jae 2f\n"
        "    movzbl (%rsi,%rax), %ecx\n"
        "    movb %cl, (%rdi,%rax)\n"
        "    inc %rax\n"
        "    test %ecx, %ecx\n"
        "    jnz 1b\n"
        "    dec %rax\n"
        "    ret\n"
        "2:  mov $-36, %rax\n"
        "    ret\n"
        ".globl copy_guarded_end\n"
        "copy_guarded_end:\n"
        ".globl copy_guarded_fault\n"
        "copy_guarded_fault:\n"
        "    mov $-14, %rax\n"
        "    ret\n"
        "    .cfi_endproc\n"
        ".size copy_string_guarded, .-copy_string_guarded\n");

extern const char copy_guarded_begin[], copy_guarded_end[], copy_guarded_fault[];

bool copy_fault_fixup(void *ucontext)
{
    ucontext_t *context = ucontext;
    uintptr_t pc = (uintptr_t)context->uc_mcontext.gregs[REG_RIP];
    if (pc < (uintptr_t)copy_guarded_begin || pc >= (uintptr_t)copy_guarded_end)
        return false;
    context->uc_mcontext.gregs[REG_RIP] = (greg_t)(uintptr_t)copy_guarded_fault;
    return true;
}

void *guest_pointer(struct task *task, uint64_t guest)
{
    /* A null pointer stays one: many calls give it a meaning. */
    return guest ? (void *)(uintptr_t)(guest + task_abi(task)->memory_base) : NULL;
}

/*
 * Guest addresses are below the kernel's half: one that is not must not even be tried, as the
 * processor reports it without an address.
 */
static bool plausible(const void *p, size_t size)
{
    return ((uintptr_t)p | size | ((uintptr_t)p + size)) >> 47 == 0;
}

int copy_in(struct task *task, void *to, uint64_t guest, size_t size)
{
    const void *from = guest_pointer(task, guest);
    return plausible(from, size) ? (int)copy_guarded(to, from, size) : -EFAULT;
}

int copy_out(struct task *task, uint64_t guest, const void *from, size_t size)
{
    void *to = guest_pointer(task, guest);
    return plausible(to, size) ? (int)copy_guarded(to, from, size) : -EFAULT;
}

int64_t copy_in_string(struct task *task, char *to, uint64_t guest, size_t size)
{
    const char *from = guest_pointer(task, guest);
    return plausible(from, 0) ? copy_string_guarded(to, from, size) : -EFAULT;
}
