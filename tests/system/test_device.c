/* device.c: register accesses by table, whatever their size and place; properties; reset. */
#include <criterion/criterion.h>
#include <string.h>

#include "softmmu-system/machine.h"

struct toy {
    struct device device;
    uint32_t plain, masked, kept;
    uint64_t wide;
    uint16_t small[2];
    uint32_t array[4];
    uint64_t written; /* what write_log got */
    unsigned writes;
    bool flag;
    uint64_t size;
    const char *text;
    uint8_t mac[6];
};

static void write_log(struct device *d, unsigned index, uint64_t value)
{
    struct toy *t = (struct toy *)d;
    t->written = value;
    t->writes += 1 + 100 * index;
}

static uint64_t read_index(struct device *d, unsigned index)
{
    (void)d;
    return 0x11223344 + index;
}

#define AT(member) offsetof(struct toy, member)

static const struct register_row registers[] = {
    {"plain", 0x00, 4, 1, 0, AT(plain), UINT32_MAX},
    {"masked", 0x04, 4, 1, 0, AT(masked), 0xff00},
    {"wide", 0x08, 8, 1, 0, AT(wide), UINT64_MAX},
    {"small", 0x10, 2, 2, 0, AT(small), UINT16_MAX},
    {"called", 0x20, 4, 2, 0, 0, 0, read_index, write_log},
    {"array", 0x40, 4, 4, 16, AT(array), UINT32_MAX},
};

static const struct state_row state[] = {
    STATE(struct toy, plain),
    STATE(struct toy, wide),
    STATE_ARRAY(struct toy, array),
};

static const struct property_row properties[] = {
    {"flag", PROPERTY_BOOL, AT(flag), "a flag"},       {"size", PROPERTY_SIZE, AT(size), "a size"},
    {"text", PROPERTY_STRING, AT(text), "a text"},     {"mac", PROPERTY_MAC, AT(mac), "an address"},
    {"drive", PROPERTY_DRIVE, AT(written), "a drive"},
};

static void set_kept(struct device *d)
{
    ((struct toy *)d)->masked = 0x1234;
}

static const struct device_class toy_class = {
    .name = "toy",
    .text = "for tests",
    .size = sizeof(struct toy),
    .span = 0x80,
    .access = 1 | 2 | 4 | 8,
    .registers = registers,
    .nregisters = sizeof registers / sizeof *registers,
    .state = state,
    .nstate = sizeof state / sizeof *state,
    .properties = properties,
    .nproperties = sizeof properties / sizeof *properties,
    .reset = set_kept,
};

static struct machine machine;

static struct toy *make(void)
{
    return (struct toy *)device_create(&machine, &toy_class);
}

static uint64_t get(struct toy *t, uint64_t offset, unsigned size)
{
    uint64_t value;
    cr_assert(device_read(&t->device, offset, size, &value));
    return value;
}

static void put(struct toy *t, uint64_t offset, unsigned size, uint64_t value)
{
    cr_assert(device_write(&t->device, offset, size, value));
}

Test(device, parts_of_a_register)
{
    struct toy *t = make();
    put(t, 0, 4, 0x11223344);
    cr_assert_eq(get(t, 0, 1), 0x44);
    cr_assert_eq(get(t, 3, 1), 0x11);
    cr_assert_eq(get(t, 2, 2), 0x1122);
    put(t, 1, 1, 0x99);
    cr_assert_eq(t->plain, 0x11229944);
    put(t, 12, 4, 0xaabbccdd);
    cr_assert_eq(t->wide, UINT64_C(0xaabbccdd00000000));
}

Test(device, several_registers_at_once)
{
    struct toy *t = make();
    put(t, 0, 8, UINT64_C(0xffffffff01020304));
    cr_assert_eq(t->plain, 0x01020304);
    cr_assert_eq(t->masked, 0xff00, "only the writable bits");
    cr_assert_eq(get(t, 0, 8), UINT64_C(0xff0001020304));
    put(t, 0x10, 4, 0x22221111);
    cr_assert_eq(t->small[0], 0x1111);
    cr_assert_eq(t->small[1], 0x2222);
}

Test(device, functions_in_the_fields_stead)
{
    struct toy *t = make();
    cr_assert_eq(get(t, 0x20, 4), 0x11223344);
    cr_assert_eq(get(t, 0x24, 4), 0x11223345);
    cr_assert_eq(get(t, 0x25, 1), 0x33);
    put(t, 0x24, 4, 7);
    cr_assert_eq(t->written, 7);
    cr_assert_eq(t->writes, 101);
    put(t, 0x22, 2, 0xabcd);
    cr_assert_eq(t->written, 0xabcd3344, "the rest is what a read gives");
}

Test(device, arrays_with_gaps)
{
    struct toy *t = make();
    put(t, 0x50, 4, 5);
    cr_assert_eq(t->array[1], 5);
    put(t, 0x54, 4, 6);
    cr_assert_eq(get(t, 0x54, 4), 0, "a hole reads 0");
    cr_assert_eq(get(t, 0x50, 8), 5, "and is joined as 0");
    put(t, 0x70, 4, 9);
    cr_assert_eq(t->array[3], 9);
    cr_assert_eq(get(t, 0x78, 8), 0);
}

Test(device, refused)
{
    struct toy *t = make();
    uint64_t value;
    cr_assert_not(device_read(&t->device, 0x80, 1, &value), "behind the end");
    cr_assert_not(device_read(&t->device, 0x7c, 8, &value), "across the end, misaligned");
    cr_assert_not(device_read(&t->device, 2, 4, &value), "misaligned");
    cr_assert_not(device_write(&t->device, UINT64_MAX - 3, 4, 0));
    struct device_class narrow = toy_class;
    narrow.access = 4;
    t->device.class = &narrow;
    cr_assert_not(device_read(&t->device, 0, 1, &value));
    cr_assert_not(device_write(&t->device, 0, 8, 0));
    cr_assert(device_write(&t->device, 0, 4, 0));
}

Test(device, reset)
{
    struct toy *t = make();
    t->plain = t->kept = t->array[3] = 1;
    t->wide = 1;
    device_reset(&t->device);
    cr_assert_eq(t->plain, 0);
    cr_assert_eq(t->wide, 0);
    cr_assert_eq(t->array[3], 0);
    cr_assert_eq(t->kept, 1, "is no state");
    cr_assert_eq(t->masked, 0x1234);
}

static void set(struct toy *t, const char *name, const char *value)
{
    char error[256] = "";
    cr_assert(device_set(&t->device, name, value, error, sizeof error), "%s", error);
}

static void refuse(struct toy *t, const char *name, const char *value, const char *wanted)
{
    char error[256] = "";
    cr_assert_not(device_set(&t->device, name, value, error, sizeof error));
    cr_assert_str_eq(error, wanted);
}

Test(device, properties)
{
    struct toy *t = make();
    set(t, "flag", "on");
    cr_assert(t->flag);
    set(t, "flag", "no");
    cr_assert_not(t->flag);
    set(t, "size", "3M");
    cr_assert_eq(t->size, 3 << 20);
    set(t, "size", "1.5k");
    cr_assert_eq(t->size, 1536);
    set(t, "text", "some,thing");
    cr_assert_str_eq(t->text, "some,thing");
    set(t, "mac", "52:54:00:12:34:fF");
    cr_assert_eq(memcmp(t->mac, "\x52\x54\x00\x12\x34\xff", 6), 0);
    refuse(t, "flag", "maybe", "toy: flag='maybe' is not on or off");
    refuse(t, "size", "-1", "toy: size='-1' is not a size");
    refuse(t, "size", "1.5.5k", "toy: size='1.5.5k' is not a size");
    refuse(t, "size", "99999999999T", "toy: size='99999999999T' is not a size");
    refuse(t, "mac", "52:54", "toy: mac='52:54' is not an Ethernet address");
    refuse(t, "drive", "d", "toy: drive='d' is not the id of a drive");
    refuse(t, "colour", "red",
           "toy has no property 'colour' (known: id, flag, size, text, mac, drive)");
}

Test(device, by_name)
{
    cr_assert_str_eq(device_class_find("serial")->name, "serial");
    cr_assert_null(device_class_find("nothing"));
    struct toy *t = make();
    t->device.id = "one";
    cr_assert_eq(machine_find_device(&machine, NULL, "one"), &t->device);
    cr_assert_eq(machine_find_device(&machine, "toy", NULL), &t->device);
    cr_assert_null(machine_find_device(&machine, "toy", "two"));
}
