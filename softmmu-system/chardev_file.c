/* null, and a file that is written. */
#include <errno.h>
#include <fcntl.h>
#include <string.h>

#include "softmmu-system/chardev_kind.h"

bool chardev_open_null(struct chardev *c, const struct chardev_options *o, char *error,
                       size_t error_size)
{
    (void)o, (void)error, (void)error_size;
    snprintf(c->about, sizeof c->about, "null");
    return true;
}

bool chardev_open_file(struct chardev *c, const struct chardev_options *o, char *error,
                       size_t error_size)
{
    if (!o->path || !*o->path)
        return keys_fail(error, error_size, "%s: a file: needs a path", c->label);
    int how = o->append ? O_APPEND : O_TRUNC;
    int fd = open(o->path, O_WRONLY | O_CREAT | O_CLOEXEC | O_NONBLOCK | how, 0666);
    if (fd < 0)
        return keys_fail(error, error_size, "%s: %s", o->path, strerror(errno));
    snprintf(c->about, sizeof c->about, "file:%s", o->path);
    chardev_attach(c, -1, fd);
    return true;
}
