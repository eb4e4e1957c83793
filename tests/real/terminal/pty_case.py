# Pseudo-terminals by hand: raw and cooked modes, window size, controlling terminal, hang-up, packets.
import fcntl, os, pty, select, signal, struct, sys, termios, time, tty
m, s = pty.openpty()
print(os.isatty(s), os.ttyname(s).startswith("/dev/pts/"), os.ptsname(m) == os.ttyname(s) if hasattr(os, "ptsname") else True)
os.write(m, b"one\ntwo\x15three\n")
print(os.read(s, 100), os.read(s, 100))
tty.setraw(s)
os.write(m, b"raw\x03")
print(os.read(s, 100))
fcntl.ioctl(m, termios.TIOCSWINSZ, struct.pack("HHHH", 33, 77, 0, 0))
print(struct.unpack("HHHH", fcntl.ioctl(s, termios.TIOCGWINSZ, bytes(8)))[:2])
fcntl.ioctl(m, termios.TIOCPKT, struct.pack("i", 1))
termios.tcflush(s, termios.TCIOFLUSH)
print(len(os.read(m, 100)))
os.close(m), os.close(s)
pid, fd = pty.fork()
if pid == 0:
    signal.signal(signal.SIGHUP, lambda *a: os._exit(4))
    signal.signal(signal.SIGWINCH, lambda *a: os.write(1, b"winch %d %d\n" % os.get_terminal_size()[::-1]))
    signal.signal(signal.SIGINT, lambda *a: os.write(1, b"int\n"))
    print("leader", os.getsid(0) == os.getpid(), os.tcgetpgrp(0) == os.getpgrp(), flush=True)
    while True:
        time.sleep(10)
def until(text):
    got = b""
    while text not in got:
        if not select.select([fd], [], [], 20)[0]:
            return "no " + text.decode() + repr(got)
        got += os.read(fd, 1000)
    return got.decode().replace("\r\n", "|")
print(until(b"True True"))
fcntl.ioctl(fd, termios.TIOCSWINSZ, struct.pack("HHHH", 11, 22, 0, 0))
print(until(b"winch 11 22"))
os.write(fd, b"\x03")
print(until(b"int\r\n").replace("^C", ""))
os.close(fd)
print(os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]))
import subprocess
p = subprocess.Popen(["sleep", "100"], start_new_session=True, process_group=None)
time.sleep(0.2)
os.killpg(p.pid, signal.SIGTERM)
print(p.wait())
