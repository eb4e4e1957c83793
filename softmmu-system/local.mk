# The program ferry-system: harts, software MMU, machines, devices, disks, network, monitor.
if SYSTEM
noinst_LIBRARIES += libferrysystem.a
endif
libferrysystem_a_CPPFLAGS = $(AM_CPPFLAGS) $(SLIRP_CFLAGS)
libferrysystem_a_SOURCES = \
    softmmu-system/block.h \
    softmmu-system/boot.c \
    softmmu-system/boot.h \
    softmmu-system/chardev.c \
    softmmu-system/chardev.def \
    softmmu-system/chardev.h \
    softmmu-system/chardev_file.c \
    softmmu-system/chardev_kind.h \
    softmmu-system/chardev_mux.c \
    softmmu-system/chardev_pty.c \
    softmmu-system/chardev_socket.c \
    softmmu-system/chardev_stdio.c \
    softmmu-system/clint.c \
    softmmu-system/device.c \
    softmmu-system/device.def \
    softmmu-system/device.h \
    softmmu-system/fdt.c \
    softmmu-system/fdt.h \
    softmmu-system/goldfish_rtc.c \
    softmmu-system/hart.c \
    softmmu-system/hart.h \
    softmmu-system/keys.c \
    softmmu-system/keys.h \
    softmmu-system/keyval.c \
    softmmu-system/keyval.h \
    softmmu-system/loop.c \
    softmmu-system/loop.h \
    softmmu-system/machine.c \
    softmmu-system/machine.def \
    softmmu-system/machine.h \
    softmmu-system/memory.c \
    softmmu-system/memory.h \
    softmmu-system/monitor.c \
    softmmu-system/monitor.def \
    softmmu-system/monitor.h \
    softmmu-system/monitor_commands.c \
    softmmu-system/monitor_kind.h \
    softmmu-system/monitor_line.c \
    softmmu-system/monitor_line.h \
    softmmu-system/monitor_memory.c \
    softmmu-system/netdev.c \
    softmmu-system/netdev.def \
    softmmu-system/netdev.h \
    softmmu-system/netdev_kind.h \
    softmmu-system/netdev_tap.c \
    softmmu-system/netdev_user.c \
    softmmu-system/ns16550.c \
    softmmu-system/ns16550.h \
    softmmu-system/option.def \
    softmmu-system/options.c \
    softmmu-system/options.h \
    softmmu-system/plic.c \
    softmmu-system/plic.h \
    softmmu-system/riscv/arch.c \
    softmmu-system/riscv/csr.c \
    softmmu-system/riscv/csr.def \
    softmmu-system/riscv/instruction.c \
    softmmu-system/riscv/map.c \
    softmmu-system/riscv/mmu.c \
    softmmu-system/riscv/mmu.h \
    softmmu-system/riscv/pmp.c \
    softmmu-system/riscv/pmp.h \
    softmmu-system/riscv/pte.h \
    softmmu-system/riscv/riscv_hart.h \
    softmmu-system/riscv/sbi.c \
    softmmu-system/riscv/sbi.def \
    softmmu-system/riscv/sbi.h \
    softmmu-system/riscv/sbi_console.c \
    softmmu-system/riscv/sbi_harts.c \
    softmmu-system/riscv/timer.c \
    softmmu-system/riscv/trap.c \
    softmmu-system/sifive_test.c \
    softmmu-system/softmmu.c \
    softmmu-system/softmmu.h \
    softmmu-system/softmmu_code.c \
    softmmu-system/softmmu_internal.h \
    softmmu-system/softmmu_miss.c \
    softmmu-system/virt.c
# Virtio and disks.
libferrysystem_a_SOURCES += \
    softmmu-system/block.c \
    softmmu-system/block.def \
    softmmu-system/block_driver.h \
    softmmu-system/block_file.c \
    softmmu-system/block_raw.c \
    softmmu-system/block_snapshot.c \
    softmmu-system/drive.c \
    softmmu-system/iov.c \
    softmmu-system/iov.h \
    softmmu-system/virtio.c \
    softmmu-system/virtio.h \
    softmmu-system/virtio_blk.c \
    softmmu-system/virtio_console.c \
    softmmu-system/virtio_mmio.c \
    softmmu-system/virtio_net.c \
    softmmu-system/virtio_rng.c \
    softmmu-system/virtqueue.c

FERRY_SYSTEM_LIBS = libferrysystem.a libferry.a $(SLIRP_LIBS) -lfdt $(FERRY_LIBS)

if SYSTEM
bin_PROGRAMS += ferry-system
ferry_system_SOURCES = softmmu-system/main.c
ferry_system_LDADD = $(FERRY_SYSTEM_LIBS)
endif
