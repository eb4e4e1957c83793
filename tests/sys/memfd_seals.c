/* memfd: a file without a name, and seals that cannot be taken back. */
#include "guest.h"

int main(void)
{
    int fd;
    TRY(fd = memfd_create("name", MFD_ALLOW_SEALING | MFD_CLOEXEC));
    VALUE(ftruncate(fd, 4096));
    VALUE(fcntl(fd, F_GET_SEALS));
    char *p = mmap(NULL, 4096, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
    strcpy(p, "through the map");
    char text[32] = "";
    VALUE(pread(fd, text, 15, 0));
    TEXT(text);
    VALUE(fcntl(fd, F_ADD_SEALS, F_SEAL_WRITE));
    munmap(p, 4096);
    VALUE(fcntl(fd, F_ADD_SEALS, F_SEAL_WRITE | F_SEAL_SHRINK));
    VALUE(write(fd, "x", 1));
    VALUE(ftruncate(fd, 0));
    VALUE(ftruncate(fd, 8192));
    VALUE(fcntl(fd, F_ADD_SEALS, F_SEAL_SEAL));
    VALUE(fcntl(fd, F_ADD_SEALS, F_SEAL_GROW));
    VALUE(fcntl(fd, F_GET_SEALS));
    SHOW(mmap(NULL, 4096, PROT_WRITE, MAP_SHARED, fd, 0) == MAP_FAILED);
    VALUE(memfd_create("x", 0x40000000));
    TRY(fd = memfd_create("sealed", 0));
    VALUE(fcntl(fd, F_GET_SEALS));
    return 0;
}
