/*
 * PR_SET_MM: a process that tells where its arguments are now, as programs that set their title do;
 * the errors of each option.
 */
#include "guest.h"
#include <linux/prctl.h>
#include <sys/prctl.h>

extern char **environ;

static void show_cmdline(void)
{
    char text[4096];
    int fd = (int)MUST(open("/proc/self/cmdline", O_RDONLY));
    ssize_t n = read(fd, text, sizeof text - 1);
    close(fd);
    text[n < 0 ? 0 : n] = '\0';
    const char *base = strrchr(text, '/');
    base = base ? base + 1 : text;
    printf("command line: %s, %s\n", !strncmp(base, "sys.prctl_mm", 12) ? "(program)" : base,
           n > 0 && (size_t)n > strlen(text) + 1 ? "more" : "no more");
}

static unsigned long stat_field(int number)
{
    char text[2048];
    int fd = (int)MUST(open("/proc/self/stat", O_RDONLY));
    ssize_t n = MUST(read(fd, text, sizeof text - 1));
    close(fd);
    text[n] = '\0';
    char *p = strrchr(text, ')') + 2;
    for (int i = 3; i < number; i++)
        p = strchr(p, ' ') + 1;
    return strtoul(p, NULL, 10);
}

int main(void)
{
    unsigned size = 0;
    char *page = mmap(NULL, 4096, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    strcpy(page, "new title");
    show_cmdline();
    TRY(prctl(PR_SET_MM, PR_SET_MM_MAP_SIZE, &size, 0, 0));
    SHOW(size == sizeof(struct prctl_mm_map));
    TRY(prctl(PR_SET_MM, PR_SET_MM_MAP_SIZE, BAD, 0, 0));
    TRY(prctl(PR_SET_MM, PR_SET_MM_MAP, page, 3, 0));
    TRY(prctl(PR_SET_MM, PR_SET_MM_MAP, BAD, sizeof(struct prctl_mm_map), 0));
    TRY(prctl(PR_SET_MM, PR_SET_MM_MAP, page, sizeof(struct prctl_mm_map), 1));
    TRY(prctl(PR_SET_MM, PR_SET_MM_ARG_START, 8, 0, 0));
    TRY(prctl(PR_SET_MM, PR_SET_MM_ARG_START, page, 1, 0));
    TRY(prctl(PR_SET_MM, PR_SET_MM_ARG_START, page, 0, 1));
    TRY(prctl(PR_SET_MM, PR_SET_MM_ARG_START, -1L, 0, 0));
    TRY(prctl(PR_SET_MM, PR_SET_MM_BRK, 8, 0, 0));
    TRY(prctl(PR_SET_MM, PR_SET_MM_START_BRK, -1L, 0, 0));
    TRY(prctl(PR_SET_MM, PR_SET_MM_EXE_FILE, 1000, 0, 0));
    TRY(prctl(PR_SET_MM, 1000, page, 0, 0));
    char *start = sbrk(0), *heap = sbrk(8192);
    YES(heap != (void *)-1);

    struct prctl_mm_map map = {
        .start_code = stat_field(26), .end_code = stat_field(27), .start_data = stat_field(45),
        .end_data = stat_field(46), .start_brk = (uintptr_t)start, .brk = (uintptr_t)sbrk(0),
        .start_stack = stat_field(28), .arg_start = (uintptr_t)page,
        .arg_end = (uintptr_t)page + 10, .env_start = stat_field(50), .env_end = stat_field(51),
        .exe_fd = (unsigned)-1,
    };
    TRY(prctl(PR_SET_MM, PR_SET_MM_MAP, &map, sizeof map, 0));
    show_cmdline();
    memset(heap, 'x', 8192);
    YES(sbrk(4096) == heap + 8192);

    map.arg_end = map.arg_start - 1;
    TRY(prctl(PR_SET_MM, PR_SET_MM_MAP, &map, sizeof map, 0));
    strcpy(page, "second one");
    TRY(prctl(PR_SET_MM, PR_SET_MM_ARG_END, page + 11, 0, 0) == 0 || errno == EPERM ? 0 : -1);
    show_cmdline();
    return 0;
}
