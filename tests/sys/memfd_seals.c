/* memfd: a file without a name, and seals that cannot be taken back. */
#include "sys.h"
#include <sys/mman.h>

int main(void)
{
    int fd;
    OK(fd = memfd_create("name", MFD_ALLOW_SEALING | MFD_CLOEXEC));
    CALL(ftruncate(fd, 4096));
    CALL(fcntl(fd, F_GET_SEALS));
    char *p = mmap(NULL, 4096, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
    strcpy(p, "through the map");
    char text[32] = "";
    CALL(pread(fd, text, 15, 0));
    SHOWS(text);
    CALL(fcntl(fd, F_ADD_SEALS, F_SEAL_WRITE));
    munmap(p, 4096);
    CALL(fcntl(fd, F_ADD_SEALS, F_SEAL_WRITE | F_SEAL_SHRINK));
    CALL(write(fd, "x", 1));
    CALL(ftruncate(fd, 0));
    CALL(ftruncate(fd, 8192));
    CALL(fcntl(fd, F_ADD_SEALS, F_SEAL_SEAL));
    CALL(fcntl(fd, F_ADD_SEALS, F_SEAL_GROW));
    CALL(fcntl(fd, F_GET_SEALS));
    SHOW(mmap(NULL, 4096, PROT_WRITE, MAP_SHARED, fd, 0) == MAP_FAILED);
    CALL(memfd_create("x", 0x40000000));
    OK(fd = memfd_create("sealed", 0));
    CALL(fcntl(fd, F_GET_SEALS));
    return 0;
}
