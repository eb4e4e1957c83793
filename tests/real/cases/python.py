# Python: numbers, text, files, processes, threads, sockets, signals, mmap, databases.
import array, asyncio, base64, bisect, collections, concurrent.futures, contextlib, csv, ctypes
import dataclasses, datetime, decimal, enum, fractions, functools, glob, hashlib, heapq, io
import itertools, json, math, mmap, multiprocessing, operator, os, pickle, queue, random, re
import select, shutil, signal, socket, sqlite3, statistics, string, struct, subprocess, sys
import tempfile, textwrap, threading, time, uuid, zlib, lzma, bz2, gzip

print(2 ** 200 % (10 ** 9 + 7), math.factorial(30), pow(3, -1, 101), divmod(-7, 3), round(2.5), 0.1 + 0.2)
print(math.sin(1), math.exp(1), math.gamma(5.5), math.fsum([.1] * 10), float('nan') != float('nan'), 1e308 * 10)
print(decimal.Decimal(2).sqrt(), fractions.Fraction(1, 3) + fractions.Fraction(1, 6), (0.1).hex(), complex(1, 2) ** 2)
random.seed(7); print([random.randrange(100) for _ in range(5)], random.random(), random.gauss(0, 1))
print(statistics.stdev([1, 2, 3, 4]), heapq.nsmallest(3, [5, 1, 4, 2]), bisect.bisect([1, 3, 5], 4))
print(re.sub(r'(\w+) (\w+)', r'\2 \1', 'hello world'), re.findall(r'(?<=a)b+', 'abb ab b'), 'ß'.upper(), f'{3.14159:.2f} {255:#x} {1e6:,}')
for h in 'md5 sha1 sha256 sha3_256 blake2b'.split():
    print(h, hashlib.new(h, b'ferry').hexdigest()[:32])
data = bytes(range(256)) * 50
for m in zlib, lzma, bz2, gzip:
    assert m.decompress(m.compress(data)) == data
print(zlib.crc32(data), zlib.adler32(data), base64.b85encode(b'ferry'), struct.pack('>IhBd', 1, -2, 3, 1.5).hex())
obj = {'a': [1, 2.5, None, True], 'b': {'c': 'd\u20ac'}}
print(json.dumps(obj, sort_keys=True), pickle.loads(pickle.dumps(obj)) == obj, json.loads('[1e3, "\\u00e9"]'))


@dataclasses.dataclass(order=True)
class Point:
    x: int
    y: int = 0


print(sorted([Point(2), Point(1, 5), Point(1)]), enum.Enum('E', 'A B').B.value)
with tempfile.TemporaryDirectory() as d:
    os.chdir(d)
    with open('f', 'w+b') as f:
        f.write(b'0123456789' * 1000); f.flush()
        with mmap.mmap(f.fileno(), 0) as m:
            m[5:10] = b'MMAP!'; print(m.find(b'MMAP'), len(m), m[:12])
    print(os.path.getsize('f'), open('f').read(12), sorted(os.listdir('.')), oct(os.stat('f').st_mode & 0o100777) != '')
    with open('c.csv', 'w', newline='') as f:
        csv.writer(f).writerows([[1, 'a,b'], [2, 'q"r']])
    print(list(csv.reader(open('c.csv'))))
    db = sqlite3.connect('db'); db.execute('create table t(a, b)')
    db.executemany('insert into t values(?, ?)', [(i, i * i) for i in range(100)]); db.commit()
    print(db.execute('select sum(b), avg(a) from t where a % 3 = 0').fetchone())
    os.chdir('/')
print(subprocess.run(['sh', '-c', 'read x; echo got $x; exit 3'], input='in', text=True, capture_output=True))
print(subprocess.run([sys.executable, '-c', 'import os; print(os.getpid() > 0)'], capture_output=True, text=True).stdout, end='')
with subprocess.Popen('cat', stdin=subprocess.PIPE, stdout=subprocess.PIPE) as p:
    print(len(p.communicate(b'x' * 200000)[0]))
count, lock = 0, threading.Lock()


def work(n):
    global count
    for _ in range(n):
        with lock:
            count += 1


threads = [threading.Thread(target=work, args=(2000,)) for _ in range(4)]
[t.start() for t in threads]; [t.join() for t in threads]; print(count)
with concurrent.futures.ThreadPoolExecutor(4) as ex:
    print(list(ex.map(lambda x: x * x, range(6))))
q = queue.Queue(); threading.Timer(0.05, q.put, ('timer',)).start(); print(q.get(timeout=10))


async def main():
    async def child(i):
        await asyncio.sleep(0.01 * i); return i
    proc = await asyncio.create_subprocess_exec('echo', 'async', stdout=asyncio.subprocess.PIPE)
    out, _ = await proc.communicate()
    return await asyncio.gather(*map(child, range(4))), out


print(asyncio.run(main()))
a, b = socket.socketpair(); a.sendall(b'pair'); print(b.recv(10)); a.close(); print(b.recv(10)); b.close()
srv = socket.create_server(('127.0.0.1', 0))
threading.Thread(target=lambda: socket.create_connection(srv.getsockname()).sendall(b'tcp')).start()
conn, _ = srv.accept(); print(conn.recv(10)); conn.close(); srv.close()
u = socket.socket(socket.AF_INET, socket.SOCK_DGRAM); u.bind(('127.0.0.1', 0)); u.sendto(b'udp', u.getsockname()); print(u.recv(10)); u.close()
got = []
signal.signal(signal.SIGUSR1, lambda s, f: got.append(s)); os.kill(os.getpid(), signal.SIGUSR1); print(got == [signal.SIGUSR1])
signal.signal(signal.SIGALRM, lambda s, f: got.append('alarm')); signal.setitimer(signal.ITIMER_REAL, 0.05); signal.pause(); print(got[-1])
r, w = os.pipe(); pid = os.fork()
if pid == 0:
    os.write(w, b'child'); os._exit(5)
print(os.read(r, 10), os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1])); os.close(r); os.close(w)
libc = ctypes.CDLL(None); print(libc.abs(-5), ctypes.sizeof(ctypes.c_long))
cmp = ctypes.CFUNCTYPE(ctypes.c_int, ctypes.POINTER(ctypes.c_int), ctypes.POINTER(ctypes.c_int))(lambda x, y: x[0] - y[0])
arr = (ctypes.c_int * 5)(5, 1, 4, 2, 3); libc.qsort(arr, 5, 4, cmp); print(list(arr))
print(datetime.datetime(2024, 2, 29, tzinfo=datetime.timezone.utc).isoformat(), uuid.uuid5(uuid.NAMESPACE_DNS, 'ferry'))
ep = select.epoll(); r, w = os.pipe(); ep.register(r, select.EPOLLIN); os.write(w, b'x'); print(ep.poll(1)[0][1]); ep.close()


def deep(n):
    return 0 if n == 0 else 1 + deep(n - 1)


print(deep(900), sum(x for x in itertools.islice(itertools.count(1, 3), 1000)), functools.reduce(operator.xor, range(1000)))
if __name__ == '__main__':
    ctx = multiprocessing.get_context('fork')
    with ctx.Pool(2) as pool:
        print(pool.map(math.factorial, range(8)))
    print(f'{sys.maxsize:#x}', sys.byteorder, time.time() > 1e9, time.monotonic() < time.monotonic() + 1)
    print('done')
