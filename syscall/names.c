/* The tables of kind.def and flag.def. Wide includes are all there is to it: the host's headers
 * give the values. */
#include <asm/termbits.h>
#include <fcntl.h>
#include <linux/close_range.h>
#include <linux/fiemap.h>
#include <linux/fs.h>
#include <linux/futex.h>
#include <linux/mman.h>
#include <linux/sockios.h>
#include <netinet/in.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <sys/file.h>
#include <sys/inotify.h>
#include <sys/ioctl.h>
#include <sys/ipc.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/random.h>
#include <sys/resource.h>
#include <sys/sem.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "syscall/names.h"

#ifndef SOL_NETLINK
#define SOL_NETLINK 270
#endif

#define NAMES(table)      const struct name_value names_##table[] = {
#define NAME(text, value) {text, (uint32_t)(value)},
#define END(table)                                                                                 \
    {                                                                                              \
        NULL, 0                                                                                    \
    }                                                                                              \
    }                                                                                              \
    ;
#include "syscall/flag.def"
#undef NAMES
#undef NAME
#undef END

const struct kind_desc syscall_kinds[KIND_COUNT] = {
#define KIND(name, pass, show, layout, names)                                                      \
    [KIND_##name] = {#name, PASS_##pass, SHOW_##show, STRUCT_##layout, names_##names},
#define RETURN(name, show)
#include "syscall/kind.def"
#undef KIND
#undef RETURN
};

const uint8_t syscall_return_show[RETURN_COUNT] = {
#define KIND(name, ...)
#define RETURN(name, show) [RETURN_##name] = SHOW_##show,
#include "syscall/kind.def"
#undef KIND
#undef RETURN
};
