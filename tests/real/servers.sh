#!/bin/bash
# Servers under their own clients and load tools, and what else keeps many processes busy: databases,
# web, mail of keys, version control, copying, buses, compressors.
#
#     servers.sh                       all, for each guest
#     servers.sh postgres 'redis*'     some
#     servers.sh --slice               what CI runs
#
# See programs.sh for qemu-user instead of ferry, and for times.

each_guest=1
. "$(dirname "$0")/programs.sh"

slice=(redis rsync sqlite memcached) slice_packages=(redis-server redis-tools rsync sqlite3 perl memcached)
programs bash coreutils perl procps postgresql redis-server redis-tools nginx-light curl apache2-utils mariadb-server \
    memcached openssl gnupg git rsync openssh-server openssh-client sqlite3 dbus xz-utils zstd bzip2 \
    imagemagick ffmpeg netcat-openbsd
directory=$here/real/servers
as_user=1    # most servers refuse to be root
grep -q '^tester:' "$root/etc/passwd" || echo 'tester:x:1000:1000:tester:/tmp:/bin/bash' >>"$root/etc/passwd"
mkdir -p "$root"/{run,var/run,var/lib,var/log} 2>/dev/null

# until_ready SECONDS COMMAND...: tries until it succeeds.
until_ready() {
    local end=$((SECONDS + $1))
    shift
    until "$@" >/dev/null 2>&1; do
        [[ $SECONDS -lt $end ]] || { echo "not ready: $*"; return 1; }
        sleep 0.2
    done
}
# port: one that is free now.
port() { perl -MIO::Socket::INET -e 'print IO::Socket::INET->new(LocalAddr => "127.0.0.1", Listen => 1)->sockport'; }
# server PROGRAM ARGUMENTS...: in the background, so that $! is what gets signals.
server() { replace=exec guest "$@" >server.log 2>&1 & }
# stop PID: SIGTERM, and how it ended.
stop() {
    kill "$1"
    wait "$1"
    echo "server ended with $?"
}

case_postgres() {
    local bin s
    bin=$(echo "$root"/usr/lib/postgresql/*/bin)
    guest "$bin/initdb" -N -A trust -E UTF8 --locale=C -D data >initdb.log 2>&1 || { tail -5 initdb.log; return 1; }
    server "$bin/postgres" -D data -k "$PWD" -h '' -F
    s=$!
    until_ready 60 guest "$bin/pg_isready" -h "$PWD"
    guest "$bin/psql" -h "$PWD" -X -q -t -d postgres <"$directory/postgres.sql" 2>&1
    guest "$bin/pgbench" -h "$PWD" -i -q -s 1 postgres >/dev/null 2>&1
    guest "$bin/pgbench" -h "$PWD" -c 4 -j 2 -t "${LOAD:-50}" postgres 2>/dev/null | grep -a 'actually processed\|failed transactions'
    guest "$bin/psql" -h "$PWD" -X -t -d postgres -c \
        'select (select sum(abalance) from pgbench_accounts) = (select sum(delta) from pgbench_history)'
    stop "$s"
    grep -aE 'PANIC|terminated by signal' server.log
    return 0
}

case_redis() {
    local s p
    p=$(port)
    saved() { ! guest redis-cli -p "$p" info persistence | grep -qE '^(rdb_bgsave|aof_rewrite)_in_progress:1'; }
    server redis-server --port "$p" --bind 127.0.0.1 --save '' --appendonly yes --dir "$PWD"
    s=$!
    until_ready 30 guest redis-cli -p "$p" ping
    guest redis-benchmark -p "$p" -q -n "${LOAD:-50}00" -c 20 -P 4 -t set,get,incr,lpush,zadd >bench.log 2>&1
    grep -ac 'requests per second' bench.log
    guest redis-cli -p "$p" <<'END'
flushall
set a 1
incrby a 41
lpush l 1 2 3
zadd z 1 one 2 two
zrange z 0 -1
eval "local s = 0 for i = 1, 1000 do s = s + redis.call('incr', KEYS[1]) end return s" 1 n
save
get n
END
    guest redis-cli -p "$p" bgrewriteaof
    until_ready 30 saved
    guest redis-cli -p "$p" bgsave | cut -c1-17
    until_ready 30 saved
    guest redis-cli -p "$p" info persistence | grep -a 'last_bgsave_status\|last_bgrewrite_status' | tr -d '\r'
    guest redis-cli -p "$p" shutdown save
    wait "$s"
    echo "server ended with $?"
    guest redis-check-rdb dump.rdb >/dev/null && echo "dump is good"
}

case_nginx() {
    local s p
    p=$(port)
    mkdir -p html logs
    seq 1 20000 >html/big
    echo hello >html/index.html
    cat >nginx.conf <<END
daemon off; worker_processes 2; pid $PWD/pid; error_log $PWD/error.log;
events { worker_connections 200; }
http { access_log $PWD/access.log; client_body_temp_path $PWD/b; proxy_temp_path $PWD/p;
    fastcgi_temp_path $PWD/f; uwsgi_temp_path $PWD/u; scgi_temp_path $PWD/s; sendfile on; gzip on; gzip_types text/plain; default_type text/plain;
    server { listen 127.0.0.1:$p; root $PWD/html; location /back/ { proxy_pass http://127.0.0.1:$p/; } } }
END
    server nginx -p "$PWD" -e "$PWD/error.log" -c "$PWD/nginx.conf"
    s=$!
    until_ready 30 guest curl -sf "http://127.0.0.1:$p/"
    guest ab -q -n "${LOAD:-50}0" -c 20 "http://127.0.0.1:$p/big" 2>&1 | grep -a 'Complete requests\|Failed requests'
    guest ab -q -k -n "${LOAD:-50}0" -c 20 "http://127.0.0.1:$p/back/index.html" 2>&1 | grep -a 'Complete requests\|Failed requests'
    guest curl -s --compressed "http://127.0.0.1:$p/big" | md5sum
    guest curl -s -o /dev/null -w '%{http_code}\n' "http://127.0.0.1:$p/none"
    kill -HUP "$(cat pid)"
    sleep 0.5
    guest curl -s "http://127.0.0.1:$p/"
    kill -QUIT "$(cat pid)"
    wait "$s"
    echo "server ended with $?"
    grep -a 'exited on signal\|\[alert\]\|\[emerg\]' error.log
    return 0
}

case_mariadb() {
    local s m=(--no-defaults --socket="$PWD/s")
    guest mariadb-install-db --no-defaults --datadir="$PWD/data" --auth-root-authentication-method=normal --basedir=/usr \
        --skip-test-db --force >install.log 2>&1 || { tail -5 install.log; return 1; }
    server "$root/usr/sbin/mariadbd" --no-defaults --datadir="$PWD/data" --socket="$PWD/s" --skip-networking \
        --pid-file="$PWD/pid" --lc-messages-dir=/usr/share/mysql
    s=$!
    until_ready 60 guest mariadb-admin "${m[@]}" ping
    guest mariadb "${m[@]}" -u root -N <<'END'
create database d; use d;
create table t(a int primary key auto_increment, b varchar(40), key(b)) engine=innodb;
insert into t(b) select md5(seq) from seq_1_to_5000;
select count(*), min(b), max(b) from t;
begin; delete from t where a % 2; rollback; select count(*) from t;
select sum(length(b)) from t where b like '%a';
END
    guest mariadb-slap "${m[@]}" -u root -a --concurrency=4 --number-of-queries="${LOAD:-50}" >slap.log 2>&1
    grep -ac 'Number of clients running queries: 4' slap.log
    guest mariadb-admin "${m[@]}" -u root shutdown
    wait "$s"
    echo "server ended with $?"
    grep -a 'got signal\|\[ERROR\]' server.log
    return 0
}

case_memcached() {
    local s p
    p=$(port)
    server memcached -l 127.0.0.1 -p "$p" -t 4
    s=$!
    until_ready 30 guest bash -c "exec 3<>/dev/tcp/127.0.0.1/$p"
    guest perl "$directory/memcached.pl" "$p"
    stop "$s"
}

case_openssl() {
    local s p
    p=$(port)
    guest openssl req -x509 -newkey rsa:2048 -nodes -keyout key -out cert -subj /CN=localhost -days 10 2>/dev/null
    server openssl s_server -accept "127.0.0.1:$p" -key key -cert cert -WWW -quiet
    s=$!
    until_ready 30 guest bash -c "exec 3<>/dev/tcp/127.0.0.1/$p"
    seq 1 20000 >file
    for v in -tls1_2 -tls1_3; do
        for c in 1 2 3; do
            printf 'GET /file HTTP/1.0\r\n\r\n' |
                guest openssl s_client "$v" -connect "127.0.0.1:$p" -CAfile cert -quiet -verify_return_error 2>/dev/null | tail -1
        done
    done
    for c in ECDHE-RSA-AES256-GCM-SHA384 ECDHE-RSA-CHACHA20-POLY1305; do
        printf 'GET /file HTTP/1.0\r\n\r\n' |
            guest openssl s_client -tls1_2 -cipher "$c" -connect "127.0.0.1:$p" -CAfile cert -quiet 2>/dev/null | md5sum
    done
    kill "$s"
    wait "$s" 2>/dev/null
    for k in rsa ed25519 ec; do
        case $k in ec) o=(-pkeyopt ec_paramgen_curve:P-256) ;; *) o=() ;; esac
        guest openssl genpkey -algorithm "$k" "${o[@]}" -out "$k" 2>/dev/null
        guest openssl pkey -in "$k" -pubout -out "$k.pub"
        head -c 32 file >digest
        guest openssl pkeyutl -sign -inkey "$k" $([[ $k != ed25519 ]] || echo -rawin) -in digest -out sig
        guest openssl pkeyutl -verify -pubin -inkey "$k.pub" $([[ $k != ed25519 ]] || echo -rawin) -in digest -sigfile sig
    done
}

case_gpg() {
    local g=(GNUPGHOME="$PWD/home" gpg --batch -q --yes --pinentry-mode loopback --passphrase secret)
    mkdir -m 700 home
    for algo in rsa2048 ed25519; do
        guest "${g[@]}" --quick-generate-key "Tester $algo <$algo@example.org>" "$algo" sign 1d 2>&1 | grep -v revocation
    done
    guest "${g[@]}" --quick-generate-key "Tester <e@example.org>" default default 1d 2>&1 | grep -v revocation
    guest "${g[@]}" --list-secret-keys --with-colons | grep -c ^sec
    seq 1 10000 >text
    guest "${g[@]}" -u ed25519@example.org --detach-sign -o sig text
    guest "${g[@]}" --verify sig text 2>&1 | grep -o 'Good signature'
    guest "${g[@]}" -u rsa2048@example.org -s -o signed text && guest "${g[@]}" -d signed 2>/dev/null | md5sum
    guest "${g[@]}" --trust-model always -r e@example.org -e -o secret text && guest "${g[@]}" -d secret 2>/dev/null | md5sum
    guest "${g[@]}" -c -o sym text && guest "${g[@]}" -d sym 2>/dev/null | md5sum
    echo x >>text
    guest "${g[@]}" --verify sig text 2>&1 | grep -o 'BAD signature'
    guest GNUPGHOME="$PWD/home" gpgconf --kill all
}

case_git() {
    export GIT_CONFIG_GLOBAL=/dev/null
    local e=(GIT_CONFIG_GLOBAL="$PWD/config" GIT_AUTHOR_NAME=a GIT_AUTHOR_EMAIL=a@b GIT_COMMITTER_NAME=a GIT_COMMITTER_EMAIL=a@b
             GIT_AUTHOR_DATE='2020-01-01T00:00:00Z' GIT_COMMITTER_DATE='2020-01-01T00:00:00Z')
    guest "${e[@]}" bash "$directory/git.sh"
}

case_rsync() {
    local s p i
    p=$(port)
    mkdir -p a/{x,y,z} b d
    for ((i = 0; i < 200; i++)); do seq "$i" $((i * 7)) >"a/x/$i"; done
    ln -s x/1 a/link; ln a/x/2 a/hard; chmod 640 a/x/3; head -c 300000 /dev/zero >a/y/sparse
    guest rsync -aHS --delete a/ b/ && diff -r a b && echo same
    echo more >>a/x/5; rm a/x/6
    guest rsync -aH --delete --itemize-changes --no-times a/ b/ | grep -v '/$' | sort
    printf 'use chroot = no\n[m]\npath = %s\nread only = no\nmunge symlinks = no\n' "$PWD/d" >conf
    server rsync --daemon --no-detach --config=conf --address=127.0.0.1 --port="$p"
    s=$!
    until_ready 30 guest bash -c "exec 3<>/dev/tcp/127.0.0.1/$p"
    guest rsync -azH a/ "rsync://127.0.0.1:$p/m/" && diff -r a d && echo same
    stop "$s"
}

case_ssh() {
    guest ssh-keygen -q -t ed25519 -N '' -f host && guest ssh-keygen -q -t rsa -b 2048 -N '' -f user
    cp user.pub authorized
    cat >sshd.conf <<END
HostKey $PWD/host
AuthorizedKeysFile $PWD/authorized
StrictModes no
UsePAM no
PidFile none
LogLevel ERROR
Subsystem sftp internal-sftp
END
    cat >ssh.conf <<END
Host *
IdentityFile $PWD/user
StrictHostKeyChecking accept-new
UserKnownHostsFile $PWD/known
LogLevel ERROR
User tester
END
    local s p t=(ssh -F ssh.conf)
    p=$(port)
    echo "Port $p" >>ssh.conf
    mkdir -p "$root/run/sshd"
    server "$root/usr/sbin/sshd" -D -e -f sshd.conf -p "$p" -o ListenAddress=127.0.0.1
    s=$!
    until_ready 30 guest bash -c "exec 3<>/dev/tcp/127.0.0.1/$p"
    guest "${t[@]}" 127.0.0.1 'echo hello from there; exit 7'
    echo "ended with $?"
    seq 1 100000 | guest "${t[@]}" 127.0.0.1 'cat | md5sum'
    printf 'put ssh.conf copied\nls copied\n' | guest sftp -q -F ssh.conf -b - 127.0.0.1:"$PWD" | awk '{ print $1 }'
    grep -v kex_exchange server.log
    kill "$s"; wait "$s"
    return 0
}

case_sqlite() { guest sqlite3 data.db <"$directory/sqlite.sql"; }

case_dbus() {
    guest dbus-run-session --config-file="$root/usr/share/dbus-1/session.conf" -- sh -c '
        dbus-send --session --print-reply=literal --dest=org.freedesktop.DBus / org.freedesktop.DBus.ListNames | grep -c freedesktop
        for i in 1 2 3 4 5 6 7 8 9 10; do
            dbus-send --session --print-reply=literal --dest=org.freedesktop.DBus / org.freedesktop.DBus.NameHasOwner string:a.b
        done'
}

case_compressors() {
    local c
    perl -e 'srand 1; print join(q( ), map { sprintf q(%x), int(rand 1 << (4 + $_ % 13)) } 1 .. 300000)' >text
    for c in 'xz -T2 --block-size=300000' 'zstd -q -T2 -9 --no-progress' bzip2 'zstd -q -19 --long'; do
        guest $c -k -c text >packed && guest ${c%% *} -dc <packed | cmp - text && echo "$c"
    done
}

case_media() {
    guest ffmpeg -v error -nostdin -threads 4 -filter_threads 2 -f lavfi -i testsrc2=size=320x240:rate=10 -t 2 -c:v libx264 -preset fast -threads 4 -y v.mkv &&
        guest ffmpeg -v error -nostdin -threads 4 -i v.mkv -f null - && echo decoded
    guest "$(cd "$root/usr/bin" && echo convert-im?.q16)" -size 200x200 plasma:red-blue -blur 0x3 -resize 50% a.png
    file -b a.png | cut -d, -f1,2
}

cases
