# What system.sh runs as root in a fresh foreign system: bash inside.sh PACKAGE... Each verdict is a line in
# /inside.out.
pass() { echo "pass $*" >>/inside.out; }
fail() { echo "fail $*" >>/inside.out; }

# try NAME WANT COMMAND...: the command succeeds and prints just this.
try() {
    local name=$1 want=$2 got status
    shift 2
    got=$(timeout 120 "$@" 2>/tmp/err)
    status=$?
    if [[ $status -eq 0 && $got == "$want" ]]; then
        pass "$name"
    else
        fail "$name" "status $status, '${got:0:200}' $(head -c 300 /tmp/err | head -2 | tr '\n' ' ')"
    fi
}

# ---- packages ---------------------------------------------------------------------------------

try configured "" bash -c 'dpkg -l | grep -v "^ii" | sed 1,5d'
apt-get -q update >/tmp/log 2>&1 && pass apt_update || fail apt_update "$(tail -1 /tmp/log)"
SECONDS=0
if apt-get -q -y --no-install-recommends install "$@" >/tmp/install.log 2>&1; then
    pass apt_install "$SECONDS s"
else
    fail apt_install "$(grep -m1 -i 'error\|fail' /tmp/install.log) $(tail -1 /tmp/install.log)"
fi
try configured_again "" bash -c 'dpkg -l | grep -v "^ii" | sed 1,5d'
try audit "" dpkg --audit
try triggers "" bash -c 'dpkg-trigger --no-await ldconfig && dpkg --configure -a | grep -v ^Processing || true'

# ---- ldconfig, again and again ----------------------------------------------------------------

times=50 failed=0
[[ ! ${FERRY_LONG-} ]] || times=1000
for ((i = 0; i < times; i++)); do
    case $((i % 4)) in
        0) ldconfig ;;
        1) setarch -R ldconfig ;;
        2) (ulimit -s unlimited; ldconfig) ;;
        3) (ulimit -v 4000000; ldconfig) ;;
    esac 2>>/tmp/ldconfig.err || failed=$((failed + 1))
done
[[ $failed -eq 0 ]] && pass ldconfig "$times times" || fail ldconfig "$failed of $times: $(head -1 /tmp/ldconfig.err)"

# ---- who one is -------------------------------------------------------------------------------

id bob >/dev/null 2>&1 || useradd -m -s /bin/bash bob 2>/tmp/err || fail useradd "$(head -1 /tmp/err)"
echo 'bob ALL=(ALL) NOPASSWD: ALL' >/etc/sudoers.d/bob
echo 'bob:secret' | chpasswd || fail chpasswd
bob=$(id -u bob)
try su "$bob" su bob -c 'id -u'
try su_login "-bash /home/bob" su - bob -c 'echo $0 $HOME'
try sudo 0 su bob -c 'sudo -n id -u'
try sudo_other nobody su bob -c 'sudo -n -u nobody id -un'
try sudo_environment "" su bob -c 'FERRY_STRACE=1 QEMU_STRACE=1 sudo -n env | grep STRACE || true'
cp "$(command -v id)" /tmp/id; chown nobody /tmp/id; chmod 4755 /tmp/id
try setuid "$bob $(id -u nobody)" su bob -c 'echo $(/tmp/id -ru) $(/tmp/id -u)'
try setuid_dropped "$bob" su bob -c 'setpriv --no-new-privs /tmp/id -u'
chmod 0711 /tmp/id
try unreadable "$bob" su bob -c '/tmp/id -u'
rm -f /tmp/id
try machine "$GUEST" uname -m
try argv0 "some name" bash -c 'exec -a "some name" bash -c "echo \$0"'
try script "one two" bash -c 'printf "#!/bin/echo one\n" >/tmp/s; chmod +x /tmp/s; set -- $(/tmp/s two); echo $1 ${3-two}; rm /tmp/s'
try comm "cat" cat /proc/self/comm
try cmdline "cat /proc/self/cmdline " bash -c 'cat /proc/self/cmdline | tr "\0" " "'
try exe "/usr/bin/readlink" readlink /proc/self/exe

# ---- namespaces -------------------------------------------------------------------------------

try unshare_user 0 unshare -Ur id -u
try unshare_all "1" unshare -Urmpiuf --mount-proc bash -c 'mount -t tmpfs none /mnt && hostname inside && echo $$'
try unshare_chroot 0 unshare -Ur chroot / id -u
try bwrap "$GUEST" bwrap --unshare-user --unshare-pid --unshare-ipc --unshare-uts --bind / / --dev /dev --proc /proc uname -m
try bwrap_user "$bob" su bob -c 'bwrap --unshare-all --ro-bind / / --dev /dev --proc /proc id -u'

# ---- programs that start others ---------------------------------------------------------------

export GNUPGHOME=/tmp/gnupg; mkdir -m 700 $GNUPGHOME
try gpg_key "" gpg --batch --quiet --passphrase '' --quick-gen-key tester default default never
try gpg_sign "signed text" bash -c 'echo "signed text" | gpg --batch --quiet --sign | gpg --batch --quiet --decrypt 2>/dev/null'
gpgconf --kill all
try deb "" bash -c 'mkdir -p /tmp/p/DEBIAN && printf "Package: p\nVersion: 1\nArchitecture: all\nMaintainer: me <m@e>\nDescription: p\n" >/tmp/p/DEBIAN/control &&
    printf "#!/bin/sh\ntouch /configured\n" >/tmp/p/DEBIAN/postinst && chmod 755 /tmp/p/DEBIAN/postinst && dpkg-deb -b /tmp/p /tmp/p.deb >/dev/null && dpkg -i /tmp/p.deb >/dev/null && rm /configured && dpkg -P p >/dev/null'
if [[ ${FERRY_LONG-} ]]; then
    try gcc "42" bash -c 'cd /tmp && echo "int main(void) { return 42; }" >a.c && gcc -O2 a.c -o a.out; ./a.out; echo $?'
    try pip "pip" bash -c 'pip --version | cut -d" " -f1'
    try postgres "42" bash -c 'pg_ctlcluster $(pg_lsclusters -h | cut -d" " -f1,2) start && sleep 3 && su postgres -c "psql -Atc \"select 6 * 7\""; e=$?; pg_ctlcluster $(pg_lsclusters -h | cut -d" " -f1,2) stop; exit $e'
    try man "0" bash -c 'man -w man >/dev/null; echo $?'
fi
pass end
