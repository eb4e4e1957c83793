#!/bin/bash
# stress-ng's verifying stressors for signals, futexes, processes, timers, sockets, pipes, IPC and memory:
# none may find a difference, hang, or leave a process or a file behind.
#
#     stress.sh                     all, 20 seconds each (STRESS_SECONDS), for each guest
#     stress.sh futex 'sig*'        some
#     stress.sh --slice             what CI runs: a few, by number of operations
#
# See programs.sh for qemu-user instead of ferry.

each_guest=1
. "$(dirname "$0")/programs.sh"

stressors=(signal sigabrt sigchld sigfd sigfpe sigio signest sigpending sigpipe sigq sigrt sigsegv sigsuspend
           sigtrap kill itimer timer timerfd alarm futex mutex pthread clone fork vfork zombie wait daemon exec
           exit-group sem sem-sysv context schedpolicy sock epoll poll pipe msg shm shm-sysv mq eventfd)
# (Not mmapfork, whose children fill all memory there is, natively as well; nor vm-segv, which needs ptrace.)
memory=(mmap mmapaddr mmapfixed mmapmany munmap mremap remap pagemove mprotect madvise mlock msync mincore
        bigheap brk stack stackmmap vm vm-rw memfd)
slice=(signal sigq sigsegv sigsuspend sigtrap futex pthread clone vfork pipe)
slice_packages=(stress-ng)
programs stress-ng

# named: what memory of ours has a name.
named() { find /dev/shm -name '*stress-ng*' -o -name '*ferry*'; }

for s in "${stressors[@]}" "${memory[@]}"; do
    wanted "$s" || continue
    mkdir "$work/$s"
    amount=(-t "${STRESS_SECONDS:-20}")
    [[ ! $sliced ]] || amount=(-t 60 "--$s-ops" 100)
    limit=$((${STRESS_SECONDS:-20} * 5 + 200))
    bound=
    [[ " ${memory[*]} " != *" $s "* ]] || bound=2000000    # KiB: heaps grow until nothing is left
    before=$(named)
    if ! (${bound:+ulimit -v "$bound"}
          cd "$work/$s" && guest stress-ng --verify --oomable --temp-path "$work/$s" "--$s" 2 "${amount[@]}") \
        >"$work/out" 2>&1; then
        fail "$s" "$(grep -E 'fail|error' "$work/out" | head -2 | paste -sd' ')"
    elif pgrep -f "$work/$s" >/dev/null; then
        fail "$s" "a process is left"
    elif [[ $(named) != "$before" ]]; then
        fail "$s" "left: $(named | paste -sd' ')"
    else
        pass "$s"
    fi
    rm -rf "${work:?}/$s"
done
finish
