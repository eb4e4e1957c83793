#!/bin/bash
# Firmware of Debian in machine mode: OpenSBI alone, U-Boot after OpenSBI, U-Boot in machine mode, and Debian's
# kernel after OpenSBI.
. "$(dirname "$0")/../lib.sh"
. "$(dirname "$0")/lib.sh"
only=("$@")
opensbi=/usr/lib/riscv64-linux-gnu/opensbi/generic uboot=/usr/lib/u-boot
need "$system" "$opensbi/fw_jump.bin" "$uboot/qemu-riscv64_smode/uboot.elf"

# prompt NAME OPTION...: to U-Boot's prompt, two commands, and off.
prompt() {
    local name=$1
    shift
    vm_start "$@"
    # (a key stops the countdown)
    if vm_expect 'Hit any key' 120 && vm_send '' && vm_expect '=> ' 60; then
        pass "$name: prompt"
    else
        fail "$name: prompt" "$(last_words)"
        vm_kill
        return
    fi
    vm_send 'echo sum=; setexpr.l s 1234 + 1111; echo $s'
    if vm_expect '2345' 30; then pass "$name: arithmetic"; else fail "$name: arithmetic" "$(last_words)"; fi
    vm_send 'poweroff'
    vm_end 30
    local status=$?
    if [[ $status -eq 0 ]]; then pass "$name: off"; else fail "$name: off" "status $status: $(last_words)"; fi
}

if wanted opensbi; then
    vm_start -bios "$opensbi/fw_jump.bin" -smp 4
    if vm_expect 'Boot HART MEDELEG' 60; then pass opensbi; else fail opensbi "$(last_words)"; fi
    vm_kill
fi
wanted smode && prompt smode -bios "$opensbi/fw_jump.bin" -kernel "$uboot/qemu-riscv64_smode/uboot.elf" -smp 2
wanted smode_sbi && prompt smode_sbi -kernel "$uboot/qemu-riscv64_smode/uboot.elf"
wanted mmode && prompt mmode -bios "$uboot/qemu-riscv64/u-boot.bin"
if wanted linux; then
    need_kernel
    vm_start -bios "$opensbi/fw_dynamic.bin" -kernel "$images/Image" -initrd "$images/initramfs.cpio" -smp 2 -m 512 \
        -append 'console=ttyS0 ferry.run=/bin/true'
    vm_expect 'init: user space' 180
    vm_end 30
    status=$?
    if [[ $status -eq 0 ]]; then pass linux; else fail linux "status $status: $(last_words)"; fi
fi
finish
