/*
 * A program under firmware: main(hart, device tree) in S mode, paging off, on the hart that is started first.
 * Traps are noted in `fault` and end the machine, but for interrupts, which are counted and masked.
 */
#include "program.h"

    .option norvc
    .section .text.start
    .globl _start
_start:
    mv s0, a0
    mv s1, a1
    mv tp, a0
    call prepare
    la a0, begin
    call print
    mv a0, s0
    mv a1, s1
    call main
    j finish

/* Where started harts begin: a0 is the hart, a1 what was passed on. */
    .globl hart_entry
hart_entry:
    mv s0, a0
    mv s1, a1
    mv tp, a0
    call prepare
    mv a0, s0
    mv a1, s1
    call hart_main
    la a0, lost
    call print
    li a0, 99
    j finish

prepare:
    la t0, trap_entry
    csrw stvec, t0
    la t0, trap_stacks
    addi t1, tp, 1
    slli t1, t1, STACK_BITS
    add t0, t0, t1
    csrw sscratch, t0
    la sp, stacks
    add sp, sp, t1
    ret

    .weak hart_main
hart_main:
    ret

    .align 2
trap_entry:
    csrrw sp, sscratch, sp
    sd t0, -8(sp)
    sd t1, -16(sp)
    sd t2, -24(sp)
    csrr t0, scause
    bgez t0, 1f
    slli t0, t0, 1
    srli t0, t0, 1
    li t1, 1
    sll t1, t1, t0
    csrc sie, t1
    la t2, interrupts
    slli t0, t0, 3
    add t2, t2, t0
    li t1, 1
    amoadd.d zero, t1, (t2)
    ld t0, -8(sp)
    ld t1, -16(sp)
    ld t2, -24(sp)
    csrrw sp, sscratch, sp
    sret
1:  la a0, trapped
    call print
    csrr a0, scause
    call print_hex
    la a0, at
    call print
    csrr a0, sepc
    call print_hex
    li a0, 98
    j finish

#include "finish.S"
lost:
    .asciz "hart_main has returned\n"
trapped:
    .asciz "trap "
at:
    .asciz " at "

    .bss
    .align STACK_BITS
stacks:
    .skip HARTS << STACK_BITS
trap_stacks:
    .skip HARTS << STACK_BITS
    .globl fault, interrupts
fault:
    .skip 32
interrupts:
    .skip 8 * 64
