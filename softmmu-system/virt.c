/*
 * The machine `virt`: a RISC-V board that exists nowhere else, with the memory map, interrupts and
 * device tree of QEMU's machine of that name, so that kernels and firmware boot unchanged.
 *
 * Not there: flash, PCI, fw_cfg.
 */
#include <elf.h>
#include <stdlib.h>
#include <string.h>
#include <sys/random.h>

#include "softmmu-system/boot.h"
#include "softmmu-system/fdt.h"
#include "softmmu-system/machine.h"
#include "softmmu-system/ns16550.h"
#include "softmmu-system/plic.h"
#include "softmmu-system/riscv/riscv_hart.h"
#include "util/log.h"

#define MiB (UINT64_C(1) << 20)

enum {
    MROM_BASE = 0x1000,
    MROM_SIZE = 0xf000,
    TEST_BASE = 0x100000,
    RTC_BASE = 0x101000,
    RTC_IRQ = 11,
    CLINT_BASE = 0x2000000,
    PLIC_BASE = 0xc000000,
    UART_BASE = 0x10000000,
    UART_IRQ = 10,
    UART_CLOCK = 3686400, /* Hz */
    VIRTIO_BASE = 0x10001000,
    VIRTIO_STRIDE = 0x1000,
    VIRTIO_COUNT = 8,
    VIRTIO_IRQ = 1,      /* and the next seven */
    TIMEBASE = 10000000, /* Hz */
};
#define RAM_BASE   UINT64_C(0x80000000)
/*
 * Bytes to spare in the tree that the guest gets: boot loaders add to it where it is (U-Boot with fdt_high
 * of all ones), whatever lies behind.
 */
#define TREE_ROOM (16 << 10)
/* Device trees lie below this, where 32-bit firmware can read them. */
#define TREE_LIMIT UINT64_C(0xc0000000)

/* The class's own part of the machine. */
struct virt {
    struct device *plic;
    struct fdt tree; /* as built; each boot adds /chosen to a copy */
};

/* ---- devices ---- */

static struct device *place(struct machine *m, const char *name, uint64_t base)
{
    const struct device_class *class = device_class_find(name);
    if (!class)
        return NULL;
    struct device *d = device_create(m, class);
    memory_add_device(&m->memory, d, base);
    return d;
}

static void wire(struct machine *m, struct device *d, unsigned irq)
{
    struct virt *v = m->controller;
    if (d)
        d->irq[0] = plic_input(v->plic, irq);
}

/* A context's output: the external interrupt of M or S mode of its hart. */
static void set_external(void *target, unsigned context, bool level)
{
    struct machine *m = target;
    hart_set_line(m->harts[context / 2], context & 1 ? RV_IRQ_SEI : RV_IRQ_MEI, level);
}

static void create_devices(struct machine *m)
{
    struct virt *v = m->controller;
    v->plic = place(m, "riscv.sifive.plic", PLIC_BASE);
    for (unsigned c = 0; c < 2 * m->nharts; c++)
        plic_connect(v->plic, c, (struct irq_line){.set = set_external, .target = m, .number = c});
    place(m, "riscv.aclint", CLINT_BASE);
    place(m, "riscv.sifive.test", TEST_BASE);
    wire(m, place(m, "goldfish_rtc", RTC_BASE), RTC_IRQ);
    m->console = place(m, "serial", UART_BASE);
    ns16550_connect(m->console, m->serial[0]);
    wire(m, m->console, UART_IRQ);
    for (unsigned i = 0; i < VIRTIO_COUNT; i++)
        wire(m, place(m, "virtio-mmio", VIRTIO_BASE + i * VIRTIO_STRIDE), VIRTIO_IRQ + i);
}

/* ---- the device tree ---- */

static const char *mmu_type(const struct cpu_config *config)
{
    return cpu_has(config, RV_FEATURE_Sv57)   ? "riscv,sv57"
           : cpu_has(config, RV_FEATURE_Sv48) ? "riscv,sv48"
           : cpu_has(config, RV_FEATURE_Sv39) ? "riscv,sv39"
                                              : "riscv,none";
}

/* riscv,isa and its modern form: base and a list of extensions' names, cut from the same text. */
static void describe_isa(struct fdt *t, const struct cpu_config *config)
{
    char isa[1024], list[1024];
    size_t n = 0;
    riscv_isa_text(config, isa, sizeof isa);
    tree_string(t, "riscv,isa", isa);
    tree_string(t, "riscv,isa-base", "rv64i");
    for (const char *p = isa + 4; *p && n + 64 < sizeof list;) {
        size_t length = *p == '_' ? strcspn(++p, "_") : 1;
        memcpy(list + n, p, length);
        list[n + length] = '\0';
        n += length + 1;
        p += length;
    }
    tree_strings(t, "riscv,isa-extensions", list, n);
    tree_cell(t, "riscv,cbom-block-size", 64);
    tree_cell(t, "riscv,cbop-block-size", 64);
    tree_cell(t, "riscv,cboz-block-size", 64);
}

/* Fills the interrupt controllers' phandles. */
static void describe_cpus(struct fdt *t, struct machine *m, uint32_t *controllers)
{
    uint32_t cpus[MACHINE_HARTS];
    tree_begin(t, "cpus");
    tree_cell(t, "#address-cells", 1);
    tree_cell(t, "#size-cells", 0);
    tree_cell(t, "timebase-frequency", TIMEBASE);
    for (unsigned i = 0; i < m->nharts; i++) {
        tree_begin(t, "cpu@%x", i);
        cpus[i] = tree_phandle(t);
        tree_string(t, "device_type", "cpu");
        tree_cell(t, "reg", i);
        tree_string(t, "status", "okay");
        tree_string(t, "compatible", "riscv");
        describe_isa(t, m->cpu);
        tree_string(t, "mmu-type", mmu_type(m->cpu));
        tree_begin(t, "interrupt-controller");
        tree_cell(t, "#interrupt-cells", 1);
        tree_empty(t, "interrupt-controller");
        tree_string(t, "compatible", "riscv,cpu-intc");
        controllers[i] = tree_phandle(t);
        tree_end(t);
        tree_end(t);
    }
    tree_begin(t, "cpu-map");
    tree_begin(t, "cluster0");
    for (unsigned i = 0; i < m->nharts; i++) {
        tree_begin(t, "core%u", i);
        tree_cell(t, "cpu", cpus[i]);
        tree_end(t);
    }
    tree_end(t);
    tree_end(t);
    tree_end(t);
}

/* interrupts-extended of a controller with two wires to each hart. */
static void describe_wires(struct fdt *t, const struct machine *m, const uint32_t *controllers,
                           unsigned first, unsigned second)
{
    uint32_t cells[4 * MACHINE_HARTS];
    for (unsigned i = 0; i < m->nharts; i++) {
        uint32_t *c = cells + 4 * i;
        c[0] = c[2] = controllers[i];
        c[1] = first;
        c[3] = second;
    }
    tree_cells(t, "interrupts-extended", 4 * m->nharts, cells);
}

static void describe_interrupt(struct fdt *t, uint32_t plic, unsigned irq)
{
    tree_cell(t, "interrupt-parent", plic);
    tree_cell(t, "interrupts", irq);
}

static void describe_uart(struct fdt *t, uint32_t plic)
{
    tree_begin(t, "serial@%x", UART_BASE);
    tree_strings(t, "compatible", "ns16550a", sizeof "ns16550a");
    tree_wide(t, "reg", UART_BASE, 0x100);
    tree_cell(t, "clock-frequency", UART_CLOCK);
    describe_interrupt(t, plic, UART_IRQ);
    tree_end(t);
}

static void describe_rtc(struct fdt *t, uint32_t plic)
{
    tree_begin(t, "rtc@%x", RTC_BASE);
    tree_string(t, "compatible", "google,goldfish-rtc");
    tree_wide(t, "reg", RTC_BASE, 0x1000);
    describe_interrupt(t, plic, RTC_IRQ);
    tree_end(t);
}

/*
 * Downwards: Linux asks them in the tree's order, and devices without bus= take the highest
 * transport that is free, so that the first drive is vda.
 */
static void describe_virtio(struct fdt *t, uint32_t plic)
{
    for (unsigned i = VIRTIO_COUNT; i--;) {
        uint64_t base = VIRTIO_BASE + i * VIRTIO_STRIDE;
        tree_begin(t, "virtio_mmio@%x", (unsigned)base);
        tree_string(t, "compatible", "virtio,mmio");
        tree_wide(t, "reg", base, VIRTIO_STRIDE);
        describe_interrupt(t, plic, VIRTIO_IRQ + i);
        tree_end(t);
    }
}

static uint32_t describe_controllers(struct fdt *t, const struct machine *m,
                                     const uint32_t *controllers)
{
    static const char plic_names[] = "sifive,plic-1.0.0\0riscv,plic0";
    static const char clint_names[] = "sifive,clint0\0riscv,clint0";
    tree_begin(t, "plic@%x", PLIC_BASE);
    uint32_t plic = tree_phandle(t);
    tree_strings(t, "compatible", plic_names, sizeof plic_names);
    tree_wide(t, "reg", PLIC_BASE, 0x600000);
    tree_cell(t, "riscv,ndev", PLIC_SOURCES - 1);
    tree_cell(t, "#address-cells", 0);
    tree_cell(t, "#interrupt-cells", 1);
    tree_empty(t, "interrupt-controller");
    describe_wires(t, m, controllers, RV_IRQ_MEI, RV_IRQ_SEI);
    tree_end(t);
    tree_begin(t, "clint@%x", CLINT_BASE);
    tree_strings(t, "compatible", clint_names, sizeof clint_names);
    tree_wide(t, "reg", CLINT_BASE, 0x10000);
    describe_wires(t, m, controllers, RV_IRQ_MSI, RV_IRQ_MTI);
    tree_end(t);
    return plic;
}

static uint32_t describe_test(struct fdt *t)
{
    static const char names[] = "sifive,test1\0sifive,test0\0syscon";
    tree_begin(t, "test@%x", TEST_BASE);
    uint32_t test = tree_phandle(t);
    tree_strings(t, "compatible", names, sizeof names);
    tree_wide(t, "reg", TEST_BASE, 0x1000);
    tree_end(t);
    return test;
}

/* poweroff and reboot: what to write into the test device. */
static void describe_syscon(struct fdt *t, const char *node, uint32_t test, uint32_t value)
{
    char compatible[32];
    snprintf(compatible, sizeof compatible, "syscon-%s", node);
    tree_begin(t, "%s", node);
    tree_string(t, "compatible", compatible);
    tree_cell(t, "regmap", test);
    tree_cell(t, "offset", 0);
    tree_cell(t, "value", value);
    tree_end(t);
}

static const char *describe(struct fdt *t, struct machine *m)
{
    uint32_t controllers[MACHINE_HARTS], plic, test;
    tree_create(t);
    tree_cell(t, "#address-cells", 2);
    tree_cell(t, "#size-cells", 2);
    tree_string(t, "compatible", "riscv-virtio");
    tree_string(t, "model", "riscv-virtio,ferry");
    tree_begin(t, "memory@%llx", (unsigned long long)RAM_BASE);
    tree_string(t, "device_type", "memory");
    tree_wide(t, "reg", RAM_BASE, m->ram_size);
    tree_end(t);
    describe_cpus(t, m, controllers);
    tree_begin(t, "soc");
    tree_cell(t, "#address-cells", 2);
    tree_cell(t, "#size-cells", 2);
    tree_string(t, "compatible", "simple-bus");
    tree_empty(t, "ranges");
    plic = describe_controllers(t, m, controllers);
    test = describe_test(t);
    describe_rtc(t, plic);
    describe_uart(t, plic);
    describe_virtio(t, plic);
    tree_end(t);
    describe_syscon(t, "poweroff", test, 0x5555);
    describe_syscon(t, "reboot", test, 0x7777);
    tree_begin(t, "chosen");
    tree_string(t, "stdout-path", "/soc/serial@10000000");
    tree_end(t);
    return tree_finish(t);
}

static bool create(struct machine *m, char *error, size_t error_size)
{
    struct virt *v = calloc(1, sizeof *v);
    if (!v)
        die("out of memory");
    m->controller = v;
    memory_add_ram(&m->memory, "mrom", MROM_BASE, MROM_SIZE, true);
    memory_add_ram(&m->memory, "ram", RAM_BASE, m->ram_size, false);
    create_devices(m);
    const char *wrong = describe(&v->tree, m);
    if (wrong)
        snprintf(error, error_size, "the device tree: %s", wrong);
    return !wrong;
}

/* ---- booting ---- */

/* What a boot has put where. */
struct loaded {
    bool firmware;  /* a -bios FILE, or none at all: harts start in M mode */
    uint64_t start; /* where harts start */
    struct boot_image kernel;
    uint64_t initrd, initrd_end; /* 0: none */
    uint64_t tree;
};

static uint64_t align_up(uint64_t value, uint64_t to)
{
    return (value + to - 1) & ~(to - 1);
}

static bool load_firmware(struct machine *m, struct loaded *l, uint64_t *end, char *error,
                          size_t error_size)
{
    struct boot_image image;
    const char *bios = m->boot.bios;
    l->firmware = bios && strcmp(bios, "default");
    l->start = *end = RAM_BASE;
    if (!l->firmware || !strcmp(bios, "none"))
        return true;
    if (!boot_image(m, bios, EM_RISCV, RAM_BASE, &image, error, error_size))
        return false;
    l->start = image.entry;
    *end = image.end;
    return true;
}

/* Behind the firmware, at the next 2 MiB, and never below the place that all expect. */
static bool load_kernel(struct machine *m, struct loaded *l, uint64_t firmware_end, char *error,
                        size_t error_size)
{
    bool none = m->boot.bios && !strcmp(m->boot.bios, "none");
    uint64_t address = align_up(firmware_end, 2 * MiB);
    if (!none && address < RAM_BASE + 2 * MiB)
        address = RAM_BASE + 2 * MiB;
    if (!m->boot.kernel) {
        if (m->dumpdtb)
            return true;
        if (!l->firmware)
            snprintf(error, error_size,
                     "nothing to boot: -kernel FILE or -bios FILE says what (-help)");
        return l->firmware;
    }
    if (!boot_image(m, m->boot.kernel, EM_RISCV, address, &l->kernel, error, error_size))
        return false;
    /* Without firmware harts start at the beginning of RAM, or else where the kernel says. */
    if (none && (l->kernel.start > RAM_BASE || l->kernel.end <= RAM_BASE))
        l->start = l->kernel.entry;
    return true;
}

/*
 * Half the memory, at most 128 MiB, above the kernel, as QEMU places it: kernels unpack themselves
 * upwards. A kernel or an initrd that this has no room for moves it.
 */
static bool load_initrd(struct machine *m, struct loaded *l, char *error, size_t error_size)
{
    size_t size;
    if (!m->boot.initrd)
        return true;
    if (!boot_file(m->boot.initrd, &size, error, error_size))
        return false;
    uint64_t half = m->ram_size / 2 < 128 * MiB ? m->ram_size / 2 : 128 * MiB;
    uint64_t behind = align_up(l->kernel.end, 2 * MiB), top = RAM_BASE + m->ram_size;
    uint64_t address = align_up(l->kernel.start + half, 2 * MiB);
    if (address < behind || address + size + 2 * MiB > top)
        address = behind;
    l->initrd = address;
    return boot_raw(m, m->boot.initrd, address, &l->initrd_end, error, error_size);
}

/* Adds what this boot decides to the tree: -append, initrd, and new randomness for the kernel. */
static const char *finish_tree(struct machine *m, const struct loaded *l, struct fdt *t,
                               const void *blob)
{
    uint8_t seed[32];
    const char *append = m->boot.append ? m->boot.append : "";
    const char *wrong = tree_open(t, blob, strlen(append) + 4096 + TREE_ROOM);
    if (wrong)
        return wrong;
    if (getrandom(seed, sizeof seed, 0) == sizeof seed)
        tree_set(t, "/chosen", "rng-seed", seed, sizeof seed);
    if (*append)
        tree_set_string(t, "/chosen", "bootargs", append);
    if (l->initrd) {
        tree_set_u64(t, "/chosen", "linux,initrd-start", l->initrd);
        tree_set_u64(t, "/chosen", "linux,initrd-end", l->initrd_end);
    }
    return tree_pack(t, m->dumpdtb ? 0 : TREE_ROOM);
}

/* -M dumpdtb=FILE: that was all. */
static void dump_tree(const struct machine *m, const struct fdt *t)
{
    size_t size = tree_size(t->blob, t->capacity);
    FILE *f = fopen(m->dumpdtb, "wb");
    if (!f || fwrite(t->blob, 1, size, f) != size || fclose(f))
        die("%s: cannot be written: %m", m->dumpdtb);
    exit(0);
}

static bool load_tree(struct machine *m, struct loaded *l, char *error, size_t error_size)
{
    struct virt *v = m->controller;
    struct fdt t = {0};
    const void *blob = v->tree.blob;
    size_t size;
    const char *path = m->boot.dtb ? m->boot.dtb : "the device tree";
    if (m->boot.dtb) {
        blob = boot_file(path, &size, error, error_size);
        if (blob && !tree_size(blob, size))
            snprintf(error, error_size, "%s: is not a device tree blob", path);
        if (!blob || !tree_size(blob, size))
            return false;
    }
    const char *wrong = finish_tree(m, l, &t, blob);
    if (!wrong && m->dumpdtb)
        dump_tree(m, &t);
    uint64_t top = RAM_BASE + m->ram_size;
    size = wrong ? 0 : tree_size(t.blob, t.capacity);
    l->tree = ((top < TREE_LIMIT ? top : TREE_LIMIT) - size) & ~(2 * MiB - 1);
    bool good = !wrong && boot_bytes(m, path, l->tree, t.blob, size, error, error_size);
    if (wrong)
        snprintf(error, error_size, "%s: %s", path, wrong);
    tree_free(&t);
    return good;
}

/* Two things at one place: the machine has too little memory for them. */
static bool overlap(const struct machine *m, const struct loaded *l, char *error, size_t error_size)
{
    uint64_t end = l->initrd_end > l->kernel.end ? l->initrd_end : l->kernel.end;
    if (end <= l->tree || l->tree < l->kernel.start)
        return false;
    snprintf(error, error_size, "%s: does not fit into %llu MiB of memory (-m)",
             l->initrd_end == end ? m->boot.initrd : m->boot.kernel,
             (unsigned long long)(m->ram_size / MiB));
    return true;
}

/*
 * What harts find at MROM_BASE: they go to `start` with their number in a0, the tree in a1, and in
 * a2 where OpenSBI's fw_dynamic finds what comes next (OpenSBI, docs/firmware/fw_dynamic.md).
 */
static bool write_reset_vector(struct machine *m, const struct loaded *l, char *error,
                               size_t error_size)
{
    const struct {
        uint32_t code[6];
        uint64_t start, tree;
        struct {
            uint64_t magic, version, next_addr, next_mode, options, boot_hart;
        } next;
    } vector = {
        .code =
            {
                0x00000297, /* auipc t0, 0 */
                0x02828613, /* addi a2, t0, 40: next */
                0xf1402573, /* csrr a0, mhartid */
                0x0202b583, /* ld a1, 32(t0): tree */
                0x0182b283, /* ld t0, 24(t0): start */
                0x00028067, /* jr t0 */
            },
        .start = l->start,
        .tree = l->tree,
        .next = {.magic = 0x4942534f, .version = 2, .next_addr = l->kernel.entry, .next_mode = 1},
    };
    _Static_assert(offsetof(__typeof__(vector), start) == 24, "as the code has it");
    _Static_assert(offsetof(__typeof__(vector), tree) == 32, "as the code has it");
    _Static_assert(offsetof(__typeof__(vector), next) == 40, "as the code has it");
    return boot_bytes(m, "the reset vector", MROM_BASE, &vector, sizeof vector, error, error_size);
}

static void start_harts(struct machine *m, const struct loaded *l)
{
    for (unsigned i = 0; i < m->nharts; i++) {
        struct hart *h = m->harts[i];
        riscv_hart(h)->sbi = !l->firmware;
        h->off = !l->firmware && i;
        if (l->firmware)
            hart_cpu(h)->exit_pc = MROM_BASE;
        else if (!i)
            riscv_hart_start(riscv_hart(h), l->kernel.entry, 0, l->tree);
    }
}

static bool boot(struct machine *m, char *error, size_t error_size)
{
    struct loaded l = {0};
    uint64_t firmware_end;
    if (!load_firmware(m, &l, &firmware_end, error, error_size) ||
        !load_kernel(m, &l, firmware_end, error, error_size) ||
        !load_initrd(m, &l, error, error_size) || !load_tree(m, &l, error, error_size) ||
        overlap(m, &l, error, error_size) || !write_reset_vector(m, &l, error, error_size))
        return false;
    start_harts(m, &l);
    return true;
}

const struct machine_class virt_class = {
    .name = "virt",
    .text = "RISC-V VirtIO board",
    .arch = &arch_riscv64,
    .ram = 128 * MiB,
    .max_harts = MACHINE_HARTS,
    .ram_base = RAM_BASE,
    .create = create,
    .boot = boot,
};
