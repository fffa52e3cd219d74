// Threads that work together on one thing at a time. They are started when they are first needed, and wait in between.
#pragma once

#include "explicit/signal.h"

#include <cstddef>
#include <cstdint>
#include <exception>
#include <functional>
#include <mutex>
#include <thread>
#include <vector>

namespace lockstep::explicit_engine {

class Team {
public:
    Team() = default;
    ~Team();
    Team(const Team&) = delete;
    Team& operator=(const Team&) = delete;

    /// Calls job(0) here and job(1) to job(count - 1) in other threads, and waits for all. Where the system gives no
    /// more threads, the rest is called here, one after the other: no job may wait for another. An exception that one
    /// of them throws is thrown here when all have ended.
    void run(std::size_t count, const std::function<void(std::size_t)>& job);

private:
    Signal begun, ended;
    std::mutex mutex;
    std::vector<std::thread> threads;
    const std::function<void(std::size_t)>* present = nullptr;
    std::size_t present_count = 0;  // of those who take part in it
    std::uint64_t jobs = 0;         // how many there were
    std::size_t at_work = 0;
    bool is_over = false;
    bool can_start_more = true;
    std::exception_ptr failure;

    void start_one();
    void live(std::size_t number);
    void do_job(std::size_t number, const std::function<void(std::size_t)>& job);
};

}  // namespace lockstep::explicit_engine
