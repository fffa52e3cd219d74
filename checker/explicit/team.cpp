#include "explicit/team.h"

#include <algorithm>
#include <system_error>
#include <utility>

namespace lockstep::explicit_engine {

Team::~Team()
{
    {
        const std::lock_guard lock(mutex);
        is_over = true;
    }
    begun.send();
    for (std::thread& thread : threads) thread.join();
}

void Team::run(std::size_t count, const std::function<void(std::size_t)>& job)
{
    while (threads.size() + 1 < count && can_start_more) start_one();
    const std::size_t together = std::min(count, threads.size() + 1);
    {
        const std::lock_guard lock(mutex);
        present = &job;
        present_count = together;
        at_work = together - 1;
        ++jobs;
    }
    begun.send();
    do_job(0, job);
    for (std::size_t i = together; i < count; ++i) do_job(i, job);
    std::unique_lock lock(mutex);
    ended.wait(lock, [&] { return at_work == 0; });
    if (failure) std::rethrow_exception(std::exchange(failure, nullptr));
}

void Team::start_one()
{
    try {
        threads.emplace_back([this, number = threads.size() + 1] { live(number); });
    } catch (const std::system_error&) {
        can_start_more = false;
    }
}

void Team::live(std::size_t number)
{
    std::uint64_t done = 0;
    std::unique_lock lock(mutex);
    while (true) {
        begun.wait(lock, [&] { return is_over || (jobs != done && number < present_count); });
        if (is_over) return;
        done = jobs;
        const auto& job = *present;
        lock.unlock();
        do_job(number, job);
        lock.lock();
        const bool is_last = --at_work == 0;
        lock.unlock();
        if (is_last) ended.send();
        lock.lock();
    }
}

void Team::do_job(std::size_t number, const std::function<void(std::size_t)>& job)
{
    try {
        job(number);
    } catch (...) {
        const std::lock_guard lock(mutex);
        if (!failure) failure = std::current_exception();
    }
}

}  // namespace lockstep::explicit_engine
