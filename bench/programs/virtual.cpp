// branches: C++ virtual calls over a shuffled list of shapes, and exceptions now and then.
#include "bench.h"
#include <memory>
#include <stdexcept>
#include <vector>

struct shape {
    virtual ~shape() {}
    virtual uint64_t area() const = 0;
    virtual uint64_t edge() const = 0;
    virtual void grow(uint64_t n) = 0;
};

struct box : shape {
    uint64_t a, b;
    box(uint64_t x, uint64_t y) : a(x), b(y) {}
    uint64_t area() const override { return a * b; }
    uint64_t edge() const override { return 2 * (a + b); }
    void grow(uint64_t n) override { a += n; }
};

struct square : box {
    explicit square(uint64_t x) : box(x, x) {}
    void grow(uint64_t n) override { a = b = a + n; }
};

struct triangle : shape {
    uint64_t a;
    explicit triangle(uint64_t x) : a(x) {}
    uint64_t area() const override { return a * a / 2; }
    uint64_t edge() const override { return 3 * a; }
    void grow(uint64_t n) override
    {
        if (a > 5000) throw std::range_error("too large");
        a += n;
    }
};

int main()
{
    std::vector<std::unique_ptr<shape>> all;
    uint64_t h = 0;
    for (int i = 0; i < 1000; i++) {
        uint64_t n = rnd() % 100;
        switch (rnd() % 3) {
        case 0: all.emplace_back(new box(n, n + 3)); break;
        case 1: all.emplace_back(new square(n)); break;
        default: all.emplace_back(new triangle(n)); break;
        }
    }
    for (uint64_t round = 0; round < 100000; round++)
        for (auto &s : all) {
            try {
                s->grow(round & 1);
            } catch (const std::range_error &e) {
                h += (uint64_t)e.what()[0];
                static_cast<triangle &>(*s).a = 0;
            }
            h = mix(h, s->area() - s->edge());
        }
    return result(h);
}
