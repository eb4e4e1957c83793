/* The text of traces. */
#include <criterion/criterion.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include "tests/syscall/fake.h"
#include "util/log.h"

static char name[64];

static void setup(void)
{
    fake_riscv64();
    fake_handlers();
    strcpy(name, "/tmp/test-strace.XXXXXX");
    close(mkstemp(name));
    cr_assert_eq(log_open(name), 0);
    log_mask = LOG_STRACE;
}

static void teardown(void)
{
    unlink(name);
}

TestSuite(strace, .init = setup, .fini = teardown, .timeout = 30);

/* What has been logged since the last time, without the thread's number; lines joined by '|'. */
static const char *logged(void)
{
    static char text[8192], lines[8192];
    static size_t seen;
    FILE *f = fopen(name, "r");
    size_t out = 0;
    fseek(f, (long)seen, SEEK_SET);
    while (fgets(text, sizeof text, f)) {
        seen += strlen(text);
        char *space = strchr(text, ' ');
        cr_assert_eq(atoi(text), getpid());
        text[strcspn(text, "\n")] = 0;
        out += (size_t)sprintf(lines + out, "%s%s", out ? "|" : "", space + 1);
    }
    fclose(f);
    lines[out] = 0;
    return lines;
}

Test(strace, results_and_errors)
{
    char expected[128];
    GUEST(57, 999);
    cr_assert_str_eq(logged(), "close(999) = -1 errno=9 (Bad file descriptor)");
    GUEST(172);
    sprintf(expected, "getpid() = %d", getpid());
    cr_assert_str_eq(logged(), expected);
    GUEST(500, 1, 2);
    cr_assert_str_eq(logged(),
                     "syscall_500(0x1,0x2,0,0,0,0) = -1 errno=38 (Function not implemented)");
    GUEST(166, 022);
    GUEST(166, 027);
    cr_assert_not_null(strstr(logged(), "umask(027) = 022"));
}

Test(strace, paths_and_flags)
{
    GUEST(56, (uint64_t)AT_FDCWD, P("/no\"ne\n"), O_RDONLY | O_CLOEXEC, 0);
    cr_assert_str_eq(logged(),
                     "openat(AT_FDCWD,\"/no\\\"ne\\n\",O_RDONLY|O_CLOEXEC,00) = -1 errno=2 "
                     "(No such file or directory)");
    GUEST(56, (uint64_t)AT_FDCWD, 8, O_RDWR | O_CREAT | O_SYNC, 0644);
    cr_assert_str_eq(logged(),
                     "openat(AT_FDCWD,0x8,O_RDWR|O_CREAT|O_SYNC,0644) = -1 errno=14 (Bad address)");
    GUEST(48, (uint64_t)AT_FDCWD, P("/"), R_OK | X_OK);
    cr_assert_str_eq(logged(), "faccessat(AT_FDCWD,\"/\",R_OK|X_OK) = 0");
    GUEST(62, 999, (uint64_t)-5, SEEK_END);
    cr_assert_str_eq(logged(), "lseek(999,-5,SEEK_END) = -1 errno=9 (Bad file descriptor)");
}

Test(strace, data_before_and_after)
{
    char expected[256], buffer[64];
    int p[2], q[2];
    cr_assert_eq(pipe(p), 0);
    GUEST(64, (uint64_t)p[1], P("one\ttwo\1"), 8);
    sprintf(expected, "write(%d,\"one\\ttwo\\1\",8) = 8", p[1]);
    cr_assert_str_eq(logged(), expected);
    GUEST(63, (uint64_t)p[0], P(buffer), 64);
    sprintf(expected, "read(%d,\"one\\ttwo\\1\",64) = 8", p[0]);
    cr_assert_str_eq(logged(), expected);
    GUEST(59, P(q), O_CLOEXEC);
    sprintf(expected, "pipe2([%d,%d],O_CLOEXEC) = 0", q[0], q[1]);
    cr_assert_str_eq(logged(), expected);
    memset(buffer, 'x', sizeof buffer);
    GUEST(64, (uint64_t)p[1], P(buffer), 64);
    sprintf(expected, "write(%d,\"xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx\"...,64) = 64", p[1]);
    cr_assert_str_eq(logged(), expected);
}

Test(strace, structures)
{
    int64_t one_ms[2] = {0, 1000000};
    GUEST(101, P(one_ms), 0);
    cr_assert_str_eq(logged(), "nanosleep({tv_sec=0,tv_nsec=1000000},NULL) <unfinished ...>|"
                               "nanosleep({tv_sec=0,tv_nsec=1000000},NULL) = 0");
    struct sockaddr_un un = {AF_UNIX, "/none"};
    GUEST(203, 999, P(&un), sizeof un);
    cr_assert_str_eq(logged(),
                     "connect(999,{sa_family=AF_UNIX,sun_path=\"/none\"},110) = -1 errno=9 "
                     "(Bad file descriptor)");
}

/* What cannot be read is shown as the pointer it is. */
Test(strace, bad_pointers)
{
    static const char badf[] = " = -1 errno=9 (Bad file descriptor)";
    char expected[256];
    GUEST(66, (uint64_t)-1, 8, 2);
    sprintf(expected, "writev(-1,0x8,2)%s", badf);
    cr_assert_str_eq(logged(), expected);
    GUEST(65, 999, 0, 2);
    sprintf(expected, "readv(999,NULL,2)%s", badf);
    cr_assert_str_eq(logged(), expected);
    GUEST(285, (uint64_t)-1, 8, (uint64_t)-1, 0, 5, 0);
    sprintf(expected, "copy_file_range(-1,0x8,-1,NULL,5,0)%s", "");
    cr_assert_eq(strncmp(logged(), expected, strlen(expected)), 0);
    GUEST(221, 8, 8, 0);
    cr_assert_eq(strncmp(logged(), "execve(0x8,{},NULL)", 19), 0);
}

/* A call that sleeps is shown before it does. */
Test(strace, sleeping_calls)
{
    char expected[256], c;
    int p[2];
    cr_assert_eq(pipe(p), 0);
    fake.attention = 1;
    GUEST(63, (uint64_t)p[0], P(&c), 1);
    sprintf(expected, "read(%d,%#llx,1) <unfinished ...>|read(%d,%#llx,1) = ? (interrupted)", p[0],
            (unsigned long long)P(&c), p[0], (unsigned long long)P(&c));
    cr_assert_str_eq(logged(), expected);
}

Test(strace, execve_shows_its_arguments)
{
    uint64_t argv[] = {P("prog"), P("-x"), 0};
    GUEST(221, P("/bin/prog"), P(argv), 0);
    cr_assert_eq(strncmp(logged(), "execve(\"/bin/prog\",{\"prog\",\"-x\"},NULL) = ?", 42), 0);
}
