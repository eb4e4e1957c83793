/* Disk images on worker threads: raw, -snapshot, locks, errors, the options of -drive. */
#include <criterion/criterion.h>
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

#include "softmmu-system/block.h"
#include "softmmu-system/loop.h"
#include "softmmu-system/machine.h"

static struct machine machine = {.mutex = PTHREAD_MUTEX_INITIALIZER};
static char directory[64], path[128], error[512];

static void init(void)
{
    loop_init(&machine);
    strcpy(directory, "/tmp/ferry-block.XXXXXX");
    cr_assert(mkdtemp(directory));
    snprintf(path, sizeof(path), "%s/disk.img", directory);
}

static void fini(void)
{
    unlink(path);
    rmdir(directory);
}
TestSuite(block, .init = init, .fini = fini, .timeout = 60);

/* ---- helpers ---- */

static void make_image(uint64_t size)
{
    int fd = open(path, O_CREAT | O_TRUNC | O_WRONLY, 0600);

    cr_assert(fd >= 0 && !ftruncate(fd, size));
    close(fd);
}

static struct block *open_image(struct block_options o)
{
    o.file = path;
    struct block *b = block_open(NULL, &o, error, sizeof(error));
    cr_assert(b, "%s", error);
    return b;
}

static bool ended;

static void done(struct block_request *r)
{
    (void)r;
    ended = true;
}

/* Does one request to its end; its error. */
static int run(struct block *b, struct block_request r)
{
    r.done = done;
    ended = false;
    machine_lock(&machine);
    block_submit(b, &r);
    machine_unlock(&machine);
    while (!ended)
        loop_once(&machine);
    return r.error;
}

static int transfer(struct block *b, enum block_operation operation, uint64_t offset, void *bytes,
                    uint64_t size)
{
    /* In three pieces, so that there is a list. */
    struct iovec iov[3] = {{bytes, size / 3},
                           {(char *)bytes + size / 3, size / 3},
                           {(char *)bytes + 2 * (size / 3), size - 2 * (size / 3)}};

    return run(b,
               (struct block_request){
                   .operation = operation, .offset = offset, .size = size, .iov = iov, .niov = 3});
}

static uint8_t byte_at(uint64_t offset)
{
    uint8_t byte = 0xee;
    int fd = open(path, O_RDONLY);

    cr_assert_geq(pread(fd, &byte, 1, offset), 0);
    close(fd);
    return byte;
}

/* ---- raw ---- */

static void read_and_write(struct block_options options)
{
    static uint8_t out[65536] __attribute__((aligned(4096))),
        in[65536] __attribute__((aligned(4096)));

    make_image(1 << 20);
    struct block *b = open_image(options);
    cr_expect_eq(block_size(b), 1 << 20);
    for (unsigned i = 0; i < sizeof(out); i++)
        out[i] = i * 7 + i / 256;
    cr_expect_eq(transfer(b, BLOCK_WRITE, 512 * 100, out, sizeof(out)), 0);
    cr_expect_eq(transfer(b, BLOCK_READ, 512 * 100, in, sizeof(in)), 0);
    cr_expect(!memcmp(out, in, sizeof(in)));
    cr_expect_eq(run(b, (struct block_request){.operation = BLOCK_FLUSH}), 0);
    cr_expect_eq(byte_at(512 * 100 + 1000), options.snapshot ? 0 : out[1000]);
    /* One sector, which O_DIRECT may refuse. */
    cr_expect_eq(transfer(b, BLOCK_WRITE, 512, out + 1, 512), 0);
    cr_expect_eq(transfer(b, BLOCK_READ, 512, in + 3, 512), 0);
    cr_expect(!memcmp(out + 1, in + 3, 512));
    /* Zeroes, then nothing at all. */
    for (unsigned unmap = 0; unmap < 2; unmap++) {
        memset(in, 1, sizeof(in));
        cr_expect_eq(transfer(b, BLOCK_WRITE, 0, in, 4096), 0);
        struct block_request zeroes = {
            .operation = BLOCK_WRITE_ZEROES, .size = 4096, .unmap = unmap};
        cr_expect_eq(run(b, zeroes), 0);
        cr_expect_eq(transfer(b, BLOCK_READ, 0, in, 8192), 0);
        for (unsigned i = 0; i < 4096; i++)
            cr_assert_eq(in[i], 0);
    }
    cr_expect_eq(run(b, (struct block_request){.operation = BLOCK_DISCARD, .size = 4096}), 0);
    block_close(b);
}

Test(block, raw)
{
    read_and_write((struct block_options){0});
}

Test(block, raw_direct)
{
    read_and_write((struct block_options){.direct = true});
}

Test(block, raw_writethrough_and_discard)
{
    read_and_write((struct block_options){.writethrough = true, .discard = true});
}

Test(block, raw_without_flush)
{
    read_and_write((struct block_options){.no_flush = true});
}

Test(block, at_once)
{
    static uint8_t bytes[8192];
    struct iovec iov = {bytes, sizeof(bytes)};

    make_image(1 << 20);
    struct block *b = open_image((struct block_options){0});
    memset(bytes, 9, sizeof(bytes));
    cr_assert_eq(transfer(b, BLOCK_WRITE, 4096, bytes, sizeof(bytes)), 0);
    memset(bytes, 0, sizeof(bytes));
    struct block_request r = {
        .operation = BLOCK_READ, .offset = 4096, .size = sizeof(bytes), .iov = &iov, .niov = 1};
    /* Some file systems have no such thing. */
    if (block_read_now(b, &r))
        cr_expect_eq(bytes[8191], 9);
    r.offset = 1 << 20;
    cr_expect(!block_read_now(b, &r));
}

Test(block, ranges)
{
    static uint8_t bytes[4096];

    make_image(8192);
    struct block *b = open_image((struct block_options){0});
    cr_expect_eq(transfer(b, BLOCK_READ, 8192, bytes, 0), 0);
    cr_expect_eq(transfer(b, BLOCK_READ, 8192, bytes, 512), EINVAL);
    cr_expect_eq(transfer(b, BLOCK_WRITE, 7680, bytes, 1024), EINVAL);
    cr_expect_eq(transfer(b, BLOCK_WRITE, -512ull, bytes, 1024), EINVAL);
    cr_expect_eq(transfer(b, BLOCK_WRITE, 100, bytes, 512), EINVAL);
    cr_expect_eq(transfer(b, BLOCK_WRITE, 0, bytes, 500), EINVAL);
    struct block_request far = {.operation = BLOCK_DISCARD, .offset = 4096, .size = -4096ull};
    cr_expect_eq(run(b, far), EINVAL);
    struct stat s;
    cr_expect(!stat(path, &s) && s.st_size == 8192);
}

Test(block, not_whole_sectors)
{
    static uint8_t bytes[1024];

    make_image(0);
    int fd = open(path, O_WRONLY);
    memset(bytes, 5, sizeof(bytes));
    cr_assert_eq(write(fd, bytes, 700), 700);
    close(fd);
    struct block *b = open_image((struct block_options){0});
    cr_expect_eq(block_size(b), 1024);
    cr_expect_eq(transfer(b, BLOCK_READ, 0, bytes, 1024), 0);
    cr_expect_eq(bytes[699], 5);
    cr_expect_eq(bytes[700], 0);
    cr_expect_eq(bytes[1023], 0);
    memset(bytes, 6, sizeof(bytes));
    cr_expect_eq(transfer(b, BLOCK_WRITE, 512, bytes, 512), 0);
    cr_expect_eq(byte_at(1023), 6);
}

Test(block, readonly)
{
    static uint8_t bytes[512];

    make_image(8192);
    chmod(path, 0400);
    struct block *b = open_image((struct block_options){.readonly = true});
    cr_expect(block_readonly(b));
    cr_expect_eq(transfer(b, BLOCK_READ, 0, bytes, 512), 0);
    cr_expect_eq(transfer(b, BLOCK_WRITE, 0, bytes, 512), EROFS);
    cr_expect_eq(run(b, (struct block_request){.operation = BLOCK_DISCARD, .size = 512}), EROFS);
    cr_expect_eq(run(b, (struct block_request){.operation = BLOCK_FLUSH}), 0);
}

/* As a full disk: the guest is told, and the program lives. */
Test(block, no_space)
{
    static uint8_t bytes[8192];
    struct rlimit limit = {4096, 4096};

    make_image(1024);
    struct block *b = open_image((struct block_options){0});
    setrlimit(RLIMIT_FSIZE, &limit);
    signal(SIGXFSZ, SIG_DFL);
    make_image(1024);
    block_close(b);
    cr_assert_eq(truncate(path, 4096), 0);
    b = open_image((struct block_options){.snapshot = true});
    cr_expect_eq(transfer(b, BLOCK_WRITE, 0, bytes, 4096), 0);
    block_close(b);
    setrlimit(RLIMIT_FSIZE, &(struct rlimit){2048, 2048});
    b = open_image((struct block_options){.snapshot = true});
    cr_expect_eq(transfer(b, BLOCK_WRITE, 2048, bytes, 2048), EFBIG);
    cr_expect_eq(transfer(b, BLOCK_WRITE, 0, bytes, 2048), 0);
}

/* ---- -snapshot ---- */

Test(block, snapshot)
{
    read_and_write((struct block_options){.snapshot = true});
}

Test(block, snapshot_mixes)
{
    enum { SECTORS = 1024 };
    static uint8_t model[SECTORS * 512], bytes[SECTORS * 512];
    unsigned seed = 1;

    make_image(sizeof(model));
    int fd = open(path, O_WRONLY);
    for (unsigned i = 0; i < sizeof(model); i++)
        model[i] = i / 512 * 3 + i;
    cr_assert_eq(write(fd, model, sizeof(model)), (ssize_t)sizeof(model));
    close(fd);
    struct block *b = open_image((struct block_options){.snapshot = true});
    for (unsigned round = 0; round < 2000; round++) {
        unsigned at = rand_r(&seed) % SECTORS, n = rand_r(&seed) % (round % 8 ? 9 : 300) + 1;
        n = n < SECTORS - at ? n : SECTORS - at;
        unsigned kind = rand_r(&seed) % 8;
        if (kind < 3) {
            memset(bytes, round, n * 512);
            memcpy(model + at * 512, bytes, n * 512);
            cr_assert_eq(transfer(b, BLOCK_WRITE, at * 512, bytes, n * 512), 0);
        } else if (kind == 3) {
            memset(model + at * 512, 0, n * 512);
            struct block_request zeroes = {.operation = BLOCK_WRITE_ZEROES,
                                           .offset = at * 512,
                                           .size = n * 512,
                                           .unmap = round & 1};
            cr_assert_eq(run(b, zeroes), 0);
        } else {
            cr_assert_eq(transfer(b, BLOCK_READ, at * 512, bytes, n * 512), 0);
            cr_assert(!memcmp(bytes, model + at * 512, n * 512), "round %u", round);
        }
    }
    cr_expect_eq(byte_at(512), 3);
    cr_expect_eq(byte_at(1000 * 512 + 5), (uint8_t)(1000 * 3 + 5));
}

/* ---- locks ---- */

static bool opens(bool readonly, bool no_lock)
{
    struct block_options o = {.file = path, .readonly = readonly, .no_lock = no_lock};
    struct block *b = block_open(NULL, &o, error, sizeof(error));

    if (b)
        block_close(b);
    else
        cr_expect(strstr(error, path), "%s", error);
    return b;
}

Test(block, locks)
{
    make_image(8192);
    struct block *writer = open_image((struct block_options){0});
    cr_expect(!opens(false, false));
    cr_expect(!opens(true, false));
    cr_expect(opens(false, true));
    block_close(writer);
    struct block *reader = open_image((struct block_options){.readonly = true});
    cr_expect(opens(true, false));
    cr_expect(!opens(false, false));
    block_close(reader);
    struct block *snapshot = open_image((struct block_options){.snapshot = true});
    cr_expect(opens(true, false));
    cr_expect(!opens(false, false));
    block_close(snapshot);
    cr_expect(opens(false, false));
}

/* ---- opening ---- */

static void refuses(const char *file, const char *format, const char *why)
{
    struct block_options o = {.file = file, .format = format};

    cr_expect(!block_open("x", &o, error, sizeof(error)));
    cr_expect(strstr(error, why), "%s: not '%s'", error, why);
    cr_expect(strstr(error, file), "%s: does not name '%s'", error, file);
    cr_expect(!strchr(error, '\n'));
}

Test(block, opening)
{
    refuses("/nonexistent/disk", NULL, "No such file");
    refuses(directory, NULL, "directory");
    refuses("/dev/null", NULL, "neither a file nor a block device");
    make_image(8192);
    refuses(path, "qcow3", "unknown format 'qcow3' (known: raw)");
    int fd = open(path, O_WRONLY);
    cr_assert_eq(pwrite(fd, "QFI\xfb", 4, 0), 4);
    close(fd);
    refuses(path, NULL, "qcow2");
    struct block_options o = {.file = path, .format = "raw"};
    cr_expect(block_open("x", &o, error, sizeof(error)));
    o.no_lock = true;
    cr_expect(!block_open("x", &o, error, sizeof(error)));
    cr_expect(strstr(error, "'x'"));
}

Test(block, drive_options)
{
    static const struct {
        const char *text, *why;
    } bad[] = {
        {"if=none", "file="},
        {"file=", "file="},
        {"file=x,colour=red", "'colour'"},
        {"file=x,colour=red", "known: file"},
        {"file=x,if=ide", "virtio none"},
        {"file=x,cache=some", "'some'"},
        {"file=x,readonly=perhaps", "'perhaps'"},
        {"file=x,discard=some", "'some'"},
    };
    char text[300];

    for (unsigned i = 0; i < sizeof(bad) / sizeof(*bad); i++) {
        cr_expect(!block_option(bad[i].text, error, sizeof(error)), "%s", bad[i].text);
        cr_expect(strstr(error, bad[i].why), "%s: '%s'", bad[i].text, error);
    }
    make_image(8192);
    snprintf(text, sizeof(text),
             "if=none,format=raw,cache=none,aio=native,readonly=on,id=d0,file=%s", path);
    cr_assert(block_option(text, error, sizeof(error)), "%s", error);
    snprintf(text, sizeof(text), "file=%s,if=virtio,snapshot=on,file.locking=off", path);
    cr_assert(block_option(text, error, sizeof(error)), "%s", error);
    cr_assert(block_open_all(false, error, sizeof(error)), "%s", error);
    cr_expect(block_readonly(block_find("d0")));
    cr_assert(block_find("virtio0"));
    cr_expect(!block_readonly(block_find("virtio0")));
    cr_expect(!block_find("d1"));
    cr_expect(block_attach(block_find("d0"), "me"));
    cr_expect(!block_attach(block_find("d0"), "you"));
    cr_expect_str_eq(block_user(block_find("d0")), "me");
}
