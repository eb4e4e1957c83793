<?php
// The interpreter and its just-in-time compiler: loops, arrays, objects, closures, processes, sockets.
function fib($n) { return $n < 2 ? $n : fib($n - 1) + fib($n - 2); }
echo fib(25), "\n";
$sum = 0;
for ($i = 0; $i < 2000000; $i++) { $sum = ($sum * 31 + $i) & 0xffffffff; }
echo $sum, "\n";
$a = [];
for ($i = 0; $i < 100000; $i++) $a["k" . ($i % 997)][] = sqrt($i);
echo count($a), " ", round(array_sum(array_map('array_sum', $a)), 3), "\n";
class Point { function __construct(public float $x, public float $y) {} function norm() { return hypot($this->x, $this->y); } }
$t = 0; for ($i = 0; $i < 100000; $i++) $t += (new Point($i, $i + 1))->norm();
printf("%.4f\n", $t);
try { intdiv(1, 0); } catch (DivisionByZeroError $e) { echo $e->getMessage(), "\n"; }
function generate() { for ($i = 0; $i < 100000; $i++) yield $i => $i * $i; }
$t = 0; foreach (generate() as $k => $v) $t += $k ^ $v; echo $t, "\n";
echo preg_replace_callback('/\d+/', fn($m) => $m[0] * 2, "a1 b22 c333"), "\n";
$p = proc_open(['sh', '-c', 'cat; exit 4'], [['pipe', 'r'], ['pipe', 'w']], $pipes);
fwrite($pipes[0], "through a child\n"); fclose($pipes[0]);
echo stream_get_contents($pipes[1]); echo proc_close($p), "\n";
$server = stream_socket_server("tcp://127.0.0.1:0"); $name = stream_socket_get_name($server, false);
$n = 0;
for ($i = 0; $i < 50; $i++) {
    $c = stream_socket_client("tcp://$name"); $s = stream_socket_accept($server);
    fwrite($c, "ping $i\n"); if (fgets($s) === "ping $i\n") $n++;
    fclose($c); fclose($s);
}
echo $n, "\n";
$fiber = new Fiber(function () { $x = 0; while (true) $x += Fiber::suspend($x); });
$fiber->start(); for ($i = 0; $i < 10000; $i++) $r = $fiber->resume($i); echo $r, "\n";
$s = str_repeat("The quick brown fox. ", 5000);
echo md5($s), " ", crc32($s), " ", hash('sha256', $s), " ", strlen(serialize($a)), "\n";
usort($a, fn($x, $y) => count($x) <=> count($y) ?: $x[0] <=> $y[0]); echo count($a[0]), "\n";
