# Whole machines: Linux on ferry-system, by scripts (FERRY_SYSTEM: another program, to compare with).
TESTS += tests/system/monitor.sh tests/system/network.sh
EXTRA_DIST += tests/system/monitor.sh tests/system/network.sh
TESTS += tests/system/linux.sh tests/system/options.sh
LONG_TESTS += tests/system/debian.sh tests/system/firmware.sh tests/system/killed.sh
EXTRA_DIST += tests/system/lib.sh tests/system/linux.sh tests/system/options.sh \
    tests/system/debian.sh tests/system/firmware.sh tests/system/killed.sh tests/system/init tests/system/udhcpc \
    tests/system/disk_setup

# Disks and virtio devices: as Linux drives them, and with a driver that is the test's.
TESTS += tests/system/disk.sh
EXTRA_DIST += tests/system/disk.sh
if SYSTEM
check_PROGRAMS += tests/system/fuzz_virtio tests/system/test_block tests/system/test_virtio \
    tests/system/test_virtqueue
TESTS += tests/system/fuzz_virtio tests/system/test_block tests/system/test_virtio \
    tests/system/test_virtqueue
endif
tests_system_fuzz_virtio_SOURCES = tests/system/fuzz_virtio.c tests/system/rig.c \
    tests/system/rig.h
tests_system_fuzz_virtio_LDADD = $(FERRY_SYSTEM_LIBS) $(CRITERION_LIBS)
tests_system_test_block_SOURCES = tests/system/test_block.c
tests_system_test_block_LDADD = $(FERRY_SYSTEM_LIBS) $(CRITERION_LIBS)
tests_system_test_virtio_SOURCES = tests/system/test_virtio.c tests/system/rig.c \
    tests/system/rig.h
tests_system_test_virtio_LDADD = $(FERRY_SYSTEM_LIBS) $(CRITERION_LIBS)
tests_system_test_virtqueue_SOURCES = tests/system/test_virtqueue.c tests/system/rig.c \
    tests/system/rig.h
tests_system_test_virtqueue_LDADD = $(FERRY_SYSTEM_LIBS) $(CRITERION_LIBS)

# Parts of ferry-system by themselves.
if SYSTEM
check_PROGRAMS += tests/system/test_chardev tests/system/test_loop tests/system/test_mmu \
    tests/system/test_monitor tests/system/test_netdev tests/system/test_virtio_net
TESTS += tests/system/test_chardev tests/system/test_loop tests/system/test_mmu \
    tests/system/test_monitor tests/system/test_netdev tests/system/test_virtio_net
endif
tests_system_test_chardev_SOURCES = tests/system/test_chardev.c
tests_system_test_chardev_LDADD = $(FERRY_SYSTEM_LIBS) $(CRITERION_LIBS)
tests_system_test_loop_SOURCES = tests/system/test_loop.c
tests_system_test_loop_LDADD = $(FERRY_SYSTEM_LIBS) $(CRITERION_LIBS)
tests_system_test_monitor_SOURCES = tests/system/test_monitor.c
tests_system_test_monitor_LDADD = $(FERRY_SYSTEM_LIBS) $(CRITERION_LIBS)
tests_system_test_mmu_SOURCES = tests/system/test_mmu.c
tests_system_test_mmu_LDADD = $(FERRY_SYSTEM_LIBS) $(CRITERION_LIBS)
tests_system_test_netdev_SOURCES = tests/system/test_netdev.c
tests_system_test_netdev_LDADD = $(FERRY_SYSTEM_LIBS) $(CRITERION_LIBS)
tests_system_test_virtio_net_SOURCES = tests/system/test_virtio_net.c tests/system/rig.c \
    tests/system/rig.h
tests_system_test_virtio_net_LDADD = $(FERRY_SYSTEM_LIBS) $(CRITERION_LIBS)

# Programs that are alone on the machine, a promise of the privileged architecture each; and riscv-tests,
# where there is a checkout.
TESTS += tests/system/programs.sh
LONG_TESTS += tests/system/riscv_tests.sh
EXTRA_DIST += tests/system/programs.sh tests/system/riscv_tests.sh \
    $(wildcard $(srcdir)/tests/system/programs/*.[chS]) tests/system/programs/program.ld

# The board: devices by their registers, and the machine from its start to its end.
TESTS += tests/system/machine.sh
EXTRA_DIST += tests/system/machine.sh
if SYSTEM
check_PROGRAMS += tests/system/test_clint tests/system/test_device tests/system/test_memory tests/system/test_plic tests/system/test_uart
TESTS += tests/system/test_clint tests/system/test_device tests/system/test_memory tests/system/test_plic tests/system/test_uart
endif
tests_system_test_clint_SOURCES = tests/system/test_clint.c tests/system/board.h
tests_system_test_clint_LDADD = $(FERRY_SYSTEM_LIBS) $(CRITERION_LIBS)
tests_system_test_device_SOURCES = tests/system/test_device.c
tests_system_test_device_LDADD = $(FERRY_SYSTEM_LIBS) $(CRITERION_LIBS)
tests_system_test_memory_SOURCES = tests/system/test_memory.c tests/system/board.h
tests_system_test_memory_LDADD = $(FERRY_SYSTEM_LIBS) $(CRITERION_LIBS)
tests_system_test_plic_SOURCES = tests/system/test_plic.c tests/system/board.h
tests_system_test_plic_LDADD = $(FERRY_SYSTEM_LIBS) $(CRITERION_LIBS)
tests_system_test_uart_SOURCES = tests/system/test_uart.c tests/system/board.h
tests_system_test_uart_LDADD = $(FERRY_SYSTEM_LIBS) $(CRITERION_LIBS)
# The hart by itself.
system_hart = tests/system/hart.c tests/system/hart.h
if SYSTEM
check_PROGRAMS += tests/system/test_csr tests/system/test_trap
TESTS += tests/system/test_csr tests/system/test_trap
endif
tests_system_test_csr_SOURCES = tests/system/test_csr.c $(system_hart)
tests_system_test_csr_LDADD = $(FERRY_SYSTEM_LIBS) $(CRITERION_LIBS)
tests_system_test_trap_SOURCES = tests/system/test_trap.c $(system_hart)
tests_system_test_trap_LDADD = $(FERRY_SYSTEM_LIBS) $(CRITERION_LIBS)
