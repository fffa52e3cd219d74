// A short run spends more time in getting memory from the system than in the system calls for everything else, if the
// heap is left as it is: a thread's heap grows by a call for each page, what is freed at its end is given back and soon
// wanted again, and each page of 4 KiB is a page fault. Here the heap grows in large parts, keeps what it has, and its
// first part is asked to be of huge pages. Only address space is taken; what is not touched takes no memory.
#include "base/heap.h"

#include <cstdint>
#include <cstdlib>
#include <limits>

#ifdef __GLIBC__
#include <malloc.h>
#include <sys/mman.h>
#endif

namespace lockstep {

#ifdef __GLIBC__

namespace {

constexpr int grow_bytes = 64 << 20;              // a thread's heap has no more
constexpr int largest_on_heap_bytes = 32 << 20;   // mallopt takes no more
constexpr std::size_t expected_bytes = 31 << 20;  // below that
constexpr std::uintptr_t huge_page_bytes = 2 << 20;

}  // namespace

void prepare_heap()
{
    mallopt(M_TOP_PAD, grow_bytes);
    mallopt(M_TRIM_THRESHOLD, std::numeric_limits<int>::max());
    mallopt(M_MMAP_THRESHOLD, largest_on_heap_bytes);
}

void expect_heap_use()
{
    void* part = std::malloc(expected_bytes);
    if (part == nullptr) return;
    const auto first = reinterpret_cast<std::uintptr_t>(part);
    const std::uintptr_t begin = (first + huge_page_bytes - 1) / huge_page_bytes * huge_page_bytes;
    const std::uintptr_t end = (first + expected_bytes) / huge_page_bytes * huge_page_bytes;
    madvise(reinterpret_cast<void*>(begin), end - begin, MADV_HUGEPAGE);
    std::free(part);
}

#else

void prepare_heap() {}
void expect_heap_use() {}

#endif

}  // namespace lockstep
