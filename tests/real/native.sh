#!/bin/bash
# Programs that compute a lot, under ferry and natively in the same release of Debian: what they
# write must be equal, byte for byte. The guest's own vector and cipher code is at work here.
#
#     native.sh                  all
#     native.sh flac digests     some

each_guest=1
. "$(dirname "$0")/../lib.sh"

only=("$@")
need "$ferry"
packages=(openssl sqlite3 ffmpeg 7zip p7zip-full)
native_root=$cache/root/amd64-$suite
"$top/scripts/guest-root" -q -a "$debian" -d "$root" "${packages[@]}" >/dev/null &&
    "$top/scripts/guest-root" -q -a amd64 -s "$suite" -p small -d "$native_root" "${packages[@]}" >/dev/null ||
    { echo "$script: cannot fetch the packages, skipped"; exit 77; }
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
export LC_ALL=C TZ=UTC HOME=$work

# Every directory of a root that has libraries: some programs' own lie apart.
library_path() {
    find "$1/usr/lib" -name '*.so*' -not -path '*/systemd/*' -printf '%h\n' | sort -u | paste -sd:
}
native_libraries=$(library_path "$native_root")
guest_libraries=$(library_path "$root")

# run SIDE PROGRAM ARGUMENTS...
run() {
    local side=$1 program=$2
    shift 2
    if [[ $side == native ]]; then
        "$native_root/lib64/ld-linux-x86-64.so.2" --library-path "$native_libraries" \
            "$native_root/usr/bin/$program" "$@"
    else
        "$ferry" -E "LD_LIBRARY_PATH=${guest_libraries//,/}" -L "$root" "$root/usr/bin/$program" "$@"
    fi
}

encode() { run "$1" ffmpeg -v error -nostdin -bitexact -f lavfi -i "$2" -t 1 "${@:3}" -f md5 -; }
video() { encode "$1" testsrc2=size=320x240:rate=25 -sws_flags bitexact+accurate_rnd -pix_fmt yuv420p \
    -flags +bitexact -threads 1 "${@:2}"; }
audio() { encode "$1" sine=frequency=440:beep_factor=4 -flags +bitexact "${@:2}"; }

# (Left to themselves, these choose transforms by the processor, and they are not the same to the bit.)
case_mpeg4() { video "$1" -c:v mpeg4 -q:v 4 -dct int -idct simple; }
case_mjpeg() { encode "$1" testsrc2=size=320x240:rate=25 -sws_flags bitexact+accurate_rnd -pix_fmt yuvj420p \
    -flags +bitexact -threads 1 -c:v mjpeg -dct int -idct simple; }
case_ffv1() { video "$1" -c:v ffv1; }
# The host's assembler routines differ from x264's own C; the guest's must not.
case_x264() { video "$1" -c:v libx264 -qp 26 -preset fast -x264-params "asm=$([[ $1 == guest ]] && echo 1 || echo 0)"; }
case_scale() { video "$1" -vf scale=500:300:flags=bicubic+bitexact+accurate_rnd -c:v rawvideo; }
case_flac() { audio "$1" -c:a flac; }
case_mp2() { audio "$1" -c:a mp2; }
case_digests() {
    local d
    for d in md5 sha1 sha256 sha512 sha3-256 sm3 blake2b512 blake2s256 ripemd160; do
        run "$1" openssl dgst "-$d" -provider default -provider legacy <"$work/text"
        run "$1" openssl dgst "-$d" -hmac key <"$work/text"
    done
}
case_ciphers() {
    local c k=000102030405060708090a0b0c0d0e0f
    for c in aes-128-cbc aes-256-ctr aes-192-ecb chacha20 sm4-ctr camellia-256-cbc aria-128-cbc; do
        run "$1" openssl enc "-$c" -K $k$k -iv $k -in "$work/text" 2>/dev/null | md5sum
    done
}
# Speed prints what it likes; that it ends well, and that keys made here verify, is what counts.
case_speed() {
    run "$1" openssl speed -seconds 1 -bytes 1024 -evp aes-128-gcm >/dev/null 2>&1
    echo "speed $?"
    run "$1" openssl genpkey -algorithm ed25519 -out "$work/$1.key" && echo "key made"
    run "$1" openssl pkeyutl -sign -inkey "$work/$1.key" -rawin -in "$work/small" -out "$work/$1.signature"
    run "$1" openssl pkeyutl -verify -inkey "$work/$1.key" -rawin -in "$work/small" -sigfile "$work/$1.signature"
}
case_7zip() {
    run "$1" 7z a -txz -si -so -mmt=1 data.xz <"$work/text" 2>/dev/null | md5sum
    run "$1" 7z a -tbzip2 -si -so -mmt=1 data.bz2 <"$work/text" 2>/dev/null | md5sum
}
case_sqlite() {
    run "$1" sqlite3 :memory: "
        create table t(a integer primary key, b text, c real);
        with recursive n(i) as (select 1 union all select i + 1 from n where i < 20000)
            insert into t select i, hex(i * 7919 % 10007), i / 7.0 from n;
        create index by_b on t(b);
        select count(*), sum(a), round(sum(c), 6), max(b) from t;
        select b, count(*), round(avg(c), 9) from t group by substr(b, 1, 2) order by 2 desc, 1 limit 20;
        select printf('%.17g', total(c * c)) from t where b like '%3%';"
}

perl -e 'srand 1; print join(q( ), map { sprintf q(%x), int(rand 1 << (4 + $_ % 13)) } 1 .. 200000)' >"$work/text"
head -c 100 "$work/text" >"$work/small"
for name in $(compgen -A function | sed -n 's/^case_//p'); do
    wanted "$name" || continue
    (cd "$work" && "case_$name" native >"$work/want" 2>"$work/want.err")
    (cd "$work" && "case_$name" guest >"$work/got" 2>"$work/got.err")
    if [[ ! -s $work/want ]]; then
        fail "$name" "natively: $(head -1 "$work/want.err")"
    elif cmp -s "$work/want" "$work/got"; then
        pass "$name"
    else
        fail "$name" "$(diff "$work/want" "$work/got" | sed -n 2,3p | paste -sd' ') $(head -1 "$work/got.err")"
    fi
done
finish
