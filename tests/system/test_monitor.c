/*
 * The monitor on a socket, with a machine that is this test: commands, formats, expressions,
 * editing. What real machines answer is in monitor.sh.
 */
#include <criterion/criterion.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include "frontend/frontend.h"
#include "softmmu-system/block.h"
#include "softmmu-system/chardev.h"
#include "softmmu-system/hart.h"
#include "softmmu-system/loop.h"
#include "softmmu-system/machine.h"
#include "softmmu-system/monitor.h"

static struct machine machine = {.mutex = PTHREAD_MUTEX_INITIALIZER};
static struct machine_class class = {.name = "test"};
static struct arch arch;
static struct vcpu vcpus[2];
static struct hart harts[2];
static int requested = -1, stops, running = 1;

/* Memory at 0x1000: three instructions, a text, numbers. */
static const struct {
    uint32_t code[3];
    char text[8];
    int32_t numbers[4];
} contents = {{0x00000297, 0x02828613, 0x00108093}, "hello\n", {1, -2, 0x7fffffff, 40}};

int64_t machine_clock(const struct machine *m)
{
    (void)m;
    return 0;
}

void machine_request(struct machine *m, enum run_state state)
{
    requested = state;
    if (state == RUN_STOPPED || state == RUN_RUNNING)
        m->state = state;
}

/* Harts are stopped without the lock, since one of them may wait for it. */
void hart_stop_all(struct machine *m)
{
    cr_assert_eq(pthread_mutex_trylock(&m->mutex), 0);
    pthread_mutex_unlock(&m->mutex);
    cr_assert(running);
    running = 0;
    stops++;
}

void hart_resume_all(struct machine *m)
{
    (void)m;
    running = 1;
}

bool memory_read(struct memory *m, uint64_t address, void *to, size_t size)
{
    (void)m;
    if (address < 0x1000 || address + size > 0x1000 + sizeof contents)
        return false;
    memcpy(to, (const char *)&contents + address - 0x1000, size);
    return true;
}

bool memory_io_read(struct memory *m, uint64_t address, unsigned size, uint64_t *value)
{
    (void)m;
    *value = size;
    return address == 0x100000;
}

bool softmmu_peek(struct hart *h, unsigned space, uint64_t address, void *to, size_t size)
{
    (void)h;
    cr_assert_eq(space, SOFTMMU_CURRENT);
    return memory_read(NULL, address - 0x80000000, to, size);
}

void softmmu_print(struct hart *h, FILE *out)
{
    fprintf(out, "tlb of %u\n", h->id);
}

void memory_print(const struct memory *m, FILE *out)
{
    (void)m;
    fprintf(out, "the map\n");
}

void block_print(FILE *out)
{
    fprintf(out, "the disks\n");
}

static void print_hart(struct hart *h, FILE *out)
{
    fprintf(out, "registers of %u\n", h->id);
}

static int client;
static char path[] = "/tmp/ferry-monitor-XXXXXX", socket_path[64];
static char answer[400000];

/* Sends, and reads until the prompt after `prompts` of them; what came is in `answer`, without
 * '\r'. */
static void talk(const char *text, unsigned prompts)
{
    size_t n = 0;
    cr_assert_eq(write(client, text, strlen(text)), (ssize_t)strlen(text));
    for (unsigned seen = 0; seen < prompts;) {
        uint8_t byte;
        if (recv(client, &byte, 1, MSG_DONTWAIT) != 1) {
            loop_once(&machine);
            continue;
        }
        if (byte != '\r')
            answer[n++] = byte;
        answer[n] = 0;
        seen += n >= 7 && strcmp(answer + n - 7, "(qemu) ") == 0;
    }
}

static void init(void)
{
    struct sockaddr_un address = {.sun_family = AF_UNIX};
    char text[100], error[200];
    arch.frontend = &frontend_riscv64;
    arch.print = print_hart;
    machine.class = &class;
    machine.nharts = 2;
    for (unsigned i = 0; i < 2; i++) {
        harts[i] = (struct hart){.vcpu = &vcpus[i], .arch = &arch, .machine = &machine, .id = i};
        vcpus[i].cpu.exit_pc = 0x80001000 + 4 * i;
        machine.harts[i] = &harts[i];
    }
    loop_init(&machine);
    cr_assert(mkdtemp(path));
    snprintf(socket_path, sizeof socket_path, "%s/s", path);
    snprintf(text, sizeof text, "unix:%s,server=on,wait=off", socket_path);
    struct chardev *c = chardev_open(&machine, "monitor0", text, error, sizeof error);
    cr_assert(c, "%s", error);
    cr_assert(monitor_start(&machine, c));
    client = socket(AF_UNIX, SOCK_STREAM, 0);
    strcpy(address.sun_path, socket_path);
    cr_assert_eq(connect(client, (struct sockaddr *)&address, sizeof address), 0);
    talk("", 1);
    cr_assert(strstr(answer, " monitor - type 'help' for more information\n(qemu) "), "%s", answer);
}

static void fini(void)
{
    unlink(socket_path);
    rmdir(path);
}
TestSuite(monitor, .init = init, .fini = fini, .timeout = 60);

/* A command's output, between its echo and the prompt. */
static void gives(const char *command, const char *output)
{
    char line[300], expected[2000];
    snprintf(line, sizeof line, "%s\n", command);
    snprintf(expected, sizeof expected, "%s\n%s(qemu) ", command, output);
    talk(line, 1);
    cr_assert_str_eq(answer, expected);
}

Test(monitor, expressions)
{
    gives("p 1+2*3", "7\n");
    gives("print (1+2)*3", "9\n");
    gives("p/x 0x10|3", "0x13\n");
    gives("p -5", "-5\n");
    gives("p/u -1", "18446744073709551615\n");
    gives("p/o 8", "010\n");
    gives("p/c 65", "'A'\n");
    gives("p 7/2%2", "1\n");
    gives("p ~0&0xff^0xf", "240\n");
    gives("p/x $pc", "0x80001000\n");
    gives("p 1/0", "division by zero\n");
    gives("p 7%0", "division by zero\n");
    gives("p", "unexpected end of expression\n");
    gives("p (1", "')' expected\n");
    gives("p 1 2", "extra characters at the end: '2'\n");
    gives("p $nothing", "unknown register\n");
    gives("p foo", "invalid char in expression\n");
    gives("p/q 1", "invalid char in format: 'q'\n");
    char deep[600] = "p ";
    memset(deep + 2, '(', 500);
    talk(strcat(deep, "\n"), 1);
    cr_assert(strstr(answer, "too deep"));
}

Test(monitor, memory)
{
    gives("xp/3xw 0x1000", "0000000000001000: 0x00000297 0x02828613 0x00108093\n");
    gives("xp/3i 0x1000", "0x0000000000001000:  00000297  auipc   t0,0x0\n"
                          "0x0000000000001004:  02828613  addi    a2,t0,40\n"
                          "0x0000000000001008:  00108093  addi    ra,ra,1\n");
    gives("x/1xg 0x80001000", "0000000080001000: 0x0282861300000297\n");
    gives("xp/9xb 0x1000",
          "0000000000001000: 0x97 0x02 0x00 0x00 0x13 0x86 0x82 0x02\n0000000000001008: 0x93\n");
    gives("xp/6c 0x100c", "000000000000100c: 'h' 'e' 'l' 'l' 'o' '\\n'\n");
    gives("xp/s 0x100c", "000000000000100c: \"hello\\x0a\"\n");
    gives("xp/4d 0x1014", "0000000000001014:          1         -2 2147483647         40\n");
    gives("xp 0x1014", "0000000000001014: 0x00000001\n");
    gives("xp 0x100000", "0000000000100000: 0x00000004\n");
    gives("xp 0x5000", "0000000000005000: Cannot access memory at address 0x5000\n");
    gives("x 0x1000", "0000000000001000: Cannot access memory at address 0x1000\n");
    gives("x/i 0x1000", "Cannot access memory at address 0x1000\n");
    gives("x/s 0x1000", "Cannot access memory at address 0x1000\n");
    gives("x/4z 0", "invalid char in format: 'z'\n");
    gives("x/999999999 0", "no more than 100000 at a time\n");
    cr_assert_gt(stops, 10);
    cr_assert(running);
    gives("cpu 1", "");
    gives("x/1xw $pc", "0000000080001004: 0x02828613\n");
}

Test(monitor, machine)
{
    gives("info status", "VM status: running\n");
    gives("stop", "");
    cr_assert_eq(requested, RUN_STOPPED);
    gives("info status", "VM status: paused\n");
    gives("info registers", "\nCPU#0\nregisters of 0\n");
    cr_assert_eq(stops, 0, "they stood already");
    gives("c", "");
    cr_assert_eq(requested, RUN_RUNNING);
    gives("info registers -a", "\nCPU#0\nregisters of 0\n\nCPU#1\nregisters of 1\n");
    cr_assert_eq(stops, 1);
    gives("info registers 1", "\nCPU#1\nregisters of 1\n");
    gives("info registers 2", "'2': must be a hart's number, 0 to 1\n");
    gives("cpu 1", "");
    gives("info cpus", "  CPU #0\n* CPU #1\n");
    gives("info tlb", "tlb of 1\n");
    gives("info mem", "page tables of this processor cannot be shown\n");
    gives("info mtree", "the map\n");
    gives("info block", "the disks\n");
    gives("info network", "");
    gives("info foo", "unknown command: 'info foo'\n");
    gives("nonsense", "unknown command: 'nonsense'\n");
    gives("", "");
    gives("  ", "");
    gives("help quit", "quit|q -- end the machine\n");
    talk("help\n", 1);
    cr_assert(strstr(answer, "\nsystem_reset -- "));
    talk("help info\n", 1);
    cr_assert(strstr(answer, "\ninfo registers [-a|index] -- "));
    gives("system_reset", "");
    cr_assert_eq(requested, RUN_RESET);
    gives("q", "");
    cr_assert_eq(requested, RUN_QUIT);
}

/* What a line gives, however it was edited. */
static void runs(const char *keys, const char *output)
{
    talk(keys, 1);
    const char *end = strrchr(answer, '(');
    size_t n = strlen(output);
    cr_assert((size_t)(end - answer) > n && strncmp(end - n, output, n) == 0 && end[-n - 1] == '\n',
              "%s", answer);
}

Test(monitor, editing)
{
    runs("p 12x\1774\n", "124\n");
    runs("p 24\033[D3\n", "234\n");
    runs("24\001p \n", "24\n");
    runs("4\033[Hp \033[F2\n", "42\n");
    runs("p 123\002\002\004\n", "13\n");
    runs("p 12345\033[D\033[D\013\n", "123\n");
    runs("junk junk\025p 5\n", "5\n");
    runs("p 6 junk\027\n", "6\n");
    runs("p 77\033[1~\033[3~\033[3~p \n", "77\n");
    runs("\033[A\n", "77\n");
    runs("\020\020\n", "6\n");
    runs("\033[A\033[A\033[A\033[B\n", "77\n"); /* lines are kept as they ran */
    talk("junk\003p 1\n", 2);
    cr_assert_str_eq(answer, "junk^C\n(qemu) p 1\n1\n(qemu) ");
    runs("pri\t1\n", "1\n");
    runs("info reg\t\n", "\nCPU#0\nregisters of 0\n");
    runs("\033[200~\033[Zp 3\n", "3\n");
    char longer[3000];
    memset(longer, '1', sizeof longer);
    memcpy(longer, "p ", 2);
    strcpy(longer + sizeof longer - 2, "\n");
    talk(longer, 1); /* what is too long is left out */
    cr_assert_lt(strlen(answer), 1200);
}

/* Much output on a slow line arrives whole, and what was typed meanwhile runs after it. */
Test(monitor, much_output)
{
    char text[] = "xp/24xb 0x1000\nxp/24xb 0x1000\np 5\n";
    talk(text, 3);
    cr_assert(strstr(answer, "\n5\n"));
    for (int i = 0; i < 100; i++)
        cr_assert_eq(write(client, "help\n", 5), 5);
    talk("p 6\n", 101);
    cr_assert(strstr(answer, "\n6\n(qemu) "));
}
