/* name_to_handle_at and open_by_handle_at: sizes, errors, open flags of every architecture. */
#include "guest.h"

struct handle {
    struct file_handle head;
    char bytes[MAX_HANDLE_SZ];
};

int main(void)
{
    struct handle h = {0};
    int id = 0;
    guest_file("file", "contents");
    MUST(symlink("file", "link"));
    MUST(mkdir("directory", 0755));
    TRY(name_to_handle_at(AT_FDCWD, "file", &h.head, &id, 0));
    YES(h.head.handle_bytes > 0);
    TRY(name_to_handle_at(AT_FDCWD, "file", &h.head, &id, 0));
    unsigned type = h.head.handle_type;
    TRY(name_to_handle_at(AT_FDCWD, "link", &h.head, &id, AT_SYMLINK_FOLLOW));
    YES(h.head.handle_type == (int)type);
    TRY(name_to_handle_at(AT_FDCWD, "missing", &h.head, &id, 0));
    TRY(name_to_handle_at(AT_FDCWD, "", &h.head, &id, 0));
    TRY(name_to_handle_at(AT_FDCWD, "file", BAD, &id, 0));
    TRY(name_to_handle_at(AT_FDCWD, "file", &h.head, BAD, 0));
    TRY(name_to_handle_at(1000, "file", &h.head, &id, 0));
    TRY(name_to_handle_at(AT_FDCWD, "file", &h.head, &id, 0x8000000));
    h.head.handle_bytes = 1000;
    TRY(name_to_handle_at(AT_FDCWD, "file", &h.head, &id, 0));

    int dir = (int)MUST(open(".", O_RDONLY | O_DIRECTORY));
    h.head.handle_bytes = MAX_HANDLE_SZ;
    MUST(name_to_handle_at(AT_FDCWD, "directory", &h.head, &id, 0));
    int fd = open_by_handle_at(dir, &h.head, O_RDONLY | O_DIRECTORY);
    if (fd < 0) {
        printf("open_by_handle_at: %s\n", guest_error_name(errno));
    } else {
        struct stat st;
        MUST(fstat(fd, &st));
        YES(S_ISDIR(st.st_mode));
        YES((fcntl(fd, F_GETFL) & O_DIRECTORY) != 0);
    }
    MUST(name_to_handle_at(AT_FDCWD, "file", &h.head, &id, 0));
    TRY(open_by_handle_at(dir, &h.head, O_RDONLY | O_DIRECTORY));
    TRY(open_by_handle_at(dir, &h.head, O_RDONLY | O_NOFOLLOW));
    h.head.handle_bytes = 0;
    TRY(open_by_handle_at(dir, &h.head, O_RDONLY));
    TRY(open_by_handle_at(1000, BAD, O_RDONLY));
    return 0;
}
