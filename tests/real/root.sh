#!/bin/bash
# -L: which paths lie under the root, seen by a program that makes, renames, links and removes files.
#
#     root.sh

each_guest=1
. "$(dirname "$0")/../lib.sh"
only=("$@")
need "$ferry" "${cross}gcc"
work=$(mktemp -d /var/tmp/ferry.XXXXXX)    # (what is below /tmp is never the root's)
trap 'rm -rf "$work"' EXIT
root=$work/root
mkdir -p "$root"/{only,usr/lib}
"${cross}gcc" -O1 -static -o "$work/probe" -x c - <<'END' || exit 1
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>
int main(void)
{
#define SAY(call) (errno = 0, printf("%s: %d %s\n", #call, (int)((call) < 0), strerror(errno)))
    SAY(open("/only/new", O_CREAT | O_EXCL | O_WRONLY, 0644));
    SAY(rename("/only/new", "/only/renamed"));
    SAY(symlink("renamed", "/only/link"));
    SAY(link("/only/renamed", "/only/second"));
    SAY(mkdir("/only/directory", 0755));
    SAY(open("/only/directory/file", O_CREAT | O_WRONLY, 0644));
    SAY(access("/only/link", F_OK));
    SAY(unlink("/only/second"));
    SAY(access("/only/second", F_OK));
    SAY(open("/not/there/file", O_CREAT | O_WRONLY, 0644));
    SAY(open("/only/none/file", O_CREAT | O_WRONLY, 0644));
}
END
timeout 20 "$ferry" -L "$root" "$work/probe" >"$work/output" 2>&1
(cd "$root" && find . | sort) >>"$work/output"
diff - "$work/output" >"$work/difference" <<'END' && pass made_under_the_root || fail made_under_the_root "$(paste -sd' ' "$work/difference")"
open("/only/new", O_CREAT | O_EXCL | O_WRONLY, 0644): 0 Success
rename("/only/new", "/only/renamed"): 0 Success
symlink("renamed", "/only/link"): 0 Success
link("/only/renamed", "/only/second"): 0 Success
mkdir("/only/directory", 0755): 0 Success
open("/only/directory/file", O_CREAT | O_WRONLY, 0644): 0 Success
access("/only/link", F_OK): 0 Success
unlink("/only/second"): 0 Success
access("/only/second", F_OK): 1 No such file or directory
open("/not/there/file", O_CREAT | O_WRONLY, 0644): 1 No such file or directory
open("/only/none/file", O_CREAT | O_WRONLY, 0644): 1 No such file or directory
.
./only
./only/directory
./only/directory/file
./only/link
./only/renamed
./usr
./usr/lib
END
finish
