/* Prints the host's values of abi.h, of all tables of flag.def and all requests of ioctl.def as
 * assertions in C. The guest's compiler then says which do not hold for its guest. */
#include "tests/syscall/abi.h"

#define V(expression)                                                                              \
    printf("_Static_assert((long long)(" #expression ") == %lldLL, \"differs\");\n",               \
           (long long)(expression));
#define NAMES(table)
#define END(table)
#define NAME(text, value)                                                                          \
    printf("%s_Static_assert((long long)(%s) == %lldLL, \"differs\");\n%s",                         \
           strncmp(text, "PR_", 3) ? "" : "#ifdef " text "\n", text, (long long)(value),            \
           strncmp(text, "PR_", 3) ? "" : "#endif\n"); /* prctl.def is newer than headers are */

int main(void)
{
    printf("#include \"tests/syscall/abi.h\"\n");
    ABI_ERRORS(V)
    ABI_SIGNALS(V)
    ABI_FILES(V)
    ABI_SOCKETS(V)
    ABI_LAYOUTS(V)
#include "syscall/flag.def"
    return 0;
}
