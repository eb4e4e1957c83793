#!/bin/bash
# What is no runnable riscv64 program gets one line on stderr and the status a shell would give: 127
# where something is missing, 126 where it is there and cannot be run. Needs nothing but ferry and perl.
#
#     bad_input.sh            all
#     bad_input.sh truncated  some

. "$(dirname "$0")/../lib.sh"
only=("$@")
need "$ferry" perl
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

# elf NAME [FIELD=VALUE]...: a small static program (it exits with 42) in $work/NAME, with fields
# changed. Segment 0 is its code, segment 1 data; p1.vaddr is a field of the latter.
elf() {
    perl - "$work/$1" "${@:2}" <<'END'
no warnings 'portable';    # hex of 64 bits
my ($out, @changes) = @ARGV;
my %f = (magic => "\x7fELF", class => 2, data => 1, version => 1, type => 2, machine => 243,
         entry => 0x10000 + 64 + 3 * 56, phoff => 64, ehsize => 64, phentsize => 56, phnum => 2,
         'p0.type' => 1, 'p0.flags' => 5, 'p0.offset' => 0, 'p0.vaddr' => 0x10000,
         'p0.filesz' => 0x100, 'p0.memsz' => 0x100, 'p0.align' => 0x1000,
         'p1.type' => 1, 'p1.flags' => 6, 'p1.offset' => 0, 'p1.vaddr' => 0x20000,
         'p1.filesz' => 0x100, 'p1.memsz' => 0x1000, 'p1.align' => 0x1000,
         'p2.type' => 3, 'p2.flags' => 4, 'p2.offset' => 0x100, 'p2.vaddr' => 0x10100,
         'p2.filesz' => 0x20, 'p2.memsz' => 0x20, 'p2.align' => 1,
         interp => '/no/such/linker', size => 0x200);
for (@changes) {
    my ($field, $value) = split /=/, $_, 2;
    $f{$field} = $value =~ /^0x/ ? hex $value : $value;
}
my $e = pack 'a4CCCCx8vvVQQQVvvvvvv', @f{qw(magic class data version)}, 0, @f{qw(type machine version
    entry phoff)}, 0, 0, @f{qw(ehsize phentsize phnum)}, 0, 0, 0;
for my $i (0 .. 2) {
    $e .= pack 'VVQQQQQQ', map { $f{"p$i.$_"} } qw(type flags offset vaddr vaddr filesz memsz align);
}
$e .= pack 'V*', 0x02a00513, 0x05d00893, 0x00000073;    # li a0, 42; li a7, 93; ecall
$e .= "\0" x (0x100 - length $e) . $f{interp};
$e .= "\0" x ($f{size} - length $e) if length $e < $f{size};
open my $o, '>', $out or die;
print $o substr $e, 0, $f{size};
close $o;
chmod 0755, $out;
END
}

# expect NAME STATUS [FILE]: FILE (NAME) ends with STATUS, silent on stdout, one line on stderr.
expect() {
    wanted "$1" || return 0
    local status lines
    timeout 10 "$ferry" "${3:-$work/$1}" >"$work/stdout" 2>"$work/stderr" </dev/null
    status=$?
    lines=$(wc -l <"$work/stderr")
    if [[ $status -ne $2 ]]; then
        fail "$1" "exit status $status instead of $2: $(head -1 "$work/stderr")"
    elif [[ $lines -ne 1 || -s $work/stdout ]]; then
        fail "$1" "$lines lines on stderr: $(head -2 "$work/stderr")"
    else
        pass "$1"
    fi
}

elf good
timeout 10 "$ferry" "$work/good" >/dev/null 2>"$work/stderr"
status=$?
[[ $status -eq 42 ]] && pass good || fail good "exit status $status: $(head -1 "$work/stderr")"

expect missing 127 "$work/not/there"
expect directory 126 "$work"
: >"$work/empty"; chmod +x "$work/empty"; expect empty 126
echo "just text" >"$work/text"; chmod +x "$work/text"; expect text 126
for size in 3 15 63 100 175; do
    elf "truncated_$size" size=$size; expect "truncated_$size" 126
done
elf class_32 class=1; expect class_32 126
elf class_9 class=9; expect class_9 126
elf big_endian data=2; expect big_endian 126
elf machine_ppc machine=21; expect machine_ppc 126
elf machine_none machine=0; expect machine_none 126
elf version_7 version=7; expect version_7 126
elf type_relocatable type=1; expect type_relocatable 126
elf type_core type=4; expect type_core 126
elf interpreter_missing phnum=3; expect interpreter_missing 127
elf interpreter_unterminated phnum=3 p2.filesz=7; expect interpreter_unterminated 126
elf interpreter_far phnum=3 p2.offset=0x7fffffff; expect interpreter_far 126
elf interpreter_huge phnum=3 p2.filesz=0x7fffffffffff; expect interpreter_huge 126
elf headers_none phnum=0; expect headers_none 126
elf headers_many phnum=65535; expect headers_many 126
elf headers_small phentsize=32; expect headers_small 126
elf headers_far phoff=0x7fffffffffff; expect headers_far 126
elf headers_wrap phoff=0xffffffffffffffc0; expect headers_wrap 126
elf segment_wrap p1.vaddr=0xfffffffffffff000 p1.memsz=0x2000; expect segment_wrap 126
elf segment_kernel p1.vaddr=0xffff800000000000; expect segment_kernel 126
elf segment_huge p1.memsz=0x7fffffffffff; expect segment_huge 126
elf segment_shrinks p1.memsz=0x10; expect segment_shrinks 126
elf segment_unaligned p1.vaddr=0x20123; expect segment_unaligned 126
elf segments_overlap p1.vaddr=0x10000; expect segments_overlap 126
finish
