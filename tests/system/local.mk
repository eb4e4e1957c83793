# Whole machines: Linux on ferry-system, by scripts (FERRY_SYSTEM: another program, to compare with).
TESTS += tests/system/linux.sh
EXTRA_DIST += tests/system/lib.sh tests/system/linux.sh tests/system/init tests/system/udhcpc \
    tests/system/disk_setup
