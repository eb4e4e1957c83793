/* Record locks, open file description locks and flock exclude one another's owners. */
#include "sys.h"
#include <sys/file.h>

static int in_child(int (*f)(void))
{
    int status;
    fflush(stdout);
    pid_t pid = fork();
    if (pid == 0) {
        _exit(f());
    }
    waitpid(pid, &status, 0);
    return WEXITSTATUS(status);
}

static int try_lock(void)
{
    struct flock l = {.l_type = F_WRLCK, .l_whence = SEEK_SET, .l_start = 5, .l_len = 1};
    int fd = open("f", O_RDWR);
    CALL(fcntl(fd, F_SETLK, &l));
    CALL(fcntl(fd, F_GETLK, &l));
    SHOW(l.l_type);
    SHOW(l.l_start);
    SHOW(l.l_len);
    SHOW(l.l_pid == getppid());
    l = (struct flock){.l_type = F_RDLCK, .l_whence = SEEK_SET, .l_start = 50, .l_len = 1};
    CALL(fcntl(fd, F_SETLK, &l));
    return 0;
}

static int try_flock(void)
{
    int fd = open("f", O_RDWR);
    CALL(flock(fd, LOCK_EX | LOCK_NB));
    CALL(flock(fd, LOCK_SH | LOCK_NB));
    return 3;
}

int main(void)
{
    struct flock l = {.l_type = F_WRLCK, .l_whence = SEEK_SET, .l_start = 0, .l_len = 10};
    write_file("f", "x");
    int fd = open("f", O_RDWR), other = open("f", O_RDWR);
    CALL(fcntl(fd, F_SETLKW, &l));
    SHOW(in_child(try_lock));
    l.l_type = F_UNLCK;
    CALL(fcntl(fd, F_SETLK, &l));
    l = (struct flock){.l_type = F_WRLCK, .l_whence = SEEK_SET};
    CALL(fcntl(fd, F_OFD_SETLK, &l));
    l = (struct flock){.l_type = F_WRLCK, .l_whence = SEEK_SET};
    CALL(fcntl(other, F_OFD_SETLK, &l));
    CALL(fcntl(other, F_OFD_GETLK, &l));
    SHOW(l.l_pid);
    close(other);
    CALL(flock(fd, LOCK_SH));
    SHOW(in_child(try_flock));
    CALL(fcntl(fd, F_SETLK, (void *)8));
    return 0;
}
