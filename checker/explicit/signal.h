// How threads that work closely together wait for one another.
//
// Most of their waits are short: shorter than the some 50 microseconds that it can take, on a virtual machine, until a
// thread that was put to sleep runs again. So who waits first looks again and again for about as long, giving way to
// whoever else wants to run, and only then goes to sleep; who signals enters the kernel only if somebody sleeps.
#pragma once

#include <atomic>
#include <cstdint>
#include <mutex>
#include <thread>

namespace lockstep::explicit_engine {

/// Used as a condition variable is: the condition may change only while the lock is held.
class Signal {
public:
    template <typename Condition>
    void wait(std::unique_lock<std::mutex>& lock, Condition holds)
    {
        while (!holds()) {
            const std::uint32_t seen = count.load(std::memory_order_relaxed);  // what changes from now on will be sent
            lock.unlock();
            for (int i = 0; i < most_looks && count.load(std::memory_order_relaxed) == seen; ++i)
                std::this_thread::yield();
            count.wait(seen, std::memory_order_relaxed);
            lock.lock();
        }
    }

    /// After the condition has changed; best when the lock has been released, so that nobody wakes up to wait for that.
    void send()
    {
        count.fetch_add(1, std::memory_order_relaxed);
        count.notify_all();
    }

private:
    static constexpr int most_looks = 100;
    alignas(64) std::atomic<std::uint32_t> count = 0;
};

}  // namespace lockstep::explicit_engine
