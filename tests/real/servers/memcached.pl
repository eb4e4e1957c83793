# Four clients at once set, get and count; what they read is what they wrote.
use IO::Socket::INET;
my ($port) = @ARGV;
my @children = map {
    my $k = $_;
    my $pid = fork;
    if (!$pid) {
        my $s = IO::Socket::INET->new("127.0.0.1:$port") or die;
        for my $i (1 .. 300) {
            my $v = "value $k $i " x ($i % 20 + 1);
            print $s "set k$k.$i 0 0 ", length $v, "\r\n$v\r\n";
            <$s> =~ /^STORED/ or die;
            print $s "get k$k.$i\r\n";
            <$s> =~ /^VALUE/ or die;
            read $s, my $got, 2 + length $v;
            $got eq "$v\r\n" or die "wrong";
            <$s> =~ /^END/ or die;
        }
        exit 0;
    }
    $pid;
} 1 .. 4;
for (@children) { waitpid $_, 0; print "client ended with $?\n" }
my $s = IO::Socket::INET->new("127.0.0.1:$port") or die;
print $s "stats\r\n";
while (<$s>) { print "$1 $2\n" if /^STAT (curr_items|threads|get_hits) (\d+)/; last if /^END/ }
