/*
 * What the programs of this folder share. Each is a file that keeps one promise of the privileged
 * architecture and runs alone on the machine virt, from M mode (start.S). It prints what it sees,
 * ends with the number of checks that failed, and shall print the same on every machine that keeps
 * the promise.
 *
 * Lines of its first comment say how to run it:
 *
 *   machine: OPTIONS    more options, for any machine
 *   ferry: OPTIONS      for ferry-system
 *   firmware: yes       under the machine's firmware, in S mode (start_sbi.S)
 *   qemu: OPTIONS       for qemu-system-riscv64, the oracle; `qemu: none` and why it is none here
 */
#ifndef PROGRAM_H
#define PROGRAM_H

#define HARTS      8
#define STACK_BITS 14
#define COME_BACK  0x7261 /* in a7: the ecall that ends run_as */

#ifndef __ASSEMBLER__

#include <stdbool.h>
#include <stdint.h>

enum { USER, SUPERVISOR, MACHINE = 3 };
enum { PAGE = 4096 };

/* Page-table entries, and satp. */
#define PTE_V       UINT64_C(1)
#define PTE_R       UINT64_C(2)
#define PTE_W       UINT64_C(4)
#define PTE_X       UINT64_C(8)
#define PTE_U       UINT64_C(16)
#define PTE_G       UINT64_C(32)
#define PTE_A       UINT64_C(64)
#define PTE_D       UINT64_C(128)
#define PTE_AD      (PTE_A | PTE_D)
#define PTE_RWX     (PTE_R | PTE_W | PTE_X)
#define PTE_PBMT(n) ((uint64_t)(n) << 61)
#define PTE_N       (UINT64_C(1) << 63)

enum { BARE = 0, SV39 = 8, SV48 = 9, SV57 = 10 };

enum {
    FETCH_ACCESS = 1,
    ILLEGAL = 2,
    LOAD_ACCESS = 5,
    STORE_ACCESS = 7,
    FETCH_PAGE = 12,
    LOAD_PAGE = 13,
    STORE_PAGE = 15,
    NO_FAULT = 99,
};

#define MSTATUS_MPP   (UINT64_C(3) << 11)
#define MSTATUS_SUM   (UINT64_C(1) << 18)
#define MSTATUS_MXR   (UINT64_C(1) << 19)
#define MENVCFG_ADUE  (UINT64_C(1) << 61)
#define MENVCFG_PBMTE (UINT64_C(1) << 62)

#define csr_read(name)                                                                             \
    ({                                                                                             \
        uint64_t value_;                                                                           \
        asm volatile("csrr %0, " #name : "=r"(value_) : : "memory");                               \
        value_;                                                                                    \
    })
#define csr_write(name, value)                                                                     \
    asm volatile("csrw " #name ", %0" : : "r"((uint64_t)(value)) : "memory")
#define csr_set(name, bits) asm volatile("csrs " #name ", %0" : : "r"((uint64_t)(bits)) : "memory")
#define csr_clear(name, bits)                                                                      \
    asm volatile("csrc " #name ", %0" : : "r"((uint64_t)(bits)) : "memory")

static inline void sfence(void)
{
    asm volatile("sfence.vma" : : : "memory");
}

static inline void fence_i(void)
{
    asm volatile("fence.i" : : : "memory");
}

/* ---- start.S ------------------------------------------------------------------------------ */

struct fault {
    uint64_t cause, tval, pc, status;
};
extern volatile struct fault fault; /* the last trap's to M mode */
extern volatile uint64_t interrupts[64];
/* The same of S mode, where medeleg, mideleg and stvec lead to supervisor_trap_entry. */
extern volatile struct fault supervisor_fault;
extern volatile uint64_t supervisor_interrupts[64];
extern char supervisor_trap_entry[];
extern volatile uint32_t harts_may_run;

/* Calls function(argument) at a lower privilege under that satp; all it touches must be mapped. */
uint64_t run_as(unsigned privilege, uint64_t satp, void *function, uint64_t argument);

/* Accesses that may fault, at any privilege. `fetch` calls. */
uint64_t load8(uint64_t address), load4(uint64_t address), load2(uint64_t address),
    load1(uint64_t address), fetch(uint64_t address);
void store8(uint64_t address, uint64_t value), store4(uint64_t address, uint64_t value),
    store1(uint64_t address, uint64_t value);
uint64_t add8(uint64_t address, uint64_t value);
/* From M mode, with mstatus.MPRV: the privilege of data accesses is mstatus.MPP. */
uint64_t mprv_load8(uint64_t address);
void mprv_store8(uint64_t address, uint64_t value);

void finish(uint64_t status) __attribute__((noreturn));

/* The other harts run this. */
void hart_main(uint64_t id);

/* ---- program.c ---------------------------------------------------------------------------- */

void print(const char *text);
void print_hex(uint64_t value);

/* Prints what has been seen; a failure is counted unless it is what was wanted. */
void check(const char *what, uint64_t seen, uint64_t wanted);

/* Checks which fault the access caused that has just been tried, if any, and forgets it. */
void check_fault(const char *what, uint64_t cause, uint64_t tval);
void no_fault(void);

/* What main returns. */
uint64_t failures(void);

/* A fresh page of RAM, zero; and pages in a row at a multiple of their size. */
uint64_t *page_new(void);
void *pages_new(uint64_t size);

/* Code that returns `number`, written to a page. */
void write_function(void *at, unsigned number);

/*
 * Address spaces: a root, tables made as needed. map() puts the entry for `virtual` at `level` (0:
 * 4 KiB); entry() is where it lies.
 */
struct space {
    unsigned mode; /* SV39... */
    uint64_t *root;
};
void space_create(struct space *s, unsigned mode);
uint64_t *entry(struct space *s, uint64_t virtual, unsigned level);
void map(struct space *s, uint64_t virtual, uint64_t physical, uint64_t flags, unsigned level);
/* RAM and the UART mapped to themselves, so that the program runs in it: with PTE_U for user mode.
 */
void map_program(struct space *s, uint64_t user);
uint64_t space_satp(const struct space *s, unsigned asid);

/* All memory open to all privileges: PMP entry 0. */
void pmp_open(void);

/* Accesses at a privilege in a space. */
uint64_t load_as(unsigned privilege, struct space *s, uint64_t address);
void store_as(unsigned privilege, struct space *s, uint64_t address, uint64_t value);
uint64_t fetch_as(unsigned privilege, struct space *s, uint64_t address);

void start_harts(void);

#endif
#endif
