#!/bin/bash
# Programs that sit at a terminal: shells with job control, editors, multiplexers, what drives them.
#
#     terminal.sh                   all, for each guest
#     terminal.sh jobs 'vim*'       some
#     terminal.sh --slice           what CI runs
#
# See programs.sh for qemu-user instead of ferry, and for times.

each_guest=1
. "$(dirname "$0")/programs.sh"

slice=(jobs pty script names) slice_packages=(expect bsdutils ncurses-base procps util-linux psmisc sysvinit-utils)
programs bash coreutils procps bsdutils util-linux ncurses-base ncurses-bin expect tmux screen vim-tiny less nano python3 \
    psmisc
directory=$here/real/terminal
terminal=(TERM=xterm SHELL="$root/usr/bin/bash" TERMINFO="$root/lib/terminfo")
# The names of guests and roots in what a terminal shows.
plain() { tr -d '\r' | sed "s,$root,ROOT,g; s,$work,TMP,g"; }

case_jobs() { guest "${terminal[@]}" expect "$directory/jobs.exp" | plain | grep -a '^== '; }
case_python() { guest "${terminal[@]}" expect "$directory/python.exp" | plain | grep -a '^== '; }
case_pty() { guest "${terminal[@]}" python3 -E "$directory/pty_case.py" | plain; }
case_script() {
    guest "${terminal[@]}" script -qec 'stty size cols 80; stty rows 30 cols 90; stty size; tty | tr -d 0-9; echo end; exit 5' log | plain
    echo "ended with $?"
    grep -ac '^end' log
}
case_vim() {
    seq 1 200 >file
    printf '%s\n' '%s/9/nine/g' 'g/0$/d' '$put =\"last\"' '1,3m$' 'w! out' 'q!' |
        guest "${terminal[@]}" vim.tiny -u NONE -es file
    echo "ended with $?"
    md5sum <out; tail -2 out
}

# pane COMMAND KEYS...: what a tmux pane shows after these were typed; a key may be `wait TEXT`.
case_tmux() {
    local t=("${terminal[@]}" TMUX_TMPDIR="$PWD" tmux -f /dev/null)
    seq 1 500 >file
    guest "${t[@]}" new-session -d -s s -x 80 -y 24 "$root/usr/bin/bash --norc --noprofile"
    shown() { guest "${t[@]}" capture-pane -p -t s | plain | grep -a -v '^$'; }
    shows() { shown | grep -q -e "$1"; }
    see() { local i; for ((i = 0; i < 100; i++)); do shows "$1" && return; sleep 0.2; done; echo "never shows $1:"; shown; }
    keys() { guest "${t[@]}" send-keys -t s "$@"; }
    keys 'PS1="# "; clear; echo $((6 * 7)); stty size' Enter; see '^23 80\|^24 80'
    guest "${t[@]}" split-window -d -t s -v "$root/usr/bin/less file"
    keys 'stty size' Enter; see '^1[12] 80'
    guest "${t[@]}" kill-pane -t s.1
    keys "$root/usr/bin/less file" Enter; see '^15$'
    keys G; see '^500$'
    keys '/33' Enter; keys q; keys 'clear; echo after less' Enter; see '^after less'
    keys "$root/usr/bin/vim.tiny -u NONE made" Enter; see '^~'
    keys 'isome text' Escape ':wq' Enter; keys 'clear; cat made' Enter; see '^some text'
    keys 'sleep 100' Enter; sleep 1; keys C-z; see Stopped
    keys 'kill %1; wait; clear; echo gone' Enter; see '^gone'
    guest "${t[@]}" list-sessions -F '#{session_name} #{session_windows}'
    guest "${t[@]}" new-window -d -t s: 'echo in a window; sleep 100'
    guest "${t[@]}" list-windows -t s | wc -l
    guest "${t[@]}" kill-server
    echo "ended with $?"
}
case_screen() {
    local s=("${terminal[@]}" SCREENDIR="$PWD/dir" screen) i
    mkdir -m 700 dir
    as_user=1
    guest "${s[@]}" -dmS s "$root/usr/bin/bash" --norc
    for i in 1 2 3 4 5 6 7 8 9 10; do guest "${s[@]}" -S s -Q windows >/dev/null 2>&1 && break; sleep 0.3; done
    guest "${s[@]}" -S s -X stuff 'echo $((6 * 7)) >done; exit\n'
    for i in 1 2 3 4 5 6 7 8 9 10; do [[ ! -s done ]] || break; sleep 0.5; done
    cat done
    for i in 1 2 3 4 5 6 7 8 9 10; do guest "${s[@]}" -ls | grep -q '\.s' || break; sleep 0.5; done
    guest "${s[@]}" -ls | grep -c '\.s' || true
}
# What ps, top and killall see of each other's programs.
case_names() {
    guest "${terminal[@]}" bash -c '
        sleep 300 & p=$!
        sleep 0.3
        ps -o comm= -p $p; ps -o args= -p $p | sed "s,.*/,,"; cat /proc/$p/comm; tr "\0" " " </proc/$p/cmdline | sed "s,^[^ ]*/,,"; echo
        basename "$(readlink /proc/$p/exe)"
        pgrep -P $$ -x sleep | grep -c "^$p$"
        pidof sleep | tr " " "\n" | grep -c "^$p$"
        top -b -n 1 -p $p | tail -1 | sed "s/.* //"
        kill $p; wait $p 2>/dev/null; echo $?'
}

cases
