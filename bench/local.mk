# The programs and the driver of the speed comparison; `bench/run` builds what it measures.
EXTRA_DIST += bench/run bench/system bench/README bench/results-riscv64.md bench/results-aarch64.md bench/results-system.md bench/timer.c \
    bench/programs/bench.h bench/programs/interp.h bench/programs/strings.h bench/programs/fft.h \
    bench/programs/ackermann.c bench/programs/bigint.c bench/programs/crc.c \
    bench/programs/dijkstra.c bench/programs/fft_d.c bench/programs/fft_f.c bench/programs/fib.c \
    bench/programs/fnptr.c bench/programs/hash.c bench/programs/interp_switch.c \
    bench/programs/interp_threaded.c bench/programs/large.pl bench/programs/libm.c \
    bench/programs/lz.c bench/programs/mandel.c bench/programs/matrix_fp.c \
    bench/programs/matrix_int.c bench/programs/memchr.c bench/programs/memcpy.c \
    bench/programs/mutual.c bench/programs/nbody.c bench/programs/ping_pong.h \
    bench/programs/proc_exec.c bench/programs/proc_fork.c bench/programs/proc_thread.c \
    bench/programs/queens.c bench/programs/sha.c bench/programs/sieve.c bench/programs/sig_fault.c \
    bench/programs/sig_null.c bench/programs/sig_raise.c bench/programs/sig_suspend.c \
    bench/programs/sys_futex.c bench/programs/sys_futex_shared.c bench/programs/sys_getpid.c \
    bench/programs/sys_pipe.c bench/programs/sort.c bench/programs/spectral.c bench/programs/strcmp.c \
    bench/programs/strlen.c bench/programs/tak.c bench/programs/tree.c bench/programs/vector.c \
    bench/programs/virtual.cpp bench/programs/whet.c \
    bench/real/dict_work.py bench/real/imports.py bench/real/json_work.py bench/real/pidigits.py \
    bench/real/short.sh bench/real/words.pl
