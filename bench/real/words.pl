# Words, hashes, regular expressions, sorting, string building.
use strict;
use warnings;

my ($seed, $text) = (42, '');
for (1 .. 60000) {
    $seed = ($seed * 1103515245 + 12345) & 0x7fffffff;
    $text .= 'w' . ($seed >> 8) % 5003 . ($_ % 12 ? ' ' : ".\n");
}
my (%count, $lines);
for my $turn (1 .. 12) {
    for my $line (split /\n/, $text) {
        $lines++;
        $count{$1} += $turn while $line =~ /\b(w\d+)\b/g;
        (my $copy = $line) =~ s/w(\d)/W-$1/g;
        $lines++ if $copy =~ /W-1.*W-2/;
    }
}
my @top = sort { $count{$b} <=> $count{$a} || $a cmp $b } keys %count;
print "$lines @top[0 .. 5] ", length(join ',', map { "$_=$count{$_}" } @top), "\n";
