/*
 * A program that is alone on the machine: hart 0 runs main on a stack of its own and ends the
 * machine with its result, the others wait until start_harts. In M mode, translation off. See
 * program.h.
 */
#include "program.h"

    .option norvc
    .section .text.start
    .globl _start
_start:
    csrr tp, mhartid
    la t0, trap_entry
    csrw mtvec, t0
    la t0, trap_stacks
    addi t1, tp, 1
    slli t1, t1, STACK_BITS
    add t0, t0, t1
    csrw mscratch, t0
    la sp, stacks
    add sp, sp, t1
    li t0, 0x2000            /* FS: initial */
    csrs mstatus, t0
    bnez tp, others
    la a0, begin
    call print
    call main
    j finish

others:
    la t0, harts_may_run
1:  pause
    lw t1, 0(t0)
    beqz t1, 1b
    fence
    mv a0, tp
    call hart_main
2:  wfi
    j 2b

    .weak hart_main
hart_main:
    ret

/* uint64_t run_as(privilege, satp, function, argument) */
    .globl run_as
run_as:
    addi sp, sp, -112
    sd ra, 0(sp)
    sd s0, 8(sp)
    sd s1, 16(sp)
    sd s2, 24(sp)
    sd s3, 32(sp)
    sd s4, 40(sp)
    sd s5, 48(sp)
    sd s6, 56(sp)
    sd s7, 64(sp)
    sd s8, 72(sp)
    sd s9, 80(sp)
    sd s10, 88(sp)
    sd s11, 96(sp)
    csrrw t0, satp, a1
    sd t0, 104(sp)
    la t0, machine_stack
    sd sp, 0(t0)
    li t0, 0x1800            /* MPP */
    csrc mstatus, t0
    slli a0, a0, 11
    csrs mstatus, a0
    csrw mepc, a2
    mv a0, a3
    li a7, 0
    la ra, come_back
    mret
come_back:
    li a7, COME_BACK
    ecall
back:                        /* in M mode again, the result in a0 */
    la t0, machine_stack
    ld sp, 0(t0)
    ld t0, 104(sp)
    csrw satp, t0
    ld ra, 0(sp)
    ld s0, 8(sp)
    ld s1, 16(sp)
    ld s2, 24(sp)
    ld s3, 32(sp)
    ld s4, 40(sp)
    ld s5, 48(sp)
    ld s6, 56(sp)
    ld s7, 64(sp)
    ld s8, 72(sp)
    ld s9, 80(sp)
    ld s10, 88(sp)
    ld s11, 96(sp)
    addi sp, sp, 112
    ret

/*
 * Traps to M mode: the end of run_as, or an expected fault, which is noted. The instruction is passed over;
 * where it could not be fetched, its caller goes on.
 */
    .align 2
trap_entry:
    csrrw sp, mscratch, sp
    sd t0, -8(sp)
    sd t1, -16(sp)
    sd t2, -24(sp)
    csrr t0, mcause
    bltz t0, interrupted
    li t1, 8
    beq t0, t1, 1f
    li t1, 9
    bne t0, t1, 2f
1:  li t1, COME_BACK
    bne a7, t1, 2f
    csrrw sp, mscratch, sp
    j back
2:  la t2, fault
    sd t0, 0(t2)
    csrr t1, mtval
    sd t1, 8(t2)
    csrr t1, mstatus
    sd t1, 24(t2)
    csrr t1, mepc
    sd t1, 16(t2)
    addi t1, t1, 4
    beqz t0, 3f
    li t2, 1
    beq t0, t2, 3f
    li t2, 2
    beq t0, t2, 3f
    li t2, 12
    bne t0, t2, 4f
3:  mv t1, ra
4:  csrw mepc, t1
    ld t0, -8(sp)
    ld t1, -16(sp)
    ld t2, -24(sp)
    csrrw sp, mscratch, sp
    mret

/* The same for traps to S mode, if stvec leads here: `supervisor_fault`. Uses sscratch as a stack. */
    .align 2
    .globl supervisor_trap_entry
supervisor_trap_entry:
    csrrw sp, sscratch, sp
    sd t0, -8(sp)
    sd t1, -16(sp)
    sd t2, -24(sp)
    csrr t0, scause
    bltz t0, 1f
    la t2, supervisor_fault
    sd t0, 0(t2)
    csrr t1, stval
    sd t1, 8(t2)
    csrr t1, sepc
    sd t1, 16(t2)
    csrr t1, sstatus
    sd t1, 24(t2)
    csrr t1, sepc
    addi t1, t1, 4
    csrw sepc, t1
    j 2f
1:  slli t0, t0, 1           /* an interrupt is counted, and masked */
    srli t0, t0, 1
    li t1, 1
    sll t1, t1, t0
    csrc sie, t1
    la t2, supervisor_interrupts
    slli t0, t0, 3
    add t2, t2, t0
    li t1, 1
    amoadd.d zero, t1, (t2)
2:  ld t0, -8(sp)
    ld t1, -16(sp)
    ld t2, -24(sp)
    csrrw sp, sscratch, sp
    sret

/* An interrupt is counted, and masked. */
interrupted:
    slli t0, t0, 1
    srli t0, t0, 1
    li t1, 1
    sll t1, t1, t0
    csrc mie, t1
    la t2, interrupts
    slli t0, t0, 3
    add t2, t2, t0
    li t1, 1
    amoadd.d zero, t1, (t2)
    ld t0, -8(sp)
    ld t1, -16(sp)
    ld t2, -24(sp)
    csrrw sp, mscratch, sp
    mret

/* Accesses that may fault: one instruction of four bytes each. */
    .globl load8, load4, load2, load1, store8, store4, store1, fetch, add8
load8:
    ld a0, 0(a0)
    ret
load4:
    lw a0, 0(a0)
    ret
load2:
    lh a0, 0(a0)
    ret
load1:
    lb a0, 0(a0)
    ret
store8:
    sd a1, 0(a0)
    ret
store4:
    sw a1, 0(a0)
    ret
store1:
    sb a1, 0(a0)
    ret
add8:
    amoadd.d a0, a1, (a0)
    ret
/* The function at a0; ra stays ours. */
fetch:
    jr a0

    .globl mprv_load8, mprv_store8
/* As the privilege in mstatus.MPP. */
mprv_load8:
    li t3, 0x20000
    csrs mstatus, t3
    ld a0, 0(a0)
    csrc mstatus, t3
    ret
mprv_store8:
    li t3, 0x20000
    csrs mstatus, t3
    sd a1, 0(a0)
    csrc mstatus, t3
    ret

#include "finish.S"

    .bss
    .align STACK_BITS
stacks:
    .skip HARTS << STACK_BITS
trap_stacks:
    .skip HARTS << STACK_BITS
machine_stack:
    .skip 8
    .globl harts_may_run
harts_may_run:
    .skip 8
    .globl fault, interrupts, supervisor_fault, supervisor_interrupts
fault:
    .skip 32
supervisor_fault:
    .skip 32
interrupts:
    .skip 8 * 64
supervisor_interrupts:
    .skip 8 * 64
