# Perl: data, regular expressions, packing, numbers, processes, pipes, sockets, signals, modules.
use strict;
use warnings;
use POSIX qw(floor fmod WNOHANG strftime);
use List::Util qw(sum max first shuffle reduce);
use Data::Dumper;
use Socket;
use IO::Handle;
use Time::HiRes qw(usleep);
use Digest::MD5 qw(md5_hex);
use Storable qw(dclone);
$| = 1;
$Data::Dumper::Sortkeys = 1; $Data::Dumper::Indent = 1;
print Dumper({a => [1, 2, {b => undef}], c => \"s"});
my %h = map { $_ => length } qw(apple fig cherry); print join(',', map {"$_$h{$_}"} sort keys %h), "\n";
my $s = "The year 1999 and 2024"; my @y = $s =~ /(\d{4})/g; (my $t = $s) =~ s/(\d+)/$1+1/ge; print "@y | $t\n";
print join('|', "a1b22c333" =~ /([a-z])(\d+)/g), ' ', "foobar" =~ /foo(?=bar)/ ? $& : '', "\n";
printf "%.10g %e %x %b %s %05.1f\n", 1 / 3, 12345.678, 255, 10, 1e21, 2.25;
print 2**53 + 1, ' ', 7 / 2, ' ', -7 % 3, ' ', 10 ** 20, ' ', 0.1 + 0.2, ' ', int(-3.7), ' ', 9**9**9, "\n";
print unpack('H*', pack('NnCa4d>', 1, 2, 3, 'ab', 1.5)), ' ', unpack('%32C*', "checksum"), "\n";
print sum(1 .. 100), max(3, 9, 2), ' ', (reduce { $a * $b } 1 .. 10), ' ', first { $_ > 3 } 1 .. 9; print "\n";
print strftime('%Y-%m-%d %H:%M:%S', gmtime 86400 * 365), ' ', md5_hex('ferry'), "\n";
my $copy = dclone({x => [1 .. 3]}); print "@{$copy->{x}}\n";
pipe my $r, my $w; my $pid = fork // die; if (!$pid) { close $r; print $w "from child\n"; close $w; exit 7 }
close $w; print scalar <$r>; waitpid $pid, 0; print 'status ', $? >> 8, "\n";
open my $p, '-|', 'echo', 'list form' or die; print <$p>; close $p; print `echo backtick | tr a-z A-Z`;
print 'system ', system('exit 3;') >> 8, ' ', system('kill -9 $$') & 127, "\n";
{ local $SIG{ALRM} = sub { die "alarm\n" }; eval { alarm 1; select undef, undef, undef, 5; }; print $@; }
my $got = 0; local $SIG{USR1} = sub { $got++ }; kill USR1 => $$ for 1 .. 3; usleep 1000; print "signals ", $got > 0 ? 'yes' : 'no', "\n";
socketpair my $a1, my $b1, AF_UNIX, SOCK_STREAM, PF_UNSPEC or die; $a1->autoflush; print $a1 "pair\n"; print scalar <$b1>;
socket my $srv, PF_INET, SOCK_STREAM, 0 or die; bind $srv, sockaddr_in(0, INADDR_LOOPBACK) or die; listen $srv, 1;
my ($port) = sockaddr_in(getsockname $srv);
if (!fork) { socket my $c, PF_INET, SOCK_STREAM, 0; connect $c, sockaddr_in($port, INADDR_LOOPBACK); syswrite $c, "tcp\n"; exit }
accept my $conn, $srv or die; print scalar <$conn>; wait;
package Counter { sub new { bless {n => 0}, shift } sub up { $_[0]{n} += $_[1] // 1; $_[0] } sub DESTROY { print "gone $_[0]{n}\n" } }
{ my $c = Counter->new; $c->up->up(5); }
my @sorted = sort { $a->[1] <=> $b->[1] or $a->[0] cmp $b->[0] } map { [$_, $_ * 7919 % 101] } 1 .. 300; print join(' ', map { $_->[0] } @sorted[0 .. 5]), "\n";
my $text = join '', map { chr(97 + $_ * 31 % 26) } 1 .. 5000; my %n; $n{$_}++ for split //, $text; print join(' ', map {"$_$n{$_}"} (sort keys %n)[0 .. 4]), "\n";
print sprintf('%vd', '1.22.333'), ' ', ucfirst lc 'HELLO', ' ', scalar reverse('abc'), ' ', 'ab' x 3, ' ', join(',', (1) x 3), "\n";
use utf8; binmode STDOUT, ':utf8'; print length('größe'), uc('größe'), "\n"; eval { die {code => 5} }; print $@->{code}, "\n";
local $_ = 'x=1;y=2'; my %kv = /(\w)=(\d)/g; print join(',', map {"$_$kv{$_}"} sort keys %kv), "\n"; print "done\n";
