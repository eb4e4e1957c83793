/* Addresses whose unused upper bits are not copies of the highest used one fault in every mode. */
#include "program.h"

int main(void)
{
    static const unsigned bits[] = {39, 48, 57};
    pmp_open();
    no_fault();
    for (unsigned mode = SV39; mode <= SV57; mode++) {
        struct space s;
        unsigned used = bits[mode - SV39];
        uint64_t highest = -(UINT64_C(1) << (used - 1)), *data = page_new();
        space_create(&s, mode);
        map_program(&s, 0);
        map(&s, highest, (uint64_t)data, PTE_V | PTE_RWX | PTE_AD, 0);
        map(&s, (UINT64_C(1) << (used - 1)) - PAGE, (uint64_t)data, PTE_V | PTE_RWX | PTE_AD, 0);
        data[0] = mode + 100;
        check("lowest negative address", load_as(SUPERVISOR, &s, highest), mode + 100);
        check("highest positive page", load_as(SUPERVISOR, &s, (UINT64_C(1) << (used - 1)) - PAGE),
              mode + 100);
        check_fault("both are there", NO_FAULT, 0);
        for (unsigned bit = used - 1; bit < 64; bit += bit < 62 ? 5 : 1) {
            uint64_t wrong = (UINT64_C(1) << bit) ^ (bit & 1 ? highest << 1 : 0);
            if (bit == used - 1)
                wrong = highest & ~(UINT64_C(1) << 63);
            load_as(SUPERVISOR, &s, wrong);
            check_fault("load", LOAD_PAGE, wrong);
            store_as(SUPERVISOR, &s, wrong, 1);
            check_fault("store", STORE_PAGE, wrong);
            fetch_as(SUPERVISOR, &s, wrong);
            check_fault("fetch", FETCH_PAGE, wrong);
        }
    }
    return (int)failures();
}
