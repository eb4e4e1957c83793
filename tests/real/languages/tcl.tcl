# Events, channels, child processes, coroutines.
proc fib n {expr {$n < 2 ? $n : [fib [expr {$n-1}]] + [fib [expr {$n-2}]]}}
puts [fib 18]
puts [exec sh -c {echo child; exit 0}]
puts [catch {exec /no/such/program} m] ; puts $m
puts [catch {exec sh -c {exit 3}} m o] ; puts [lindex [dict get $o -errorcode] 2] 
coroutine c apply {{} {set s 0; while 1 {set s [expr {$s + [yield $s]}]}}}
for {set i 0} {$i < 10000} {incr i} {set r [c $i]} ; puts $r
set s [socket -server {apply {{ch a p} {puts $ch "hello"; close $ch}}} -myaddr 127.0.0.1 0]
set port [lindex [fconfigure $s -sockname] 2]
set c [socket 127.0.0.1 $port]; fconfigure $c -blocking 0
fileevent $c readable {set line [gets $c]}
vwait line; puts $line
after 20 {set done 1}; vwait done
set p [open "|cat" r+]; puts $p "through cat"; flush $p; puts [gets $p]; close $p
puts [expr {2**200 % 1000003}] 
puts [regsub -all {\d+} "a1b22" {<&>}]
