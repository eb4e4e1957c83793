#!/bin/bash
# tar with each compressor, there and back, streams and threads; their test and list modes.
set -e
dir=$(mktemp -d); cd "$dir"; trap 'cd /; rm -rf "$dir"' EXIT
mkdir -p t/a/b; seq 1 30000 >t/numbers; head -c 200000 /dev/zero >t/zero; ln -s numbers t/link; ln t/numbers t/hard
awk 'BEGIN { for (i = 0; i < 40000; i++) printf "%c%c", 33 + (i * 7919) % 90, 33 + (i * 104729) % 90 }' >t/a/noise
printf x >t/a/b/small; chmod 600 t/a/b/small; mkfifo t/fifo; find t -exec touch -h -d @1500000000 {} +
for z in gzip bzip2 xz zstd; do
    tar --$z -cf t.$z t; rm -rf out; mkdir out; tar -C out -xf t.$z; diff -r --no-dereference -x fifo t out/t && echo "$z same"
    tar -tf t.$z | sort | md5sum; tar -cf - t | $z -c | $z -dc | tar -xOf - t/a/b/small; echo
    $z -t t.$z && echo "$z tests"
done
tar -cf t.tar t; tar -rf t.tar t/numbers; tar -tf t.tar | wc -l; tar -df t.tar && echo no differences
tar --exclude=zero --transform 's,^t,u,' -cf - t | tar -tf - | sort | head -4
stat -c '%a %Y' out/t/a/b/small; stat -c %h out/t/hard; readlink out/t/link
for l in 1 6 9; do gzip -$l -c t/numbers | gzip -dc | md5sum; done
gzip -c t/numbers >n.gz; gzip -l n.gz | tail -1 | awk '{ print $2 }'; zcat n.gz | tail -1; echo more | gzip >>n.gz; zcat n.gz | tail -1
xz -T2 --block-size=50KiB -c t/numbers | xz -dc | md5sum; xz -9e -c t/a/noise | xz -dc | md5sum; xz --format=lzma -c t/numbers | xz -dc | md5sum
zstd -q -19 -T2 -c t/numbers | zstd -dc | md5sum; zstd -q --long=24 -c t/numbers | zstd -dc --long=24 | md5sum
printf 'damaged' | gzip -dc 2>/dev/null || echo "gzip refuses $?"; head -c 1000 t.xz | xz -dc >/dev/null 2>&1 || echo "xz refuses $?"
