/*
 * virtio-blk: a disk (VIRTIO 1.2, 5.2) on block.h. Reads of what the host has in memory are done at
 * once; all else goes to the workers, straight from and into guest RAM.
 */
#include "softmmu-system/block.h"
#include "softmmu-system/virtio.h"

#include <stdlib.h>
#include <string.h>

#include "softmmu-system/iov.h"
#include "util/log.h"

/* Feature bits (5.2.3). */
#define F_SEG_MAX      (1ull << 2)
#define F_RO           (1ull << 5)
#define F_BLK_SIZE     (1ull << 6)
#define F_FLUSH        (1ull << 9)
#define F_TOPOLOGY     (1ull << 10)
#define F_CONFIG_WCE   (1ull << 11)
#define F_MQ           (1ull << 12)
#define F_DISCARD      (1ull << 13)
#define F_WRITE_ZEROES (1ull << 14)

enum { T_IN = 0, T_OUT = 1, T_FLUSH = 4, T_GET_ID = 8, T_DISCARD = 11, T_WRITE_ZEROES = 13 };
enum { S_OK = 0, S_IOERR = 1, S_UNSUPP = 2 };

enum { ID_SIZE = 20 };

/* Reads longer than this are a worker's: while one is done at once, the hart that asked stands. */
enum { READ_NOW = 64 << 10 };

/* Configuration space (5.2.4). */
struct config {
    uint64_t capacity; /* of 512 bytes */
    uint32_t size_max, seg_max;
    uint16_t cylinders;
    uint8_t heads, sectors;
    uint32_t blk_size;
    uint8_t physical_block_exp, alignment_offset;
    uint16_t min_io_size;
    uint32_t opt_io_size;
    uint8_t writeback, unused;
    uint16_t num_queues;
    uint32_t max_discard_sectors, max_discard_seg, discard_sector_alignment;
    uint32_t max_write_zeroes_sectors, max_write_zeroes_seg;
    uint8_t write_zeroes_may_unmap, unused1[3];
};
_Static_assert(sizeof(struct config) == 64, "padded by four bytes at the end");
enum { CONFIG_SIZE = 60 };

struct request_header {
    uint32_t type, reserved;
    uint64_t sector;
};

struct discard_segment {
    uint64_t sector;
    uint32_t sectors, flags;
};
enum { SEGMENT_UNMAP = 1 };
enum { MAX_SECTORS = 1 << 22 }; /* of a discard: 2 GiB */

struct virtio_blk {
    struct virtio_device virtio;
    /* Properties. */
    struct block *drive;
    const char *serial;
    uint64_t num_queues, queue_size, logical_block_size, physical_block_size, bootindex;
    bool config_wce, write_cache, discard, write_zeroes;
    /* State. */
    struct config config;
};

struct blk_request {
    struct virtio_request virtio;
    struct block_request block;
    struct iovec
        *data; /* a list of its own, if the buffers are not cut where the data begins and ends */
};

/* ---- ending a request ---- */

/* The last byte that the device writes is the status. */
static void complete(struct blk_request *r, uint8_t status)
{
    struct virtio_request *v = &r->virtio;

    virtio_put(v, v->in_size - 1, &status, 1);
    free(r->data);
    r->data = NULL;
    virtqueue_push(v, v->in_size);
}

static void done(struct block_request *b)
{
    struct blk_request *r = (struct blk_request *)((char *)b - offsetof(struct blk_request, block));
    struct virtqueue *q = r->virtio.queue;

    if (virtio_stale(&r->virtio)) {
        free(r->data);
        r->data = NULL;
        virtqueue_push(&r->virtio, r->virtio.in_size);
        return;
    }
    complete(r, b->error ? S_IOERR : S_OK);
    virtqueue_notify(q);
}

/* ---- kinds of requests ---- */

/*
 * The buffers that hold [offset, offset + size) of a list: a part of it if they are cut so, as
 * drivers do, else a list of the request's own.
 */
static void find_data(struct blk_request *r, struct iovec *iov, unsigned n, uint64_t offset,
                      uint64_t size)
{
    uint64_t end = 0;

    while (n && offset >= iov->iov_len) {
        offset -= iov->iov_len;
        iov++;
        n--;
    }
    for (r->block.niov = 0; r->block.niov < n && end < offset + size; r->block.niov++)
        end += iov[r->block.niov].iov_len;
    r->block.iov = iov;
    if (!offset && end == size)
        return;
    r->data = malloc((n ? n : 1) * sizeof(*r->data));
    if (!r->data)
        die("out of memory");
    r->block.niov = iov_slice(iov, n, offset, size, r->data);
    r->block.iov = r->data;
}

/* Without a way to flush, or with the cache off, what is acknowledged must be on the disk (5.2.6).
 */
static bool writes_through(const struct virtio_blk *d)
{
    if (virtio_has(&d->virtio, F_CONFIG_WCE))
        return !d->config.writeback;
    return !virtio_has(&d->virtio, F_FLUSH);
}

static void transfer(struct virtio_blk *d, struct blk_request *r, bool write, uint64_t sector)
{
    struct virtio_request *v = &r->virtio;
    uint64_t size = write ? v->out_size - sizeof(struct request_header) : v->in_size - 1;

    if (sector > UINT64_MAX / BLOCK_SECTOR) {
        complete(r, S_IOERR);
        return;
    }
    r->block = (struct block_request){
        .operation = write ? BLOCK_WRITE : BLOCK_READ,
        .offset = sector * BLOCK_SECTOR,
        .size = size,
        .through = write && writes_through(d),
        .done = done,
    };
    if (write)
        find_data(r, v->out, v->nout, sizeof(struct request_header), size);
    else
        find_data(r, v->in, v->nin, 0, size);
    if (!write && size <= READ_NOW && block_read_now(d->drive, &r->block))
        complete(r, S_OK);
    else
        block_submit(d->drive, &r->block);
}

/* DISCARD and WRITE_ZEROES: one segment, as max_*_seg says. */
static void discard(struct virtio_blk *d, struct blk_request *r, bool zeroes)
{
    struct discard_segment s;
    uint64_t size = r->virtio.out_size - sizeof(struct request_header);

    if (size != sizeof(s)) {
        complete(r, S_IOERR);
        return;
    }
    virtio_get(&r->virtio, sizeof(struct request_header), &s, sizeof(s));
    if (s.flags & ~(zeroes ? SEGMENT_UNMAP : 0)) {
        complete(r, S_UNSUPP);
        return;
    }
    if (s.sectors > MAX_SECTORS || s.sector > UINT64_MAX / BLOCK_SECTOR) {
        complete(r, S_IOERR);
        return;
    }
    r->block = (struct block_request){
        .operation = zeroes ? BLOCK_WRITE_ZEROES : BLOCK_DISCARD,
        .offset = s.sector * BLOCK_SECTOR,
        .size = (uint64_t)s.sectors * BLOCK_SECTOR,
        .unmap = s.flags & SEGMENT_UNMAP,
        .through = writes_through(d),
        .done = done,
    };
    block_submit(d->drive, &r->block);
}

static void flush(struct virtio_blk *d, struct blk_request *r)
{
    r->block = (struct block_request){.operation = BLOCK_FLUSH, .done = done};
    block_submit(d->drive, &r->block);
}

static void get_id(const struct virtio_blk *d, struct blk_request *r)
{
    char id[ID_SIZE] = {0};
    size_t length = d->serial ? strlen(d->serial) : 0;

    if (length)
        memcpy(id, d->serial, length < ID_SIZE ? length : ID_SIZE);
    size_t room = r->virtio.in_size - 1;
    virtio_put(&r->virtio, 0, id, room < ID_SIZE ? room : ID_SIZE);
    complete(r, S_OK);
}

static void serve(struct virtio_blk *d, struct blk_request *r)
{
    struct request_header h;
    bool offered = true;

    if (virtio_get(&r->virtio, 0, &h, sizeof(h)) != sizeof(h) || !r->virtio.in_size) {
        virtio_broken(&d->virtio, "a request without header or status");
        virtqueue_push(&r->virtio, 0);
        return;
    }
    switch (h.type) {
    case T_IN:
        transfer(d, r, false, h.sector);
        return;
    case T_OUT:
        transfer(d, r, true, h.sector);
        return;
    case T_FLUSH:
        flush(d, r);
        return;
    case T_GET_ID:
        get_id(d, r);
        return;
    case T_DISCARD:
        offered = virtio_has(&d->virtio, F_DISCARD);
        break;
    case T_WRITE_ZEROES:
        offered = virtio_has(&d->virtio, F_WRITE_ZEROES);
        break;
    default:
        offered = false;
    }
    if (offered)
        discard(d, r, h.type == T_WRITE_ZEROES);
    else
        complete(r, S_UNSUPP);
}

static void notified(struct virtqueue *q)
{
    struct virtio_blk *d = (struct virtio_blk *)q->device;
    unsigned left = q->max_size;
    struct virtio_request *r;

    while (left && (r = virtqueue_pop(q))) {
        serve(d, (struct blk_request *)r);
        left--;
    }
    virtqueue_notify(q);
    if (!left)
        virtqueue_again(q);
}

/* ---- the device ---- */

static void config_write(struct virtio_device *v, size_t offset, uint8_t value)
{
    struct virtio_blk *d = (struct virtio_blk *)v;

    if (offset == offsetof(struct config, writeback) && virtio_has(v, F_CONFIG_WCE))
        d->config.writeback = value & 1;
}

static void fill_config(struct virtio_blk *d)
{
    uint64_t physical = d->physical_block_size / d->logical_block_size;

    d->config = (struct config){
        .capacity = block_size(d->drive) / BLOCK_SECTOR,
        .seg_max = d->queue_size - 2,
        .blk_size = d->logical_block_size,
        .physical_block_exp = __builtin_ctzll(physical),
        .min_io_size = 1,
        .writeback = d->write_cache,
        .num_queues = d->num_queues,
        .max_discard_sectors = MAX_SECTORS,
        .max_discard_seg = 1,
        .discard_sector_alignment = d->logical_block_size / BLOCK_SECTOR,
        .max_write_zeroes_sectors = MAX_SECTORS,
        .max_write_zeroes_seg = 1,
        .write_zeroes_may_unmap = 1,
    };
}

static void reset(struct virtio_device *v)
{
    struct virtio_blk *d = (struct virtio_blk *)v;

    /* What runs writes into buffers of the guest, which are no longer ours when the driver goes on.
     */
    if (d->drive) {
        block_drain(d->drive);
        fill_config(d);
    }
}

static bool is_block_size(uint64_t size)
{
    return size >= BLOCK_SECTOR && size <= 32 << 10 && !(size & (size - 1));
}

/* NULL, or what is wrong with the properties. */
static const char *wrong_property(const struct virtio_blk *d)
{
    if (!d->drive)
        return "drive= is needed";
    if (!is_block_size(d->logical_block_size) || !is_block_size(d->physical_block_size) ||
        d->physical_block_size < d->logical_block_size)
        return "block sizes are powers of two from 512 to 32768";
    if (d->queue_size < 4 || d->queue_size > VIRTIO_QUEUE_SIZE ||
        (d->queue_size & (d->queue_size - 1)))
        return "queue-size= is a power of two from 4 to 1024";
    if (!d->num_queues || d->num_queues > VIRTIO_QUEUES)
        return "num-queues= is 1 to 64";
    return NULL;
}

static void create(struct device *device)
{
    struct virtio_blk *d = (struct virtio_blk *)device;

    d->num_queues = 1;
    d->queue_size = 256;
    d->logical_block_size = d->physical_block_size = BLOCK_SECTOR;
    d->config_wce = d->write_cache = d->discard = d->write_zeroes = true;
}

static bool start(struct device *device, char *error, size_t error_size)
{
    struct virtio_blk *d = (struct virtio_blk *)device;
    const char *wrong = wrong_property(d);

    if (wrong) {
        snprintf(error, error_size, "virtio-blk-device: %s", wrong);
        return false;
    }
    if (!block_attach(d->drive, device->id ? device->id : "virtio-blk-device")) {
        snprintf(error, error_size, "virtio-blk-device: drive %s has a device already",
                 block_id(d->drive));
        return false;
    }
    if (!virtio_start(&d->virtio, error, error_size))
        return false;
    d->virtio.offered |= F_SEG_MAX | F_BLK_SIZE | F_FLUSH | F_TOPOLOGY;
    d->virtio.offered |= block_readonly(d->drive) ? F_RO : 0;
    d->virtio.offered |= d->config_wce ? F_CONFIG_WCE : 0;
    d->virtio.offered |= d->num_queues > 1 ? F_MQ : 0;
    if (!block_readonly(d->drive)) {
        d->virtio.offered |= d->discard ? F_DISCARD : 0;
        d->virtio.offered |= d->write_zeroes ? F_WRITE_ZEROES : 0;
    }
    for (unsigned i = 0; i < d->num_queues; i++)
        virtio_add_queue(&d->virtio, d->queue_size, notified);
    fill_config(d);
    return true;
}

#define FIELD(field) offsetof(struct virtio_blk, field)
static const struct property_row properties[] = {
    {"drive", PROPERTY_DRIVE, FIELD(drive), "the id of a -drive"},
    {"serial", PROPERTY_STRING, FIELD(serial), "what the guest sees as its serial number"},
    {"num-queues", PROPERTY_NUMBER, FIELD(num_queues), "request queues"},
    {"queue-size", PROPERTY_NUMBER, FIELD(queue_size), "descriptors of a queue"},
    {"logical_block_size", PROPERTY_SIZE, FIELD(logical_block_size), "bytes"},
    {"physical_block_size", PROPERTY_SIZE, FIELD(physical_block_size), "bytes"},
    {"config-wce", PROPERTY_BOOL, FIELD(config_wce), "the guest may turn the write cache off"},
    {"write-cache", PROPERTY_BOOL, FIELD(write_cache), "the write cache is on"},
    {"discard", PROPERTY_BOOL, FIELD(discard), "offer discard"},
    {"write-zeroes", PROPERTY_BOOL, FIELD(write_zeroes), "offer write-zeroes"},
    {"bootindex", PROPERTY_NUMBER, FIELD(bootindex), "ignored"},
    VIRTIO_PROPERTIES(struct virtio_blk),
};

static const struct state_row state[] = {
    VIRTIO_STATE(struct virtio_blk),
    STATE(struct virtio_blk, config),
};

static const struct virtio_class blk = {
    .id = 2,
    .config = offsetof(struct virtio_blk, config),
    .config_size = CONFIG_SIZE,
    .request_size = sizeof(struct blk_request),
    .config_write = config_write,
    .reset = reset,
};

const struct device_class virtio_blk_class = {
    .name = "virtio-blk-device",
    .text = "virtio disk",
    .size = sizeof(struct virtio_blk),
    .bus = BUS_VIRTIO,
    DEVICE_TABLE(state, state),
    DEVICE_TABLE(properties, properties),
    .create = create,
    .start = start,
    .reset = virtio_reset,
    .finish = virtio_finish,
    .more = &blk,
};
