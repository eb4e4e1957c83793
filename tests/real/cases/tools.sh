#!/bin/bash
# bc, sqlite3, openssl, file.
set -e
dir=$(mktemp -d); cd "$dir"; trap 'cd /; rm -rf "$dir"' EXIT
echo 'scale=50; 4*a(1); e(1); sqrt(2); 2^200' | bc -l; echo 'define f(n) { if (n < 2) return 1; return n * f(n - 1) } f(40)' | bc
sqlite3 db 'create table t(a integer primary key, b text, c real); create index i on t(b);'
sqlite3 db "with recursive n(x) as (select 1 union all select x + 1 from n where x < 5000) insert into t select x, 'row' || (x * 7919 % 5003), x / 7.0 from n;"
sqlite3 db 'select count(*), round(sum(c), 3), max(b) from t; select b, count(*) from t group by substr(b, 4, 1) order by 2, 1 limit 3; pragma integrity_check;'
sqlite3 -json db 'select a, b, upper(hex(b)) as h from t where b like "row12%" order by a limit 2' | tr -d '\n'; echo
sqlite3 db '.dump' | md5sum
for h in md5 sha1 sha256 sha512 sha3-256 blake2b512; do echo -n ferry | openssl dgst -$h | sed 's/.*= //'; done
echo secret >p; openssl enc -aes-256-cbc -pbkdf2 -pass pass:x -S 0102030405060708 -in p -out c; openssl dgst -sha256 -r c | cut -c1-64
openssl enc -d -aes-256-cbc -pbkdf2 -pass pass:x -S 0102030405060708 -in c 2>/dev/null || openssl enc -d -aes-256-cbc -pbkdf2 -pass pass:x -in c
for c in aes-128-ctr chacha20 camellia-128-cbc; do seq 1000 | openssl enc -$c -K 000102030405060708090a0b0c0d0e0f -iv 0f0e0d0c0b0a09080706050403020100 2>/dev/null | md5sum; done
openssl genrsa -out k 1024 2>/dev/null; openssl dgst -sha256 -sign k -out s p; openssl rsa -in k -pubout -out pub 2>/dev/null; openssl dgst -sha256 -verify pub -signature s p
openssl ecparam -name prime256v1 -genkey -noout -out ek; openssl dgst -sha256 -sign ek -out es p; openssl ec -in ek -pubout -out epub 2>/dev/null; openssl dgst -sha256 -verify epub -signature es p
openssl prime 1000000007; file -b p; gzip -n p; file -b p.gz | cut -d, -f1; printf '#!/bin/sh\n' >x; file -b x
