#!/bin/bash
# Language runtimes at work under ferry: compilers, just-in-time compilers, garbage collectors, threads,
# child processes, sockets, and the errors that they make out of faults.
#
#     languages.sh                     all, for each guest
#     languages.sh node go 'java*'     some
#     languages.sh --slice             what CI runs
#
# See programs.sh for qemu-user instead of ferry, and for times.

each_guest=1
. "$(dirname "$0")/programs.sh"

case $guest in
    riscv64) versions=(openjdk-21-jdk-headless php8.4-opcache) ;;
    aarch64) versions=(openjdk-17-jdk-headless php8.2-opcache mono-mcs mono-runtime) ;;
esac
slice=(exceptions lua tcl) slice_packages=(g++ lua5.4 tcl)
programs nodejs golang-go php-cli ruby erlang-base erlang-dev elixir sbcl guile-3.0 ocaml-nox rustc cargo ghc perl gcc \
    g++ clang make tcl r-base-core octave luajit lua5.4 procps "${versions[@]}"
directory=$here/real/languages
java=$(echo "$root"/usr/lib/jvm/java-[12][0-9]-openjdk-*/bin)
php=$(cd "$root/usr/bin" && echo php8.?)

case_node() { guest node "$directory/node.js"; }
case_node_uring() { guest UV_USE_IO_URING=1 node "$directory/node.js"; }

run_java() {
    guest "$java/javac" -d . "$directory/Java.java" && guest "$java/java" -Xmx512m "$@" -cp . Java
}
case_java() { run_java; }
case_java_g1() { run_java -XX:+UseG1GC -XX:-TieredCompilation; }
case_java_parallel() { run_java -XX:+UseParallelGC; }
case_java_zgc() { run_java -XX:+UseZGC; }
case_java_interpreter() { run_java -Xint -XX:+UseSerialGC; }

go_env=(GOCACHE="$work/gocache" GO111MODULE=off GOFLAGS= GOTOOLCHAIN=local)
case_go() {
    cp "$directory/go.go" main.go
    guest "${go_env[@]}" go build -o main main.go && guest "$PWD/main"
}

case_php() { guest "$php" "$directory/php.php"; }
case_php_jit() {
    guest "$php" -d opcache.enable_cli=1 -d opcache.jit_buffer_size=32M -d opcache.jit=tracing "$directory/php.php"
}
case_ruby() { guest ruby "$directory/ruby.rb"; }
case_ruby_yjit() { guest ruby --yjit "$directory/ruby.rb"; }
case_erlang() {
    cp "$directory/erlang.erl" erlang_case.erl
    guest ROOTDIR="$root/usr/lib/erlang" erlc erlang_case.erl >/dev/null &&
        guest ROOTDIR="$root/usr/lib/erlang" erl -noshell -pa . -s erlang_case main
}
case_elixir() { guest ROOTDIR="$root/usr/lib/erlang" elixir "$directory/elixir.exs"; }
case_sbcl() { guest sbcl --script "$directory/sbcl.lisp"; }
case_guile() { guest GUILE_AUTO_COMPILE=0 guile-3.0 -q "$directory/guile.scm"; }
case_guile_compiled() { guest guile-3.0 -q "$directory/guile.scm"; }
case_ocaml() {
    cp "$directory/ocaml.ml" .
    guest ocamlopt -I +unix -I +threads unix.cmxa threads.cmxa ocaml.ml -o ocaml && guest "$PWD/ocaml"
}
case_ocaml_bytecode() {
    cp "$directory/ocaml.ml" .
    guest ocamlc -I +unix -I +threads unix.cma threads.cma ocaml.ml -o ocaml.byte && guest ocamlrun ocaml.byte
}
# (OCaml 5 is in trixie only.)
[[ $suite == bookworm ]] || case_domains() {
    cp "$directory/domains.ml" .
    guest ocamlopt domains.ml -o domains && guest "$PWD/domains"
}
case_rust() { guest rustc -O -o rust-case "$directory/rust.rs" && guest "$PWD/rust-case"; }
case_cargo() {
    cp -r "$directory/cargo/." .
    guest CARGO_HOME="$PWD/home" cargo -q run --release &&
        guest CARGO_HOME="$PWD/home" cargo -q test | sed -n '/^test result/s/; finished.*//p'
}
case_exceptions() { guest g++ -O1 -pthread -o e "$directory/exceptions.cc" && guest "$PWD/e"; }
case_exceptions_clang() {
    guest clang++ -std=c++17 -O1 -pthread -o e "$directory/exceptions.cc" && guest "$PWD/e"
}
case_haskell() {
    cp "$directory/haskell.hs" Main.hs
    guest ghc-pkg recache    # what the package's installation would have done
    guest ghc -v0 -threaded -rtsopts Main.hs -o main && guest "$PWD/main" +RTS -N4
}
case_tcl() { guest tclsh "$directory/tcl.tcl"; }
case_lua() { guest lua5.4 "$directory/lua.lua"; }
case_lua_jit() { guest luajit "$directory/lua.lua"; }
# (There is no Mono in trixie for riscv64.)
[[ $guest == riscv64 ]] || case_mono() { guest mcs -out:m.exe "$directory/mono.cs" && guest mono m.exe; }
case_r() {
    # (as the package's installation does)
    [[ -e $root/etc/R/Renviron ]] || cp "$root/usr/lib/R/etc/Renviron.ucf" "$root/etc/R/Renviron"
    guest Rscript --vanilla "$directory/r.R"
}
case_octave() { guest OCTAVE_HOME="$root/usr" octave-cli --norc --no-history -q "$directory/octave.m"; }
case_clang() { guest clang -O2 -o c "$directory/clang.c" && guest "$PWD/c"; }

cases
