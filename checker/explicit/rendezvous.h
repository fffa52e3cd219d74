// How the threads of a search stop for a moment, so that one of them can change what all use (the index of a
// PairTable).
//
// Each comes by a safe point every so often, where it holds nothing that could change. Who wants to be alone says so
// and waits until every other thread that is at work has come to a safe point or has left; then it does its work, and
// the others help with what can be divided (HashIndex::grow), and go on.
#pragma once

#include "explicit/signal.h"

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <mutex>

namespace lockstep::explicit_engine {

class Rendezvous {
public:
    /// A thread begins or ends its work. In between it has to call pass() every so often.
    void enter();
    void leave();

    /// A safe point.
    void pass()
    {
        if (is_wanted.load(std::memory_order_relaxed)) wait();
    }

    /// At a safe point of the caller, a thread at work: does this while all others stand at theirs. If another thread
    /// wanted to be alone first, it only waits for that to be over: whether the work is still needed has to be asked
    /// inside and, where it may not have been done, after.
    void alone(const std::function<void()>& work);

    /// While alone: whether anybody waits, and can help.
    bool has_company();

    /// While alone: does `piece` for each number below `count`, with the help of all who wait.
    void divide(std::size_t count, const std::function<void(std::size_t)>& piece);

private:
    std::mutex mutex;
    Signal changed;
    std::atomic<bool> is_wanted = false;
    unsigned at_work = 0, waiting = 0, helping = 0;
    std::uint64_t generation = 0;  // of what is_wanted is for
    const std::function<void(std::size_t)>* job = nullptr;
    std::size_t job_count = 0;
    std::atomic<std::size_t> next_piece = 0;

    void wait();
    void wait(std::unique_lock<std::mutex>& lock);
    void do_pieces(const std::function<void(std::size_t)>& piece);
};

}  // namespace lockstep::explicit_engine
