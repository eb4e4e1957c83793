/*
 * R, W, X and U of a leaf for loads, stores and fetches of user and supervisor mode, SUM and MXR
 * clear and set; and the same loads and stores of machine mode with MPRV.
 */
#include "program.h"

static struct space user, supervisor; /* the program is mapped for either */
static uint64_t *data;
enum { VIRTUAL = 0x40000000 };

static void set(uint64_t flags)
{
    map(&user, VIRTUAL, (uint64_t)data, flags | PTE_AD, 0);
    map(&supervisor, VIRTUAL, (uint64_t)data, flags | PTE_AD, 0);
    sfence();
}

static unsigned result(void)
{
    unsigned cause = (unsigned)fault.cause;
    no_fault();
    return cause == NO_FAULT ? 0 : cause;
}

/* Causes of a load, a store and a fetch, one digit group each. */
static uint64_t try(unsigned privilege)
{
    struct space *s = privilege == USER ? &user : &supervisor;
    uint64_t load, store, run;
    load_as(privilege, s, VIRTUAL);
    load = result();
    store_as(privilege, s, VIRTUAL + 16, 1);
    store = result();
    fetch_as(privilege, s, VIRTUAL);
    run = result();
    return load << 16 | store << 8 | run;
}

static void set_mpp(unsigned privilege)
{
    csr_clear(mstatus, MSTATUS_MPP);
    csr_set(mstatus, (uint64_t)privilege << 11);
}

static uint64_t try_mprv(unsigned privilege)
{
    uint64_t load, store;
    csr_write(satp, space_satp(privilege == USER ? &user : &supervisor, 0));
    set_mpp(privilege);
    mprv_load8(VIRTUAL);
    load = result();
    set_mpp(privilege); /* (a trap has changed it) */
    mprv_store8(VIRTUAL + 16, 1);
    store = result();
    csr_write(satp, 0);
    return load << 16 | store << 8;
}

static uint64_t wanted(unsigned privilege, uint64_t flags, bool sum, bool mxr)
{
    bool readable = flags & PTE_R || (mxr && flags & PTE_X);
    bool data_allowed = privilege == USER ? flags & PTE_U : !(flags & PTE_U) || sum;
    bool run_allowed = privilege == USER ? flags & PTE_U : !(flags & PTE_U);
    uint64_t load = readable && data_allowed ? 0 : LOAD_PAGE;
    uint64_t store = flags & PTE_W && data_allowed ? 0 : STORE_PAGE;
    uint64_t run = flags & PTE_X && run_allowed ? 0 : FETCH_PAGE;
    return load << 16 | store << 8 | run;
}

int main(void)
{
    pmp_open();
    no_fault();
    data = page_new();
    write_function(data, 1);
    fence_i();
    space_create(&user, SV39);
    map_program(&user, PTE_U);
    space_create(&supervisor, SV39);
    map_program(&supervisor, 0);
    static const uint64_t rwx[] = {PTE_R, PTE_X, PTE_R | PTE_W, PTE_R | PTE_X, PTE_RWX};
    for (unsigned i = 0; i < 5 * 2 * 4; i++) {
        uint64_t flags = PTE_V | rwx[i / 8] | (i & 4 ? PTE_U : 0);
        bool sum = i & 1, mxr = i & 2;
        csr_clear(mstatus, MSTATUS_SUM | MSTATUS_MXR);
        csr_set(mstatus, (sum ? MSTATUS_SUM : 0) | (mxr ? MSTATUS_MXR : 0));
        set(flags);
        print_hex(flags);
        print(sum ? " SUM" : "");
        print(mxr ? " MXR" : "");
        print("\n");
        for (unsigned privilege = USER; privilege <= SUPERVISOR; privilege++) {
            uint64_t want = wanted(privilege, flags, sum, mxr);
            check(privilege == USER ? "user" : "supervisor", try(privilege), want);
            check("  by MPRV", try_mprv(privilege), want & ~UINT64_C(0xff));
        }
    }
    /* SUM and MXR take effect at once, without a fence. */
    csr_clear(mstatus, MSTATUS_SUM | MSTATUS_MXR);
    set(PTE_V | PTE_X | PTE_U);
    for (unsigned i = 0; i < 4; i++) {
        csr_clear(mstatus, MSTATUS_SUM | MSTATUS_MXR);
        csr_set(mstatus, (i & 1 ? MSTATUS_SUM : 0) | (i & 2 ? MSTATUS_MXR : 0));
        check("changed without a fence", try_mprv(SUPERVISOR) >> 16, i == 3 ? 0 : LOAD_PAGE);
    }
    return (int)failures();
}
