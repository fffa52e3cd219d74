#include "explicit/rendezvous.h"

namespace lockstep::explicit_engine {

void Rendezvous::enter()
{
    std::unique_lock lock(mutex);
    changed.wait(lock, [&] { return !is_wanted; });
    ++at_work;
}

void Rendezvous::leave()
{
    {
        const std::lock_guard lock(mutex);
        --at_work;
    }
    changed.send();
}

void Rendezvous::wait()
{
    std::unique_lock lock(mutex);
    if (is_wanted) wait(lock);
}

void Rendezvous::wait(std::unique_lock<std::mutex>& lock)
{
    const std::uint64_t present = generation;
    ++waiting;
    lock.unlock();
    changed.send();
    lock.lock();
    while (generation == present) {
        if (job != nullptr && next_piece < job_count) {
            ++helping;
            const auto& piece = *job;
            lock.unlock();
            do_pieces(piece);
            lock.lock();
            --helping;
            lock.unlock();
            changed.send();
            lock.lock();
        }
        changed.wait(lock, [&] { return generation != present || (job != nullptr && next_piece < job_count); });
    }
}

void Rendezvous::alone(const std::function<void()>& work)
{
    std::unique_lock lock(mutex);
    if (is_wanted) {
        wait(lock);
        return;
    }
    is_wanted = true;
    changed.wait(lock, [&] { return waiting + 1 >= at_work; });
    const auto end = [&] {
        lock.lock();
        is_wanted = false;
        waiting = 0;  // those who waited may not have woken up before somebody wants to be alone again
        ++generation;
        lock.unlock();
        changed.send();
    };
    lock.unlock();
    try {
        work();
    } catch (...) {
        end();
        throw;
    }
    end();
}

bool Rendezvous::has_company()
{
    const std::lock_guard lock(mutex);
    return waiting > 0;
}

void Rendezvous::divide(std::size_t count, const std::function<void(std::size_t)>& piece)
{
    {
        const std::lock_guard lock(mutex);
        next_piece = 0;
        job_count = count;
        job = &piece;
    }
    changed.send();
    do_pieces(piece);
    std::unique_lock lock(mutex);
    job = nullptr;
    changed.wait(lock, [&] { return helping == 0; });
}

void Rendezvous::do_pieces(const std::function<void(std::size_t)>& piece)
{
    for (std::size_t i = next_piece++; i < job_count; i = next_piece++) piece(i);
}

}  // namespace lockstep::explicit_engine
