#!/bin/bash
# Each AArch64 processor of -cpu: all that it says of itself agrees (cpu_models.c), and programs
# that choose their code by it run.
#
#     cpu_models.sh              all
#     cpu_models.sh cortex-a53   some

FERRY_GUEST=aarch64
. "$(dirname "$0")/../lib.sh"
only=("$@")
need "$ferry" "${cross}gcc" openssl
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
"${cross}gcc" -O1 -static -o "$work/probe" "$here/real/cpu_models.c" || exit 1

# model TEXT PART: the part number comes first, and nothing is to follow.
model() {
    local name=${1//,/_}
    wanted "$name" || return 0
    timeout 20 "$ferry" -cpu "$1" "$work/probe" >"$work/output" 2>&1
    if [[ $(cat "$work/output") == "$2" ]]; then
        pass "$name"
    else
        fail "$name" "$(paste -sd'|' "$work/output")"
    fi
}

# What the C library, Python and OpenSSL choose by the capabilities gives what the host's give.
programs() {
    wanted "programs_$1" || return 0
    [[ -e $root/.ready ]] || { skip "programs_$1" "no guest root"; return; }
    local run=(timeout 60 "$ferry" -cpu "$1" -L "$root")
    {
        "${run[@]}" "$root/usr/bin/bash" -c 'echo "${BASH_VERSION%%.*}" "${HOSTTYPE}"'
        "${run[@]}" "$root/usr/bin/python3" -c 'print(sum(range(1000)), 2.5 ** 0.5, hash(7.25))'
        for d in sha1 sha256 sha512 sha3-256; do
            "${run[@]}" "$root/usr/bin/openssl" dgst -r "-$d" <"$work/probe"
        done
    } >"$work/output" 2>&1
    if cmp -s "$work/output" "$work/want"; then
        pass "programs_$1"
    else
        fail "programs_$1" "$(diff "$work/want" "$work/output" | sed -n 2,3p | paste -sd' ')"
    fi
}
cat >"$work/want" <<END
5 aarch64
499500 1.5811388300841898 576460752303423495
$(for sum in 1 256 512; do "sha${sum}sum" - <"$work/probe" | sed 's/ .*/ *stdin/'; done)
$(openssl dgst -r -sha3-256 <"$work/probe")
END

model max 0xd49
model cortex-a53 0xd03
model cortex-a72 0xd08
model cortex-a76 0xd0b
model neoverse-n1 0xd0c
model max,pauth=off,lse=off,mops=off 0xd49
model max,fp16=off,sha2=off 0xd49
model max,flagm=off,lrcpc2=off,dpb=off,aes=off 0xd49
model cortex-a53,sha3=on,lrcpc3=on,+flagm2 0xd03
for m in max cortex-a53 cortex-a72 cortex-a76 neoverse-n1; do
    programs $m
done
finish
