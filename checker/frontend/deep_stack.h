// Clang and the lowering recurse over the syntax tree; the usual stack is too small for what it may hold.
#pragma once

#include <cstddef>
#include <exception>
#include <functional>
#include <vector>

namespace lockstep::frontend {

/// Throws what `work` throws.
void run_on_deep_stack(const std::function<void()>& work);

/// Called on a deep stack: calls work(0) to work(count - 1) here and on other threads, so that `threads` are busy.
/// Returns when all are done, with what each threw (null: nothing).
std::vector<std::exception_ptr> share_out(std::size_t count, std::size_t threads,
                                          const std::function<void(std::size_t)>& work);

}  // namespace lockstep::frontend
