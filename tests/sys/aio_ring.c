/*
 * Linux AIO: reads and writes through a context, completions by io_getevents and, as libaio does
 * it, straight from the ring; an eventfd is told; a context is gone after io_destroy.
 */
#include <linux/aio_abi.h>
#include <sys/eventfd.h>

#include "../guest.h"

struct ring {
    unsigned id, nr, head, tail, magic, compat, incompat, header;
    struct io_event events[];
};

static long submit(aio_context_t c, struct iocb *cb)
{
    struct iocb *list[1] = {cb};
    return syscall(SYS_io_submit, c, 1L, list);
}

static bool mapped(unsigned long address)
{
    unsigned char in_core;
    return mincore((void *)address, 1, &in_core) == 0;
}

static bool in_maps(unsigned long address)
{
    char line[512];
    unsigned long start, end;
    bool found = false;
    FILE *f = fopen("/proc/self/maps", "r");
    while (f && fgets(line, sizeof line, f))
        if (sscanf(line, "%lx-%lx", &start, &end) == 2 && start <= address && address < end)
            found = true;
    if (f)
        fclose(f);
    return found;
}

int main(void)
{
    aio_context_t c = 0, second = 0;
    TRY(syscall(SYS_io_setup, 0, &c));
    TRY(syscall(SYS_io_setup, 8, NULL));
    aio_context_t set = 1;
    TRY(syscall(SYS_io_setup, 8, &set));
    MUST(syscall(SYS_io_setup, 8, &c));
    MUST(syscall(SYS_io_setup, 100, &second));
    YES(c && second && c != second);
    struct ring *ring = (struct ring *)c;
    YES(ring->magic == 0xa10a10a1);
    YES(in_maps(c));

    int fd = (int)MUST(open("file", O_RDWR | O_CREAT | O_TRUNC, 0666));
    int event = (int)MUST(eventfd(0, EFD_NONBLOCK));
    char text[] = "asynchronous", buffer[32] = "";
    struct iocb cb = {.aio_lio_opcode = IOCB_CMD_PWRITE,
                      .aio_fildes = (unsigned)fd,
                      .aio_buf = (unsigned long)text,
                      .aio_nbytes = sizeof text,
                      .aio_data = 11,
                      .aio_flags = IOCB_FLAG_RESFD,
                      .aio_resfd = (unsigned)event};
    VALUE(submit(c, &cb));
    struct io_event done[4];
    memset(done, 0, sizeof done);
    VALUE(syscall(SYS_io_getevents, c, 1L, 4L, done, NULL));
    SHOW(done[0].data);
    SHOW(done[0].res);
    YES(done[0].obj == (unsigned long)&cb);
    uint64_t count = 0;
    VALUE(read(event, &count, sizeof count));
    SHOW(count);

    /* As libaio does it: no call. */
    cb = (struct iocb){.aio_lio_opcode = IOCB_CMD_PREAD,
                       .aio_fildes = (unsigned)fd,
                       .aio_buf = (unsigned long)buffer,
                       .aio_nbytes = sizeof buffer,
                       .aio_data = 12};
    VALUE(submit(c, &cb));
    while (__atomic_load_n(&ring->tail, __ATOMIC_ACQUIRE) == ring->head)
        ;
    SHOW(ring->events[ring->head].data);
    SHOW(ring->events[ring->head].res);
    __atomic_store_n(&ring->head, (ring->head + 1) % ring->nr, __ATOMIC_RELEASE);
    TEXT(buffer);
    struct timespec none = {0, 0};
    VALUE(syscall(SYS_io_getevents, c, 0L, 4L, done, &none));

    /* Errors. */
    cb.aio_fildes = 77;
    VALUE(submit(c, &cb));
    cb.aio_fildes = (unsigned)fd;
    cb.aio_lio_opcode = 99;
    VALUE(submit(c, &cb));
    VALUE(syscall(SYS_io_submit, c, 1L, BAD));
    VALUE(syscall(SYS_io_submit, 4096L, 0L, NULL));
    VALUE(syscall(SYS_io_getevents, 4096L, 0L, 1L, done, NULL));

    TRY(syscall(SYS_io_destroy, c));
    TRY(syscall(SYS_io_destroy, c));
    YES(mapped(c));
    YES(in_maps(c));
    YES(mapped(second));

    /* A child has the ring's memory but not the context. */
    pid_t pid = fork();
    if (pid == 0) {
        VALUE(syscall(SYS_io_getevents, second, 0L, 1L, done, &none));
        _exit(0);
    }
    guest_reap("child", pid);
    VALUE(syscall(SYS_io_getevents, second, 0L, 1L, done, &none));
    return 0;
}
