/* The loader of machines: see boot.h. What is read here is trusted as little as a guest. */
#include "softmmu-system/boot.h"

#include <elf.h>
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>
#include <zlib.h>
#include <zstd.h>

#include "softmmu-system/machine.h"
#include "util/log.h"

/* Where an error is written to. */
struct complaint {
    const char *path;
    char *text;
    size_t size;
};

__attribute__((format(printf, 2, 3))) static bool fail(const struct complaint *c,
                                                       const char *format, ...)
{
    va_list ap;
    int n = snprintf(c->text, c->size, "%s: ", c->path);
    va_start(ap, format);
    if (n >= 0 && (size_t)n < c->size)
        vsnprintf(c->text + n, c->size - (size_t)n, format, ap);
    va_end(ap);
    return false;
}

/* ---- files ---- */

/* What has been read, by path: the packed file, and once unpacked, what was in it. */
struct file {
    struct file *next;
    char *path;
    uint8_t *bytes;
    size_t size;
    bool unpacked;
};

static struct file *files;

static bool read_all(int fd, struct file *f, const struct complaint *c)
{
    struct stat s;
    if (!fstat(fd, &s) && S_ISDIR(s.st_mode))
        return fail(c, "%s", strerror(EISDIR));
    for (size_t room = 0;;) {
        if (f->size == room) {
            room = room ? 2 * room : (size_t)s.st_size + 4096;
            uint8_t *more = realloc(f->bytes, room);
            if (!more)
                return fail(c, "%s", strerror(ENOMEM));
            f->bytes = more;
        }
        ssize_t n = read(fd, f->bytes + f->size, room - f->size);
        if (n < 0 && errno == EINTR)
            continue;
        if (n < 0)
            return fail(c, "%s", strerror(errno));
        if (!n)
            return true;
        f->size += (size_t)n;
    }
}

static struct file *get_file(const struct complaint *c)
{
    for (struct file *f = files; f; f = f->next)
        if (!strcmp(f->path, c->path))
            return f;
    int fd = open(c->path, O_RDONLY | O_CLOEXEC);
    if (fd < 0) {
        fail(c, "%s", strerror(errno));
        return NULL;
    }
    struct file *f = calloc(1, sizeof *f);
    bool good = f && (f->path = strdup(c->path)) && read_all(fd, f, c);
    close(fd);
    if (!good) {
        if (f)
            free(f->bytes), free(f->path), free(f);
        return NULL;
    }
    f->next = files;
    return files = f;
}

const uint8_t *boot_file(const char *path, size_t *size, char *error, size_t error_size)
{
    struct file *f = get_file(&(struct complaint){path, error, error_size});
    if (!f)
        return NULL;
    *size = f->size;
    return f->bytes;
}

/* ---- packed images ---- */

static uint64_t load(const uint8_t *bytes, unsigned size)
{
    uint64_t value = 0;
    memcpy(&value, bytes, size); /* little-endian, as we are */
    return value;
}

/* Replaces the file's bytes by what was in them. */
static bool replace(struct file *f, uint8_t *bytes, size_t size)
{
    free(f->bytes);
    f->bytes = bytes;
    f->size = size;
    return true;
}

static bool gunzip(struct file *f, const uint8_t *from, size_t n, uint64_t limit,
                   const struct complaint *c)
{
    z_stream z = {.next_in = (uint8_t *)from, .avail_in = (uInt)n};
    size_t room = 4 * n < limit ? 4 * n + 4096 : limit;
    uint8_t *to = malloc(room);
    int state = to && inflateInit2(&z, 16 + MAX_WBITS) == Z_OK ? Z_OK : Z_MEM_ERROR;
    while (state == Z_OK) {
        if (z.total_out == room) {
            uint8_t *more = room < limit ? realloc(to, room * 2) : NULL;
            if (!more)
                break;
            to = more;
            room *= 2;
        }
        z.next_out = to + z.total_out;
        z.avail_out = (uInt)(room - z.total_out < UINT32_MAX ? room - z.total_out : UINT32_MAX);
        state = inflate(&z, Z_NO_FLUSH);
    }
    size_t size = z.total_out;
    inflateEnd(&z);
    if (state == Z_STREAM_END)
        return replace(f, to, size);
    free(to);
    return state == Z_OK ? fail(c, "what is packed in it is larger than the machine's memory")
                         : fail(c, "is damaged (gzip)");
}

static bool unzstd(struct file *f, const uint8_t *from, size_t n, uint64_t limit,
                   const struct complaint *c)
{
    unsigned long long size = ZSTD_getFrameContentSize(from, n);
    if (size == ZSTD_CONTENTSIZE_ERROR || size == ZSTD_CONTENTSIZE_UNKNOWN)
        return fail(c, "is damaged (zstd)");
    if (size > limit)
        return fail(c, "what is packed in it is larger than the machine's memory");
    uint8_t *to = malloc(size ? size : 1);
    if (to && ZSTD_decompress(to, size, from, n) == size)
        return replace(f, to, size);
    free(to);
    return fail(c, "is damaged (zstd)");
}

/*
 * An EFI program that holds a packed kernel (Linux: drivers/firmware/efi/libstub/zboot-header.S):
 * "MZ", "zimg", offset and size of what is packed, and how, as text.
 */
static bool unpack_efi(struct file *f, uint64_t limit, const struct complaint *c)
{
    uint64_t offset = load(f->bytes + 8, 4), size = load(f->bytes + 12, 4);
    const char *how = (const char *)f->bytes + 24;
    if (offset > f->size || size > f->size - offset)
        return fail(c, "is cut short");
    if (!strncmp(how, "gzip", 4))
        return gunzip(f, f->bytes + offset, size, limit, c);
    if (!strncmp(how, "zstd", 4))
        return unzstd(f, f->bytes + offset, size, limit, c);
    return fail(c, "is packed with %.6s, which is not known here (known: gzip, zstd)", how);
}

static bool unpack(struct file *f, uint64_t limit, const struct complaint *c)
{
    if (f->unpacked)
        return true;
    f->unpacked = true;
    if (f->size >= 64 && !memcmp(f->bytes, "MZ", 2) && !memcmp(f->bytes + 4, "zimg", 4))
        return unpack_efi(f, limit, c);
    if (f->size >= 18 && f->bytes[0] == 0x1f && f->bytes[1] == 0x8b)
        return gunzip(f, f->bytes, f->size, limit, c);
    return true;
}

/* ---- into memory ---- */

static bool put(struct machine *m, uint64_t address, const void *bytes, size_t size, uint64_t room,
                const struct complaint *c)
{
    uint8_t *host = memory_host(&m->memory, address, room, false);
    if (!host)
        return fail(c,
                    "%" PRIu64 " KiB at 0x%" PRIx64
                    " do not fit into the machine's memory (%" PRIu64 " MiB, -m)",
                    (room + 1023) >> 10, address, m->ram_size >> 20);
    memcpy(host, bytes, size);
    memset(host + size, 0, room - size);
    memory_written(&m->memory, host, room);
    return true;
}

bool boot_bytes(struct machine *m, const char *path, uint64_t address, const void *bytes,
                size_t size, char *error, size_t error_size)
{
    return put(m, address, bytes, size, size, &(struct complaint){path, error, error_size});
}

bool boot_raw(struct machine *m, const char *path, uint64_t address, uint64_t *end, char *error,
              size_t error_size)
{
    const struct complaint c = {path, error, error_size};
    struct file *f = get_file(&c);
    if (!f || !put(m, address, f->bytes, f->size, f->size, &c))
        return false;
    *end = address + f->size;
    return true;
}

/* One segment; grows the image's extent, and finds the entry, which is a virtual address. */
static bool put_segment(struct machine *m, const struct file *f, const Elf64_Phdr *p,
                        uint64_t entry, struct boot_image *out, const struct complaint *c)
{
    if (p->p_filesz > p->p_memsz || p->p_offset > f->size || p->p_filesz > f->size - p->p_offset)
        return fail(c, "is cut short");
    if (!put(m, p->p_paddr, f->bytes + p->p_offset, p->p_filesz, p->p_memsz, c))
        return false;
    if (out->start > p->p_paddr)
        out->start = p->p_paddr;
    if (out->end < p->p_paddr + p->p_memsz)
        out->end = p->p_paddr + p->p_memsz;
    if (entry - p->p_vaddr < p->p_memsz)
        out->entry = entry - p->p_vaddr + p->p_paddr;
    return true;
}

static bool put_elf(struct machine *m, const struct file *f, unsigned elf_machine,
                    struct boot_image *out, const struct complaint *c)
{
    Elf64_Ehdr e;
    if (f->size < sizeof e)
        return fail(c, "is cut short");
    memcpy(&e, f->bytes, sizeof e);
    if (e.e_ident[EI_CLASS] != ELFCLASS64 || e.e_ident[EI_DATA] != ELFDATA2LSB ||
        e.e_machine != elf_machine)
        return fail(c, "is a program for another processor (ELF machine %u, %u-bit)", e.e_machine,
                    e.e_ident[EI_CLASS] == ELFCLASS64 ? 64 : 32);
    if (e.e_phentsize != sizeof(Elf64_Phdr) || e.e_phoff > f->size ||
        e.e_phnum > (f->size - e.e_phoff) / sizeof(Elf64_Phdr))
        return fail(c, "is cut short");
    *out = (struct boot_image){.start = UINT64_MAX, .entry = e.e_entry, .elf = true};
    for (unsigned i = 0; i < e.e_phnum; i++) {
        Elf64_Phdr p;
        memcpy(&p, f->bytes + e.e_phoff + i * sizeof p, sizeof p);
        if (p.p_type == PT_LOAD && p.p_memsz && !put_segment(m, f, &p, e.e_entry, out, c))
            return false;
    }
    return out->end ? true : fail(c, "is an ELF file with nothing to load");
}

/*
 * A Linux Image's header (Documentation/arch/riscv/boot-image-header.rst, arm64's has the same
 * places) says how much memory it wants from its start.
 */
static uint64_t image_size(const struct file *f)
{
    bool header = f->size >= 64 &&
                  (!memcmp(f->bytes + 56, "RSC\x05", 4) || !memcmp(f->bytes + 56, "ARM\x64", 4));
    uint64_t size = header ? load(f->bytes + 16, 8) : 0;
    return size > f->size ? size : f->size;
}

bool boot_image(struct machine *m, const char *path, unsigned elf_machine, uint64_t address,
                struct boot_image *out, char *error, size_t error_size)
{
    const struct complaint c = {path, error, error_size};
    struct file *f = get_file(&c);
    if (!f || !unpack(f, m->ram_size, &c))
        return false;
    if (!f->size)
        return fail(&c, "is empty");
    if (f->size >= SELFMAG && !memcmp(f->bytes, ELFMAG, SELFMAG))
        return put_elf(m, f, elf_machine, out, &c);
    uint64_t room = image_size(f);
    if (!put(m, address, f->bytes, f->size, room, &c))
        return false;
    *out = (struct boot_image){.start = address, .end = address + room, .entry = address};
    return true;
}
