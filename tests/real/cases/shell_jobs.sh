#!/bin/bash
# Jobs, traps, signals, exit statuses, timeouts, co-processes.
trap 'echo exit trap' EXIT
trap 'echo usr1' USR1
kill -USR1 $$
sleep 0.1 & p=$!; wait $p; echo "sleep $?"
(exit 42) & wait $!; echo "status $?"
sleep 10 & sleep 0.2; kill -TERM $!; wait $! 2>/dev/null; echo "killed $?"
bash -c 'kill -SEGV $$' 2>/dev/null; echo "segv $?"
bash -c 'trap "echo term; exit 9" TERM; kill -TERM $$; echo never'; echo "trap $?"
timeout 0.2 sleep 5; echo "timeout $?"
coproc cat; echo "through coproc" >&"${COPROC[1]}"; read -r l <&"${COPROC[0]}"; echo "$l"
eval "exec ${COPROC[1]}>&-"; wait
for i in 1 2 3 4; do (sleep "0.$i"; echo "job $i") & done; wait
nohup true 2>/dev/null; echo "nohup $?"
command_not_there 2>/dev/null; echo "missing $?"
/dev/null 2>/dev/null; echo "not executable $?"
sh -c 'echo "$0 $1"' zero one
env -i A=b sh -c 'echo $A'
ulimit -n 64; ulimit -n
time_out=$( { time true; } 2>&1 | grep -c real); echo "$time_out"
