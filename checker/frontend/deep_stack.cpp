#include "frontend/deep_stack.h"

#include "base/heap.h"

#include <pthread.h>

#include <algorithm>
#include <atomic>

namespace lockstep::frontend {

namespace {

constexpr std::size_t stack_bytes = std::size_t{512} << 20;

struct Jobs {
    const std::function<void(std::size_t)>& work;
    std::vector<std::exception_ptr> errors;
    std::atomic<std::size_t> next = 0;

    void take_all()
    {
        for (std::size_t i = next++; i < errors.size(); i = next++) {
            try {
                work(i);
            } catch (...) {
                errors[i] = std::current_exception();
            }
        }
    }
};

void* run(void* jobs)
{
    expect_heap_use();
    static_cast<Jobs*>(jobs)->take_all();
    return nullptr;
}

// As many as the system gives.
std::vector<pthread_t> start(Jobs& jobs, std::size_t threads)
{
    pthread_attr_t attributes;
    pthread_attr_init(&attributes);
    pthread_attr_setstacksize(&attributes, stack_bytes);
    std::vector<pthread_t> started;
    while (started.size() < threads) {
        pthread_t thread{};
        if (pthread_create(&thread, &attributes, run, &jobs) != 0) break;
        started.push_back(thread);
    }
    pthread_attr_destroy(&attributes);
    return started;
}

void join(const std::vector<pthread_t>& threads)
{
    for (pthread_t thread : threads) pthread_join(thread, nullptr);
}

}  // namespace

void run_on_deep_stack(const std::function<void()>& work)
{
    const std::function<void(std::size_t)> once = [&](std::size_t) { work(); };
    Jobs jobs{once, std::vector<std::exception_ptr>(1)};
    const std::vector<pthread_t> started = start(jobs, 1);
    if (started.empty()) jobs.take_all();  // the stack that there is has to do
    join(started);
    if (jobs.errors[0]) std::rethrow_exception(jobs.errors[0]);
}

std::vector<std::exception_ptr> share_out(std::size_t count, std::size_t threads,
                                          const std::function<void(std::size_t)>& work)
{
    Jobs jobs{work, std::vector<std::exception_ptr>(count)};
    threads = std::max<std::size_t>(1, std::min(threads, count));
    const std::vector<pthread_t> started = start(jobs, threads - 1);
    jobs.take_all();
    join(started);
    return std::move(jobs.errors);
}

}  // namespace lockstep::frontend
