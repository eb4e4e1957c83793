/* statx answers what its mask asks for. */
#include "sys.h"

int main(void)
{
    struct statx x;
    write_file("a", "abc");
    CALL(statx(AT_FDCWD, "a", 0, STATX_BASIC_STATS, &x));
    SHOW(x.stx_mask & STATX_BASIC_STATS);
    SHOW(x.stx_size);
    SHOW(x.stx_mode);
    SHOW(x.stx_nlink);
    CALL(symlink("a", "l"));
    CALL(statx(AT_FDCWD, "l", AT_SYMLINK_NOFOLLOW, STATX_TYPE, &x));
    SHOW(S_ISLNK(x.stx_mode));
    CALL(statx(AT_FDCWD, "none", 0, STATX_TYPE, &x));
    CALL(statx(AT_FDCWD, "a", 0, STATX__RESERVED, &x));
    return 0;
}
