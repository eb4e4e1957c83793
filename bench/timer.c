/* Runs a command and tells what it cost: bench/run's stopwatch.
 *
 *     timer OUTPUT INPUT command [args]
 *
 * The command's stdout goes to the file OUTPUT, its stdin comes from INPUT, its stderr is left. One
 * line is printed: user and system time in microseconds of the process and its descendants, wall
 * time, largest resident set in kB, exit status. It is a program of its own because the largest
 * resident set of a child counts from the process it was forked from, and this one is small. */
#define _GNU_SOURCE
#include <fcntl.h>
#include <spawn.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <time.h>

extern char **environ;

static long micros(struct timeval t)
{
    return t.tv_sec * 1000000 + t.tv_usec;
}

int main(int argc, char **argv)
{
    if (argc < 4) return 2;
    posix_spawn_file_actions_t files;
    posix_spawn_file_actions_init(&files);
    posix_spawn_file_actions_addopen(&files, 0, argv[2], O_RDONLY, 0);
    posix_spawn_file_actions_addopen(&files, 1, argv[1], O_WRONLY | O_CREAT | O_TRUNC, 0666);

    struct timespec start, end;
    pid_t child;
    clock_gettime(CLOCK_MONOTONIC, &start);
    int error = posix_spawnp(&child, argv[3], &files, NULL, argv + 3, environ);
    if (error) {
        fprintf(stderr, "timer: cannot run %s\n", argv[3]);
        return 1;
    }
    int status;
    struct rusage used;
    wait4(child, &status, 0, &used);
    clock_gettime(CLOCK_MONOTONIC, &end);
    long wall = (end.tv_sec - start.tv_sec) * 1000000 + (end.tv_nsec - start.tv_nsec) / 1000;
    printf("%ld %ld %ld %ld %d\n", micros(used.ru_utime), micros(used.ru_stime), wall,
           used.ru_maxrss, WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status));
    return 0;
}
