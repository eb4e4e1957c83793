# Objects, fibers, threads, processes, signals, bignums, deep recursion.
def fib(n) = n < 2 ? n : fib(n - 1) + fib(n - 2)
puts fib(22)
f = Fiber.new { x = 0; loop { x += Fiber.yield(x) } }
f.resume
20000.times { |i| f.resume(i) }
puts f.resume(0)
fibers = Array.new(500) { |i| Fiber.new { Fiber.yield i; i * 2 } }
puts fibers.sum(&:resume), fibers.sum(&:resume)
queue = Queue.new
workers = Array.new(8) { |k| Thread.new { 500.times { |i| queue << k * i } } }
workers.each(&:join)
puts queue.size
mutex = Mutex.new
count = 0
Array.new(10) { Thread.new { 1000.times { mutex.synchronize { count += 1 } } } }.each(&:join)
puts count
def deep = deep
begin
  deep
rescue SystemStackError => e
  puts e.class
end
puts `echo from a child; exit 3`, $?.exitstatus
begin
  spawn("/no/such/program")
rescue Errno::ENOENT => e
  puts e.class
end
r, w = IO.pipe
pid = fork { r.close; trap("USR1") { w.syswrite "got it\n"; exit! 7 }; w.syswrite "ready\n"; sleep }
w.close
puts r.gets
Process.kill("USR1", pid)
puts r.gets
puts Process.wait2(pid)[1].exitstatus
n = 0
trap("USR2") { n += 1 }
100.times { |i| Process.kill("USR2", $$); sleep 0.001 until n > i }
puts n
pid = fork { sleep }
Process.kill("KILL", pid)
puts Process.wait2(pid)[1].termsig
puts 3**500 % (10**40 + 7)
h = {}
100_000.times { |i| h["k#{i}"] = i.to_s * 2 }
puts h.size, h.values.sum(&:size)
GC.start
GC.compact if GC.respond_to?(:compact) && GC.auto_compact.nil? == false rescue nil
puts (1..50000).map { |i| Math.sqrt(i) }.sum.round(6)
r, w = Socket.pair(:UNIX, :STREAM) rescue (require "socket"; r, w = Socket.pair(:UNIX, :STREAM))
w.write "x" * 1000
puts r.readpartial(2000).size
require "open3"
puts Open3.capture2("sort", stdin_data: "b\na\n").first
begin
  Integer("x")
rescue => e
  puts e.message
end
ObjectSpace.each_object(Class).count.then { |c| puts c > 100 }
