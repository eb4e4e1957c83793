#!/bin/bash
# A program of several files, made with make and gcc inside the guest, run, and looked at.
set -e
dir=$(mktemp -d); cd "$dir"; trap 'cd /; rm -rf "$dir"' EXIT
cat >Makefile <<'END'
CFLAGS = -O2 -Wall
prog: main.o list.o sum.o libx.a
	$(CC) -o $@ main.o list.o sum.o -L. -lx -lm
libx.a: x.o
	ar rcs $@ $^
%.o: %.c list.h
	$(CC) $(CFLAGS) -c -o $@ $<
END
cat >list.h <<'END'
struct list { int value; struct list *next; };
struct list *push(struct list *, int);
long sum(const struct list *);
double x(double);
END
cat >list.c <<'END'
#include <stdlib.h>
#include "list.h"
struct list *push(struct list *l, int v) { struct list *n = malloc(sizeof *n); n->value = v; n->next = l; return n; }
END
echo '#include "list.h"
long sum(const struct list *l) { long s = 0; for (; l; l = l->next) s += l->value; return s; }' >sum.c
echo '#include <math.h>
double x(double v) { return sqrt(v) + cos(v); }' >x.c
cat >main.c <<'END'
#include <stdio.h>
#include "list.h"
int main(int argc, char **argv)
{
    struct list *l = 0;
    for (int i = 0; i < 1000; i++) l = push(l, i * argc);
    printf("%ld %.6f %zu\n", sum(l), x(2), sizeof(void *));
    return argc - 1;
}
END
make -s -j2; ./prog; ./prog a b || echo "status $?"; make -q && echo "up to date"
touch sum.c; make -n | grep -c gcc || make -n | grep -c 'cc '
for o in -O0 -O1 -O3 -Os '-O2 -static' '-O2 -flto' '-g -O1 -fPIC -pie'; do gcc $o *.c -o p -lm && ./p | md5sum; done
gcc -shared -fPIC -o liby.so x.c -lm; gcc -o dyn main.c list.c sum.c -L. -ly -lm; LD_LIBRARY_PATH=. ./dyn
nm libx.a | awk '/ T / { print $3 }'; strip prog && ./prog; ar t libx.a
echo 'int main() { return undefined(); }' | gcc -x c - -o bad 2>/dev/null || echo "link error $?"
echo 'int main( {' | gcc -x c - -c -o bad.o 2>/dev/null || echo "syntax error $?"
cat >t.cc <<'END'
#include <algorithm>
#include <iostream>
#include <map>
#include <stdexcept>
#include <string>
#include <thread>
#include <vector>
int main()
{
    std::map<std::string, int> m{{"b", 2}, {"a", 1}};
    std::vector<int> v{3, 1, 2};
    std::sort(v.begin(), v.end());
    for (auto &[k, n] : m) std::cout << k << n << ' ';
    try { throw std::runtime_error("thrown"); } catch (const std::exception &e) { std::cout << e.what() << ' '; }
    int r = 0; std::thread t([&] { r = v[2]; }); t.join();
    std::cout << r << std::endl;
}
END
g++ -O2 t.cc -o t && ./t
