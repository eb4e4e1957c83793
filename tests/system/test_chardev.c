/* Character devices: files, sockets, pseudo-terminals, the mux's keys, and who waits for whom. */
#include <criterion/criterion.h>
#include <fcntl.h>
#include <poll.h>
#include <pty.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <termios.h>
#include <time.h>
#include <unistd.h>

#include "softmmu-system/chardev.h"
#include "softmmu-system/chardev_kind.h"
#include "softmmu-system/loop.h"
#include "softmmu-system/machine.h"
#include "softmmu-system/monitor.h"

static struct machine machine = {.mutex = PTHREAD_MUTEX_INITIALIZER};
static int requested = -1;
static char directory[] = "/tmp/ferry-chardev-XXXXXX";
static char error[256];

/* What the devices ask of the rest of the program. */
int64_t machine_clock(const struct machine *m)
{
    (void)m;
    return 0;
}

void machine_request(struct machine *m, enum run_state state)
{
    (void)m;
    requested = state;
}

static struct chardev *monitored;

bool monitor_start(struct machine *m, struct chardev *c)
{
    (void)m;
    monitored = c;
    return true;
}

static void init(void)
{
    loop_init(&machine);
    cr_assert(mkdtemp(directory));
    cr_assert_eq(chdir(directory), 0);
}

static void fini(void)
{
    unlink("socket");
    unlink("file");
    rmdir(directory);
}
TestSuite(chardev, .init = init, .fini = fini, .timeout = 60);

/* A user that keeps what it gets. */
struct user {
    struct chardev_user user;
    size_t room;
    char text[65536];
    size_t size;
    int opened, closed, breaks, drained;
};

static size_t user_room(struct chardev_user *u)
{
    return ((struct user *)u)->room;
}

static void user_receive(struct chardev_user *u, const uint8_t *bytes, size_t n)
{
    struct user *s = (struct user *)u;
    cr_assert_leq(n, s->room);
    cr_assert_lt(s->size + n, sizeof s->text);
    memcpy(s->text + s->size, bytes, n);
    s->size += n;
    s->text[s->size] = 0;
    s->room -= n;
}

static void user_opened(struct chardev_user *u, bool open)
{
    struct user *s = (struct user *)u;
    open ? s->opened++ : s->closed++;
}

static void user_break(struct chardev_user *u)
{
    ((struct user *)u)->breaks++;
}

static void user_drained(struct chardev_user *u)
{
    ((struct user *)u)->drained++;
}

static struct user *new_user(size_t room)
{
    struct user *u = calloc(1, sizeof *u);
    u->user = (struct chardev_user){.room = user_room,
                                    .receive = user_receive,
                                    .opened = user_opened,
                                    .drained = user_drained,
                                    .line_break = user_break};
    u->room = room;
    return u;
}

/* Rounds of the loop for `ms` milliseconds. */
static void stop_waiting(struct loop_timer *t)
{
    (void)t;
}

static void run(int ms)
{
    struct loop_timer t = {.fire = stop_waiting, .host = true};
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    loop_set_timer(&t, now.tv_sec * 1000000000LL + now.tv_nsec + ms * 1000000LL);
    while (t.added)
        loop_once(&machine);
}

/* Rounds until the user has got `text` in all. */
static void expect(struct user *u, const char *text)
{
    for (int i = 0; i < 1000 && u->size < strlen(text); i++)
        run(10);
    cr_assert_str_eq(u->text, text);
}

/* Rounds until `fd` has given what contains `wanted`; all of it, in `text`. */
static void take(int fd, const char *wanted, char *text, size_t size)
{
    size_t n = 0;
    text[0] = 0;
    for (int i = 0; i < 2000 && !strstr(text, wanted); i++) {
        struct pollfd p = {.fd = fd, .events = POLLIN};
        ssize_t got = poll(&p, 1, 0) > 0 ? read(fd, text + n, size - 1 - n) : 0;
        if (got <= 0) {
            run(5);
            continue;
        }
        n += got;
        text[n] = 0;
    }
    cr_assert(strstr(text, wanted), "%s", text);
}

static void write_text(struct chardev *c, const char *text)
{
    chardev_write(c, (const uint8_t *)text, strlen(text));
}

static struct chardev *open_one(const char *label, const char *text)
{
    struct chardev *c = chardev_open(&machine, label, text, error, sizeof error);
    cr_assert(c, "%s: %s", text, error);
    return c;
}

static void refused(const char *text, const char *why)
{
    cr_assert_null(chardev_open(&machine, text, text, error, sizeof error));
    cr_assert(strstr(error, why), "%s: \"%s\" does not say \"%s\"", text, error, why);
    cr_assert_null(strchr(error, '\n'));
}

Test(chardev, texts)
{
    cr_assert_null(chardev_open(&machine, "serial0", "none", error, sizeof error));
    cr_assert_str_empty(error);
    refused("foo", "'foo'");
    refused("foo", "unix:");
    refused("stdiox", "'stdiox'");
    refused("file:", "path");
    refused("file:/nowhere/file", "/nowhere/file: No such file");
    refused("telnet::4444,server", "telnet");
    refused("tcp:4444", "HOST:PORT");
    refused("tcp:127.0.0.1:1,telnet=on", "telnet");
    refused("unix:/nowhere/socket", "unix:/nowhere/socket");
    refused("unix:x,colour=red", "'colour' (known:");
    refused("unix:x,server=maybe", "on or off");
    refused("chardev:nobody", "nobody");
    cr_assert_not(chardev_option(&machine, "null", error, sizeof error));
    cr_assert(strstr(error, "id="));
    cr_assert(chardev_option(&machine, "null,id=n", error, sizeof error));
    cr_assert_not(chardev_option(&machine, "null,id=n", error, sizeof error));
    cr_assert_eq(open_one("serial0", "chardev:n"), chardev_find("n"));
}

Test(chardev, file)
{
    struct chardev *c = open_one("serial0", "file:file");
    write_text(c, "hello ");
    write_text(c, "world\n");
    char text[32];
    take(open("file", O_RDONLY), "\n", text, sizeof text);
    cr_assert_str_eq(text, "hello world\n");
    struct user *a = new_user(1), *b = new_user(1);
    cr_assert(chardev_connect(c, &a->user));
    cr_assert_not(chardev_connect(c, &b->user));
}

static int connect_to(const char *path)
{
    struct sockaddr_un address = {.sun_family = AF_UNIX};
    int fd = socket(AF_UNIX, SOCK_STREAM, 0);
    strcpy(address.sun_path, path);
    cr_assert_eq(connect(fd, (struct sockaddr *)&address, sizeof address), 0);
    return fd;
}

Test(chardev, socket_clients_come_and_go)
{
    struct chardev *c = open_one("serial0", "unix:socket,server=on,wait=off");
    struct user *u = new_user(1000);
    cr_assert(chardev_connect(c, &u->user));
    write_text(c, "nobody reads this");
    for (int i = 1; i <= 3; i++) {
        int fd = connect_to("socket");
        char text[32] = "";
        cr_assert_eq(write(fd, "in", 2), 2);
        expect(u, i == 1 ? "in" : i == 2 ? "inin" : "ininin");
        cr_assert_eq(u->opened, i);
        write_text(c, "out");
        take(fd, "out", text, sizeof text);
        cr_assert_str_eq(text, "out");
        close(fd);
        for (int k = 0; k < 1000 && u->closed < i + 1; k++)
            run(5);
        cr_assert_eq(u->closed, i + 1, "closed at first, and after each client");
    }
}

Test(chardev, old_words_of_servers)
{
    struct chardev *c = open_one("serial0", "unix:socket,server,nowait");
    struct user *u = new_user(1000);
    cr_assert(chardev_connect(c, &u->user));
    cr_assert_eq(write(connect_to("socket"), "x", 1), 1);
    expect(u, "x");
}

/* Input waits while the user has no room, and a side that closes meanwhile loses nothing. */
Test(chardev, input_waits_for_room)
{
    struct chardev *c = open_one("serial0", "unix:socket,server=on,wait=off");
    struct user *u = new_user(3);
    cr_assert(chardev_connect(c, &u->user));
    int fd = connect_to("socket");
    cr_assert_eq(write(fd, "abcdefgh", 8), 8);
    close(fd);
    expect(u, "abc");
    run(30);
    cr_assert_str_eq(u->text, "abc");
    u->room = 2;
    chardev_accept(&u->user);
    expect(u, "abcde");
    u->room = 100;
    chardev_accept(&u->user);
    expect(u, "abcdefgh");
}

/* Output that nobody takes is kept, bounded; who asked learns of room; nothing blocks. */
Test(chardev, output_waits_for_the_host)
{
    struct chardev *c = open_one("serial0", "unix:socket,server=on,wait=off");
    struct user *u = new_user(10);
    cr_assert(chardev_connect(c, &u->user));
    int fd = connect_to("socket");
    for (int i = 0; i < 1000 && !u->opened; i++)
        run(5);
    uint8_t byte = 0;
    size_t sent = 0, room;
    while ((room = chardev_write_room(c))) {
        for (size_t i = 0; i < room; i++, sent++, byte = byte * 5 + 1)
            chardev_write(c, &byte, 1);
        run(2);
        cr_assert_lt(sent, 64u << 20);
    }
    cr_assert_eq(u->drained, 0);
    chardev_write(c, (const uint8_t *)"lost", 4);
    uint8_t expected = 0, got[4096];
    size_t received = 0;
    for (int idle = 0; received < sent && idle < 1000;) {
        ssize_t n = recv(fd, got, sizeof got, MSG_DONTWAIT);
        for (ssize_t i = 0; i < n; i++, received++, expected = expected * 5 + 1)
            cr_assert_eq(got[i], expected);
        if (n <= 0) {
            run(2);
            idle++;
        }
    }
    cr_assert_eq(received, sent);
    cr_assert_geq(u->drained, 1);
}

Test(chardev, pty)
{
    struct chardev *c = open_one("serial0", "pty");
    struct user *u = new_user(1000);
    cr_assert(chardev_connect(c, &u->user));
    run(20);
    FILE *listing = tmpfile();
    chardev_print(listing);
    rewind(listing);
    char line[200], name[100];
    cr_assert(fgets(line, sizeof line, listing));
    cr_assert_eq(sscanf(line, "serial0: filename=disconnected:pty:%99s", name), 1, "%s", line);
    for (int round = 0; round < 2; round++) {
        int fd = open(name, O_RDWR | O_NOCTTY);
        cr_assert_geq(fd, 0);
        for (int i = 0; i < 1000 && u->opened <= round; i++)
            run(5);
        cr_assert_eq(write(fd, "x\003", 2), 2);
        expect(u, round ? "x\003x\003" : "x\003"); /* raw: Control-C is a byte */
        write_text(c, "a\nb");
        char text[16];
        take(fd, "b", text, sizeof text);
        cr_assert_str_eq(text, "a\nb");
        close(fd);
        for (int i = 0; i < 1000 && u->closed < round + 2; i++)
            run(5);
    }
}

Test(chardev, mux_keys)
{
    struct chardev *c = open_one("serial0", "mon:unix:socket,server=on,wait=off");
    cr_assert_eq(monitored, c);
    struct user *monitor = new_user(1000), *serial = new_user(1000);
    monitor->user.background = true;
    cr_assert(chardev_connect(c, &monitor->user));
    cr_assert(chardev_connect(c, &serial->user));
    cr_assert_eq(monitor->opened, 0);
    int fd = connect_to("socket");
    char text[2000] = "";
    cr_assert_eq(write(fd, "ab\001\001c", 5), 5);
    expect(serial, "ab\001c");
    cr_assert_eq(write(fd, "\001chelp", 6), 6);
    expect(monitor, "help");
    cr_assert_eq(monitor->opened, 1);
    cr_assert_eq(write(fd, "\001cd\001be\001zf", 9), 9);
    expect(serial, "ab\001cdef");
    cr_assert_eq(serial->breaks, 1);
    cr_assert_eq(write(fd, "\001h", 2), 2);
    take(fd, "send C-a\n\r", text, sizeof text);
    cr_assert_eq(write(fd, "\001tg", 3), 3);
    expect(serial, "ab\001cdefg");
    write_text(c, "line\n");
    take(fd, "] line\n", text, sizeof text);
    cr_assert_eq(text[0], '[');
    cr_assert_eq(requested, -1);
    cr_assert_eq(write(fd, "\001x", 2), 2);
    for (int i = 0; i < 1000 && requested < 0; i++)
        run(5);
    cr_assert_eq(requested, RUN_QUIT);
}

/* The keys work while the guest does not read, and it gets later what was typed. */
Test(chardev, mux_keys_of_a_busy_guest)
{
    struct chardev *c = open_one("serial0", "mon:unix:socket,server=on,wait=off");
    struct user *monitor = new_user(1000), *serial = new_user(0);
    monitor->user.background = true;
    cr_assert(chardev_connect(c, &monitor->user));
    cr_assert(chardev_connect(c, &serial->user));
    int fd = connect_to("socket");
    cr_assert_eq(write(fd, "typed ahead\001cquit", 17), 17);
    expect(monitor, "quit");
    serial->room = 5;
    chardev_accept(&serial->user);
    expect(serial, "typed");
    serial->room = 50;
    chardev_accept(&serial->user);
    expect(serial, "typed ahead");
}

Test(chardev, mux_of_an_option_serves_two)
{
    cr_assert(chardev_option(&machine,
                             "socket,id=m,path=socket,server=on,wait=off,mux=on,logfile=file",
                             error, sizeof error),
              "%s", error);
    struct user *a = new_user(10), *b = new_user(10);
    cr_assert(chardev_connect(chardev_find("m"), &a->user));
    cr_assert(chardev_connect(chardev_find("m"), &b->user));
    write_text(chardev_find("m"), "logged");
    char text[16] = "";
    cr_assert_eq(read(open("file", O_RDONLY), text, sizeof text), 6);
    cr_assert_str_eq(text, "logged");
}

/* A program on a terminal of its own; `end` is how it ends. Returns the terminal once it is raw. */
static int on_a_terminal(const char *text, pid_t *child, void (*end)(void))
{
    int master;
    *child = forkpty(&master, NULL, NULL, NULL);
    cr_assert_geq(*child, 0);
    if (*child == 0) {
        signal(SIGINT, SIG_DFL); /* whoever runs us may ignore it, as shells do in the background */
        struct user *u = new_user(1);
        struct chardev *c = chardev_open(&machine, "serial0", text, error, sizeof error);
        if (!c || !chardev_connect(c, &u->user))
            _exit(99);
        write_text(c, "raw");
        while (!u->size)
            loop_once(&machine);
        if (u->text[0] == 3)
            _exit(77); /* Control-C is a byte */
        end();
    }
    char bytes[3];
    cr_assert_eq(read(master, bytes, 3), 3);
    return master;
}

static tcflag_t modes(int terminal)
{
    struct termios t;
    cr_assert_eq(tcgetattr(terminal, &t), 0);
    return t.c_lflag & (ECHO | ICANON | ISIG);
}

static int status_of(pid_t child)
{
    int status;
    cr_assert_eq(waitpid(child, &status, 0), child);
    return status;
}

static void end_well(void)
{
    exit(5);
}

static void end_by_abort(void)
{
    abort();
}

Test(chardev, the_terminal_comes_back)
{
    static const struct {
        void (*end)(void);
        int signal;
    } ends[] = {{end_well, 0}, {end_by_abort, 0}, {end_well, SIGTERM}, {end_well, SIGHUP}};
    for (unsigned i = 0; i < sizeof ends / sizeof *ends; i++) {
        pid_t child;
        int terminal = on_a_terminal("stdio", &child, ends[i].end);
        cr_assert_eq(modes(terminal), ISIG);
        if (ends[i].signal)
            kill(child, ends[i].signal);
        else
            cr_assert_eq(write(terminal, "q", 1), 1);
        int status = status_of(child);
        if (i == 0)
            cr_assert_eq(WEXITSTATUS(status), 5);
        else
            cr_assert_eq(WTERMSIG(status), i == 1 ? SIGABRT : ends[i].signal);
        cr_assert_eq(modes(terminal), ECHO | ICANON | ISIG);
        close(terminal);
    }
}

/* stdio ends by Control-C; with the monitor on it, it is the guest's. */
Test(chardev, control_c)
{
    pid_t child;
    int terminal = on_a_terminal("stdio", &child, end_well);
    cr_assert_eq(write(terminal, "\003", 1), 1);
    cr_assert_eq(WTERMSIG(status_of(child)), SIGINT);
    cr_assert_eq(modes(terminal), ECHO | ICANON | ISIG);
    terminal = on_a_terminal("mon:stdio", &child, end_well);
    cr_assert_eq(modes(terminal), 0);
    cr_assert_eq(write(terminal, "\003", 1), 1);
    cr_assert_eq(WEXITSTATUS(status_of(child)), 77);
}

/* What was written last is read, though the program ends at once. */
Test(chardev, the_end_is_read)
{
    int fds[2];
    cr_assert_eq(pipe(fds), 0);
    pid_t child = fork();
    if (child == 0) {
        dup2(fds[1], 1);
        struct chardev *c = chardev_open(&machine, "serial0", "stdio", error, sizeof error);
        for (int i = 0; i < 6000; i++)
            write_text(c, "0123456789");
        exit(0);
    }
    usleep(50000);
    char bytes[4096];
    size_t all = 0;
    for (ssize_t n; all < 60000 && (n = read(fds[0], bytes, sizeof bytes)) > 0;)
        all += n;
    cr_assert_eq(status_of(child), 0);
    cr_assert_eq(all, 60000);
    cr_assert_eq(fcntl(fds[1], F_GETFL) & O_NONBLOCK, 0, "the pipe is others' too");
}
