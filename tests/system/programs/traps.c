/*
 * What exceptions of each privilege leave in mcause, mtval, mepc and mstatus, and the instructions
 * that TSR, TW, TVM, a privilege or a missing counter enable make illegal; delegation to S mode.
 */
#include "program.h"

#define MSTATUS_TVM (UINT64_C(1) << 20)
#define MSTATUS_TW  (UINT64_C(1) << 21)
#define MSTATUS_TSR (UINT64_C(1) << 22)

/* Functions of one instruction that traps; a trap that is no fault of memory goes on behind the
 * call. */
#define ONE(name, instruction)                                                                     \
    extern char name[];                                                                            \
    asm(".option push\n.option norvc\n.text\n" #name ": " instruction "\nret\n.option pop");
ONE(undefined, ".word 0xffffffff")
ONE(undefined_fp, ".word 0x0600007f")
ONE(break_here, "ebreak")
ONE(call_here, "ecall")
ONE(do_sret, "sret")
ONE(do_mret, "mret")
ONE(do_wfi, "wfi")
ONE(do_sfence, "sfence.vma")
ONE(read_satp, "csrr a0, satp")
ONE(write_satp, "csrw satp, a0")
ONE(read_sstatus, "csrr a0, sstatus")
ONE(read_mstatus, "csrr a0, mstatus")
ONE(read_cycle, "csrr a0, cycle")
ONE(read_time, "csrr a0, time")
ONE(write_cycle, "csrw cycle, a0")
ONE(read_nothing, "csrr a0, 0x5ff")
ONE(fp_add, "fadd.d fa0, fa0, fa0")
ONE(fp_frm, "csrr a0, frm")
ONE(load_nowhere, "ld a0, 0(a0)")
ONE(store_nowhere, "sd a0, 0(a0)")

/* Runs it, and says which trap there was; where it was illegal, tval is the instruction. */
static void try(const char *what, unsigned privilege, void *function, uint64_t argument,
                uint64_t cause)
{
    no_fault();
    run_as(privilege, 0, function, argument);
    print(what);
    check(privilege == USER ? ", user" : ", supervisor", fault.cause, cause);
    if (fault.cause != NO_FAULT) {
        check("  mepc at it", fault.pc == (uint64_t)function, 1);
        check("  mstatus.MPP", fault.status >> 11 & 3, privilege);
    }
    if (fault.cause == ILLEGAL)
        check("  mtval", fault.tval, *(uint32_t *)function);
}

static void both(const char *what, void *function, uint64_t argument, uint64_t user,
                 uint64_t supervisor)
{
    try(what, USER, function, argument, user);
    try(what, SUPERVISOR, function, argument, supervisor);
}

static void from_machine(const char *what, void *function, uint64_t argument, uint64_t cause)
{
    no_fault();
    ((uint64_t(*)(uint64_t))function)(argument);
    print(what);
    check(", machine", fault.cause, cause);
}

static void exceptions(void)
{
    both("undefined", undefined, 0, ILLEGAL, ILLEGAL);
    both("undefined FP", undefined_fp, 0, ILLEGAL, ILLEGAL);
    both("ebreak", break_here, 0, 3, 3);
    both("ecall", call_here, 0, 8, 9);
    from_machine("undefined", undefined, 0, ILLEGAL);
    from_machine("ecall", call_here, 0, 11);
    both("mret", do_mret, 0, ILLEGAL, ILLEGAL);
    try("sret", USER, do_sret, 0, ILLEGAL);
    try("sfence.vma", USER, do_sfence, 0, ILLEGAL);
    both("sstatus", read_sstatus, 0, ILLEGAL, NO_FAULT);
    both("mstatus", read_mstatus, 0, ILLEGAL, ILLEGAL);
    both("no CSR", read_nothing, 0, ILLEGAL, ILLEGAL);
    both("read-only CSR", write_cycle, 0, ILLEGAL, ILLEGAL);
    both("load where nothing is", load_nowhere, 8, LOAD_ACCESS, LOAD_ACCESS);
    check_fault("mtval", LOAD_ACCESS, 8);
    both("store where nothing is", store_nowhere, 16, STORE_ACCESS, STORE_ACCESS);
    check_fault("mtval", STORE_ACCESS, 16);
    from_machine("load where nothing is", load_nowhere, 8, LOAD_ACCESS);
    run_as(SUPERVISOR, 0, (void *)fetch, 64);
    check_fault("fetch where nothing is", FETCH_ACCESS, 64);
}

static void forbidden(void)
{
    csr_set(mstatus, MSTATUS_TSR);
    try("sret with TSR", SUPERVISOR, do_sret, 0, ILLEGAL);
    csr_clear(mstatus, MSTATUS_TSR);
    csr_set(mstatus, MSTATUS_TVM);
    try("sfence.vma with TVM", SUPERVISOR, do_sfence, 0, ILLEGAL);
    try("satp read with TVM", SUPERVISOR, read_satp, 0, ILLEGAL);
    try("satp written with TVM", SUPERVISOR, write_satp, 0, ILLEGAL);
    csr_clear(mstatus, MSTATUS_TVM);
    try("sfence.vma", SUPERVISOR, do_sfence, 0, NO_FAULT);
    try("satp read", SUPERVISOR, read_satp, 0, NO_FAULT);
    csr_set(mstatus, MSTATUS_TW);
    try("wfi with TW", SUPERVISOR, do_wfi, 0, ILLEGAL);
    csr_clear(mstatus, MSTATUS_TW);
    csr_write(mcounteren, 0);
    csr_write(scounteren, 7);
    both("cycle without mcounteren", read_cycle, 0, ILLEGAL, ILLEGAL);
    both("time without mcounteren", read_time, 0, ILLEGAL, ILLEGAL);
    csr_write(mcounteren, 7);
    csr_write(scounteren, 0);
    both("cycle without scounteren", read_cycle, 0, ILLEGAL, NO_FAULT);
    both("time without scounteren", read_time, 0, ILLEGAL, NO_FAULT);
    csr_write(scounteren, 2);
    both("cycle without its bit", read_cycle, 0, ILLEGAL, NO_FAULT);
    both("time with its bit", read_time, 0, NO_FAULT, NO_FAULT);
    csr_clear(mstatus, 0x6000);
    both("FP while it is off", fp_add, 0, ILLEGAL, ILLEGAL);
    both("frm while FP is off", fp_frm, 0, ILLEGAL, ILLEGAL);
    csr_set(mstatus, 0x2000);
    both("FP while it is on", fp_add, 0, NO_FAULT, NO_FAULT);
    check("FS is dirty then", csr_read(mstatus) >> 13 & 3, 3);
    check("and SD", csr_read(mstatus) >> 63, 1);
}

static void delegated(void)
{
    csr_write(stvec, (uint64_t)supervisor_trap_entry);
    csr_write(sscratch, (uint64_t)page_new() + PAGE);
    static const struct {
        const char *what;
        void *function;
        uint64_t argument, cause;
    } rows[] = {
        {"undefined", undefined, 0, ILLEGAL},
        {"no load", load_nowhere, 8, LOAD_ACCESS},
    };
    for (unsigned i = 0; i < 2; i++) {
        for (unsigned privilege = USER; privilege <= SUPERVISOR; privilege++) {
            csr_write(medeleg, 1 << rows[i].cause);
            no_fault();
            supervisor_fault = (struct fault){.cause = NO_FAULT};
            run_as(privilege, 0, rows[i].function, rows[i].argument);
            print(rows[i].what);
            check(privilege == USER ? ", delegated, user" : ", delegated, supervisor",
                  supervisor_fault.cause, rows[i].cause);
            check("  not to machine mode", fault.cause, NO_FAULT);
            check("  sepc at it", supervisor_fault.pc == (uint64_t)rows[i].function, 1);
            check("  sstatus.SPP", supervisor_fault.status >> 8 & 1, privilege);
            check("  stval", supervisor_fault.tval, i ? 8 : *(uint32_t *)rows[i].function);
        }
    }
    no_fault();
    supervisor_fault = (struct fault){.cause = NO_FAULT};
    csr_write(medeleg, 1 << ILLEGAL);
    ((void (*)(void))undefined)();
    check("never delegated from machine mode", fault.cause, ILLEGAL);
    csr_write(medeleg, 0);
}

int main(void)
{
    pmp_open();
    exceptions();
    forbidden();
    delegated();
    return (int)failures();
}
