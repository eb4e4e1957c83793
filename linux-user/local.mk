# The program ferry: options, threads, signals, address space, exec, crash reports.
