# Debian packages of the guest architectures, run by scripts: long tests, but for what is no program at
# all, and what processors say of themselves.
TESTS += tests/real/bad_input.sh tests/real/cpu_models.sh tests/real/identity.sh tests/real/root.sh
EXTRA_DIST += tests/real/system.sh tests/real/system_inside.sh tests/real/cpu_models.sh tests/real/cpu_models.c \
    tests/real/identity.sh tests/real/identity.c
TESTS += tests/real/sanitizers.sh tests/real/uring_root.sh
LONG_TESTS += tests/real/stress.sh
EXTRA_DIST += tests/real/stress.sh
EXTRA_DIST += tests/real/sanitizers.sh tests/real/uring_root.sh tests/real/uring_root.c
LONG_TESTS += tests/real/run.sh tests/real/python.sh tests/real/native.sh tests/real/system.sh
EXTRA_DIST += tests/real/bad_input.sh tests/real/run.sh tests/real/python.sh tests/real/native.sh \
    tests/real/cases/coreutils.sh tests/real/cases/coreutils.out \
    tests/real/cases/dash.sh tests/real/cases/dash.out \
    tests/real/cases/make_gcc.sh tests/real/cases/make_gcc.out \
    tests/real/cases/perl.pl tests/real/cases/perl.out \
    tests/real/cases/python.py tests/real/cases/python.out \
    tests/real/cases/shell_jobs.sh tests/real/cases/shell_jobs.out \
    tests/real/cases/shell_language.sh tests/real/cases/shell_language.out \
    tests/real/cases/shell_pipes.sh tests/real/cases/shell_pipes.out \
    tests/real/cases/tar.sh tests/real/cases/tar.out \
    tests/real/cases/text.sh tests/real/cases/text.out tests/real/cases/text.aarch64.out \
    tests/real/cases/tools.sh tests/real/cases/tools.out tests/real/cases/tools.aarch64.out \
    tests/real/python.riscv64.known tests/real/python.aarch64.known
LONG_TESTS += tests/real/languages.sh tests/real/servers.sh tests/real/terminal.sh
EXTRA_DIST += tests/real/root.sh tests/real/programs.sh tests/real/languages.sh tests/real/servers.sh tests/real/terminal.sh \
    tests/real/languages/Java.java tests/real/languages/cargo.out \
    tests/real/languages/cargo/Cargo.toml tests/real/languages/cargo/src/lib.rs \
    tests/real/languages/cargo/src/main.rs tests/real/languages/clang.c \
    tests/real/languages/clang.out tests/real/languages/domains.ml \
    tests/real/languages/domains.out tests/real/languages/elixir.exs \
    tests/real/languages/elixir.out tests/real/languages/erlang.erl \
    tests/real/languages/erlang.out tests/real/languages/exceptions.cc \
    tests/real/languages/exceptions.out tests/real/languages/go.go tests/real/languages/go.out \
    tests/real/languages/guile.out tests/real/languages/guile.scm \
    tests/real/languages/haskell.hs tests/real/languages/haskell.out \
    tests/real/languages/java.out tests/real/languages/lua.lua tests/real/languages/lua.out \
    tests/real/languages/mono.cs tests/real/languages/mono.out tests/real/languages/node.js \
    tests/real/languages/node.out tests/real/languages/ocaml.ml tests/real/languages/ocaml.out \
    tests/real/languages/octave.m tests/real/languages/octave.out tests/real/languages/php.out \
    tests/real/languages/php.php tests/real/languages/r.R tests/real/languages/r.out \
    tests/real/languages/ruby.out tests/real/languages/ruby.rb tests/real/languages/rust.out \
    tests/real/languages/rust.rs tests/real/languages/sbcl.lisp tests/real/languages/sbcl.out \
    tests/real/languages/tcl.out tests/real/languages/tcl.tcl \
    tests/real/servers/compressors.out tests/real/servers/dbus.out tests/real/servers/git.out \
    tests/real/servers/git.sh tests/real/servers/gpg.out tests/real/servers/mariadb.out \
    tests/real/servers/media.out tests/real/servers/memcached.out \
    tests/real/servers/memcached.pl tests/real/servers/nginx.out tests/real/servers/openssl.out \
    tests/real/servers/postgres.out tests/real/servers/postgres.sql \
    tests/real/servers/redis.out tests/real/servers/rsync.out tests/real/servers/sqlite.out \
    tests/real/servers/sqlite.sql tests/real/servers/ssh.out tests/real/terminal/jobs.exp \
    tests/real/terminal/jobs.out tests/real/terminal/names.out tests/real/terminal/pty.out \
    tests/real/terminal/pty_case.py tests/real/terminal/python.exp \
    tests/real/terminal/python.out tests/real/terminal/screen.out \
    tests/real/terminal/script.out tests/real/terminal/tmux.out tests/real/terminal/vim.out
