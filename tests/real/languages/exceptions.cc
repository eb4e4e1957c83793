// Exceptions through threads, libraries and signal frames; what <thread> and its kin offer.
#include <atomic>
#include <condition_variable>
#include <csignal>
#include <cstdio>
#include <future>
#include <map>
#include <memory>
#include <mutex>
#include <numeric>
#include <stdexcept>
#include <string>
#include <thread>
#include <vector>
#include <pthread.h>
#include <unistd.h>

static int thrown(int n)
{
    struct guard { std::atomic<int> *c; ~guard() { ++*c; } };
    static std::atomic<int> unwound;
    guard g{&unwound};
    if (n == 0)
        throw std::runtime_error("deep");
    int r = thrown(n - 1);
    return r + 1;
}

__attribute__((noinline)) static void store(volatile int *p) { *p = 1; if (getpid() < 0) throw 1; }
static void on_fault(int) { throw std::logic_error("from a handler"); }

int main()
{
    int caught = 0;
    for (int i = 0; i < 2000; i++)
        try { thrown(i % 50); } catch (const std::exception &) { caught++; }
    printf("%d\n", caught);
    std::vector<std::thread> threads;
    std::atomic<int> total{0};
    for (int k = 0; k < 16; k++)
        threads.emplace_back([&] { for (int i = 0; i < 500; i++) try { thrown(20); } catch (...) { total++; } });
    for (auto &t : threads) t.join();
    printf("%d\n", total.load());
    auto f = std::async(std::launch::async, [] { thrown(3); return 1; });
    try { f.get(); } catch (const std::exception &e) { printf("%s\n", e.what()); }
    signal(SIGSEGV, on_fault);
    try { store(nullptr); } catch (const std::logic_error &e) { printf("%s\n", e.what()); }
    pthread_t t;
    pthread_create(&t, nullptr, [](void *) -> void * {
        struct note { ~note() { puts("unwound by cancellation"); } } n;
        for (;;) pause();
        return nullptr;
    }, nullptr);
    usleep(20000);
    pthread_cancel(t);
    void *r;
    pthread_join(t, &r);
    printf("%d\n", r == PTHREAD_CANCELED);
    std::mutex m; std::condition_variable cv; int turn = 0;
    std::thread other([&] { for (int i = 0; i < 2000; i++) { std::unique_lock l(m); cv.wait(l, [&] { return turn % 2; }); turn++; cv.notify_one(); } });
    for (int i = 0; i < 2000; i++) { std::unique_lock l(m); cv.wait(l, [&] { return turn % 2 == 0; }); turn++; cv.notify_one(); }
    other.join();
    printf("%d\n", turn);
    std::map<std::string, std::shared_ptr<int>> map;
    for (int i = 0; i < 100000; i++) map[std::to_string(i)] = std::make_shared<int>(i);
    printf("%ld\n", std::accumulate(map.begin(), map.end(), 0L, [](long s, auto &x) { return s + *x.second; }));
}
