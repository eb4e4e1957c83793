#!/bin/bash
# A tour of coreutils, findutils and diffutils.
set -e
dir=$(mktemp -d); cd "$dir"
trap 'cd /; rm -rf "$dir"' EXIT
export TZ=UTC
seq 20 >n; paste -d, n <(seq 20 39) | tail -2
sort -t, -k2nr <(paste -d, n <(seq 20 39)) | head -2
printf 'b 2\na 1\nc 3\n' | sort >j1; printf 'a x\nc z\n' >j2; join j1 j2; comm -12 <(cut -d' ' -f1 j1) <(cut -d' ' -f1 j2)
echo hello | tr a-y b-z; echo 'a  b' | tr -s ' '; rev <<<abc 2>/dev/null || echo cba
tac n | head -2; nl -ba n | tail -1; head -c 5 n | od -c; wc n
printf 'x\nx\ny\n' | uniq -c; shuf -i 1-5 | sort | tr -d '\n'; echo
echo -n abc | md5sum; echo -n abc | sha1sum; echo -n abc | sha256sum; echo -n abc | sha512sum | cut -c1-32
echo -n abc | b2sum | cut -c1-32; echo -n abc | cksum; echo -n abc | base64; echo YWJj | base64 -d; echo
factor 1234567890 999999999989; numfmt --to=iec 123456789; seq -s+ 1 0.5 3
split -l 7 n part.; ls part.*; cat part.* | cmp - n && echo same
csplit -s n 5 10; ls xx*; expand <<<$'a\tb'; fmt -w 20 <<<"one two three four five six seven"
dd if=/dev/zero of=z bs=1k count=10 2>/dev/null; stat -c '%s %F' z; truncate -s 3 z; wc -c <z
touch -d '2020-01-02 03:04:05' t; date -u -r t +%FT%T; stat -c %y t; ls -l --time-style=+%s t | cut -d' ' -f6-
ln -s t s; readlink s; ln t h; stat -c %h t; [ t -ef h ] && echo linked
mkdir -p d/e/f; cp -a t d/e/; mv d/e/t d/e/f/u; find d | sort; rm -r d; test ! -e d && echo gone
chmod 640 t; stat -c %a t; install -m 755 t i; stat -c %a i
date -u -d @1000000000; date -u -d '2024-02-28 +2 days' +%F
find . -name 'part.*' -size -1k -print0 | sort -z | xargs -0 -n2 echo
printf '%s\n' 1 2 3 | xargs -I{} -P2 echo item {} | sort
echo abc >f1; echo abd >f2; diff -u f1 f2 | tail -n +3 || true; cmp f1 f2 || true
diff -r . . && echo equal; sum n; env -u HOME printenv HOME || echo unset
expr 7 \* 6; realpath -m /a/../b; basename /x/y.c .c; dirname /x/y.c
(exec -a name sleep 0) && echo slept; nproc >/dev/null && echo nproc; id -u | grep -c '[0-9]'
timeout 2 tail -f n & sleep 0.3; kill $! && echo tailed; wait || true
stdbuf -oL echo stdbuf 2>/dev/null | head -1; pr -t -2 -l 10 n | head -2; ptx --version | head -c 3; echo
mkfifo q; (echo fifo >q &) ; cat q; tsort <<<"a b b c"; od -An -tx8 -N16 n; seq 5 | shuf --random-source=n | wc -l
