/* Networks: from options, to cards. */
#include "softmmu-system/netdev.h"

#include <limits.h>
#include <stdlib.h>
#include <string.h>

#include "softmmu-system/netdev_kind.h"
#include "util/log.h"

static struct netdev *netdevs, **netdevs_end = &netdevs;

static const struct {
    const char *kind;
    netdev_open_fn *open;
} kinds[] = {
#define NETDEV(kind, options, help) {#kind, netdev_open_##kind},
#include "softmmu-system/netdev.def"
#undef NETDEV
};
enum { NKINDS = sizeof kinds / sizeof *kinds };

/* An item of an option's text: up to a comma that is not doubled. */
static size_t item_length(const char *text)
{
    size_t n = 0;
    while (text[n] && (text[n] != ',' || text[n + 1] == ','))
        n += text[n] == ',' ? 2 : 1;
    return n;
}

/* Takes NAME=VALUE out of `text` (it is changed); NULL: not there. The value is the caller's. */
static char *take(char *text, const char *name)
{
    size_t length = strlen(name);
    for (char *item = text; *item;) {
        size_t n = item_length(item), next = n + (item[n] == ',');
        if (strncmp(item, name, length) == 0 && item[length] == '=') {
            char *value = strndup(item + length + 1, n - length - 1);
            if (!value)
                die("out of memory");
            memmove(item, item + next, strlen(item + next) + 1);
            return value;
        }
        item += next;
    }
    return NULL;
}

static char *copy(const char *text)
{
    char *c = strdup(text);
    if (!c)
        die("out of memory");
    return c;
}

static bool unknown(const char *kind, char *error, size_t error_size)
{
    char known[100] = "";
    size_t used = 0;
    for (unsigned i = 0; i < NKINDS; i++)
        used += snprintf(known + used, sizeof known - used, " %s", kinds[i].kind);
    return keys_fail(error, error_size, "'%s': unknown kind of network (known:%s)", kind, known);
}

/* Makes the network `id` (which it takes over) of the kind that begins `text`. */
static bool make(char *text, char *id, char *error, size_t error_size)
{
    size_t n = item_length(text);
    const char *rest = text + n + (text[n] == ',');
    unsigned i = 0;
    text[n] = 0;
    while (i < NKINDS && strcmp(kinds[i].kind, text) != 0)
        i++;
    if (i == NKINDS)
        return unknown(text, error, error_size);
    if (netdev_find(id))
        return keys_fail(error, error_size, "-netdev: there are two with id=%s", id);
    struct netdev *d = calloc(1, sizeof *d);
    if (!d)
        die("out of memory");
    d->id = id;
    d->kind = kinds[i].kind;
    if (!kinds[i].open(d, rest, error, error_size))
        return false;
    *netdevs_end = d;
    netdevs_end = &d->next;
    return true;
}

bool netdev_option(const char *text, char *error, size_t error_size)
{
    char *own = copy(text), *id = take(own, "id");
    bool good = id ? make(own, id, error, error_size)
                   : keys_fail(error, error_size, "-netdev %s: it needs id=", text);
    free(own);
    return good;
}

bool netdev_nic_option(const char *text, const char **model, const char **id, const char **mac,
                       char *error, size_t error_size)
{
    static unsigned number;
    *model = *id = *mac = NULL;
    if (strcmp(text, "none") == 0)
        return true;
    char *own = copy(text), *name = take(own, "id"), *card = take(own, "model");
    *mac = take(own, "mac");
    if (!name) {
        name = malloc(16);
        if (!name)
            die("out of memory");
        snprintf(name, 16, "nic%u", number++);
    }
    bool good = make(own, name, error, error_size);
    free(own);
    bool usual = !card || strcmp(card, "virtio") == 0 || strcmp(card, "virtio-net") == 0;
    *model = usual ? "virtio-net-device" : card;
    *id = name;
    return good;
}

struct netdev *netdev_find(const char *id)
{
    struct netdev *n = netdevs;
    while (n && strcmp(n->id, id) != 0)
        n = n->next;
    return n;
}

bool netdev_connect(struct netdev *n, struct netdev_user *u)
{
    if (n->user)
        return false;
    n->user = u;
    u->netdev = n;
    return true;
}

unsigned netdev_offers(const struct netdev *n)
{
    return n->offers;
}

void netdev_send(struct netdev *n, const struct netdev_header *header, const struct iovec *iov,
                 unsigned niov)
{
    size_t size = 0;
    for (unsigned i = 0; i < niov; i++)
        size += iov[i].iov_len;
    if (header && !(header->flags & NETDEV_NEEDS_CHECKSUM) && !header->gso_type)
        header = NULL;
    if (n && size && size <= NETDEV_FRAME && niov <= IOV_MAX)
        n->send(n, header, iov, niov, size);
}

void netdev_accept(struct netdev_user *u)
{
    if (u->netdev)
        u->netdev->accept(u->netdev);
}

bool netdev_receive(struct netdev *n, const uint8_t *frame, size_t size)
{
    return !n->user || n->user->receive(n->user, frame, size);
}

void netdev_forward(const char *text, bool add, FILE *out)
{
    char id[64] = "", error[256];
    const char *space = strchr(text, ' ');
    struct netdev *n = netdevs;
    if (space)
        snprintf(id, sizeof id, "%.*s", (int)(space - text), text);
    while (n && (!n->forward || (space && strcmp(n->id, id) != 0)))
        n = n->next;
    if (!n)
        fprintf(out, "there is no user network%s%s\n", space ? " " : "", id);
    else if (!n->forward(n, space ? space + strspn(space, " ") : text, add, error, sizeof error))
        fprintf(out, "%s\n", error);
}

void netdev_print_connections(FILE *out)
{
    for (struct netdev *n = netdevs; n; n = n->next)
        if (n->print_connections)
            n->print_connections(n, out);
}

void netdev_print(FILE *out)
{
    for (struct netdev *n = netdevs; n; n = n->next) {
        if (n->user && n->user->print) {
            n->user->print(n->user, out);
            fprintf(out, " \\ ");
        }
        fprintf(out, "%s: index=0,type=%s%s%s\n", n->id, n->kind, *n->about ? "," : "", n->about);
    }
}
