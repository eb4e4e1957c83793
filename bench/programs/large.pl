#!/usr/bin/perl
# large: writes a C program of very large functions: some 40,000 statements, run through in turn, so
# that translated code, and the code that finds it, are far larger than any cache.
use strict;
use warnings;

my $seed = 1;
sub rnd { $seed = ($seed * 1103515245 + 12345) & 0x7fffffff; return ($seed >> 8) % $_[0]; }

print qq(/* Made by large.pl. */\n#include "bench.h"\n\nstatic uint64_t v[64];\n);
my ($functions, $statements) = (8, 5000);
for my $f (0 .. $functions - 1) {
    print "static NOINLINE uint64_t f$f(uint64_t a, uint64_t b)\n{\n    uint64_t c = a ^ b;\n";
    for my $s (1 .. $statements) {
        my ($i, $j, $n) = (rnd(64), rnd(64), 1 + rnd(31));
        my $kind = rnd(6);
        if    ($kind == 0) { print "    a += v[$i] ^ b >> $n;\n" }
        elsif ($kind == 1) { print "    v[$j] = a * " . (2 * $n + 1) . " + c;\n" }
        elsif ($kind == 2) { print "    if (a & " . (1 << ($n & 7)) . ") b ^= c + $s; else c += b;\n" }
        elsif ($kind == 3) { print "    b = (b << $n | b >> " . (64 - $n) . ") - v[$i];\n" }
        elsif ($kind == 4) { print "    c += (uint32_t)a > (uint32_t)b ? v[$i] : $s;\n" }
        else               { print "    a ^= c; c -= a >> $n;\n" }
    }
    print "    return a + b + c;\n}\n\n";
}
print "int main(void)\n{\n    uint64_t h = 1;\n    for (int i = 0; i < 64; i++) v[i] = rnd();\n";
print "    for (int i = 0; i < 10000; i++) {\n";
print "        h = f$_(h, (uint64_t)i);\n" for 0 .. $functions - 1;
print "    }\n    return result(h);\n}\n";
