// The C library's heap, set up for a program that runs for a moment and gives memory back at its end.
#pragma once

namespace lockstep {

/// Called once, before other threads are started.
void prepare_heap();

/// Called by a thread that will soon need some tens of megabytes.
void expect_heap_use();

}  // namespace lockstep
