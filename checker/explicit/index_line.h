// Looks at all 16 entries of a hash index's line at once (pair_table.h).
//
// In an index that is four fifths full, who goes through a line entry by entry looks at some ten of them. A line is one
// cache line, and four vector comparisons say which entries have the wanted tag and which are empty. That the vector
// is loaded without std::atomic is all right on x86: aligned elements of four bytes are not torn, and loads stay in
// their order. Elsewhere, and where ThreadSanitizer has to see what happens, the entries are loaded one by one.
#pragma once

#include <atomic>
#include <bit>
#include <cstdint>

#if defined(__SSE2__) && !defined(__SANITIZE_THREAD__)
#include <emmintrin.h>
#define LOCKSTEP_VECTOR_LINES 1
#else
#define LOCKSTEP_VECTOR_LINES 0
#endif

namespace lockstep::explicit_engine {

constexpr unsigned index_line_bits = 4, index_line_size = 1U << index_line_bits;

/// A bit for each entry, the lowest for the one where a look-up begins; the line is gone round from there.
struct IndexLine {
    std::uint32_t matches, empties;

    /// Entries whose bits outside `mask` are those of `tag`, and entries that are 0 (which may be among the matches).
    static IndexLine look(const std::atomic<std::uint32_t>* line, unsigned first, std::uint32_t tag, std::uint32_t mask)
    {
        IndexLine found{0, 0};
#if LOCKSTEP_VECTOR_LINES
        const auto* parts = reinterpret_cast<const __m128i*>(line);
        const __m128i a = _mm_load_si128(parts), b = _mm_load_si128(parts + 1);
        const __m128i c = _mm_load_si128(parts + 2), d = _mm_load_si128(parts + 3);
        const __m128i compared = _mm_set1_epi32(static_cast<int>(~mask));
        const auto equal = [&](std::uint32_t value, const auto& part_of) {
            const __m128i wanted = _mm_set1_epi32(static_cast<int>(value));
            const auto compare = [&](__m128i part) { return _mm_cmpeq_epi32(part_of(part), wanted); };
            const __m128i bytes =
                _mm_packs_epi16(_mm_packs_epi32(compare(a), compare(b)), _mm_packs_epi32(compare(c), compare(d)));
            return std::rotr(static_cast<std::uint16_t>(_mm_movemask_epi8(bytes)), static_cast<int>(first));
        };
        found.matches = equal(tag, [&](__m128i part) { return _mm_and_si128(part, compared); });
        found.empties = equal(0, [](__m128i part) { return part; });
#else
        for (unsigned i = 0; i < index_line_size; ++i) {
            const std::uint32_t entry = line[(first + i) % index_line_size].load(std::memory_order_acquire);
            found.matches |= ((entry & ~mask) == tag ? 1U : 0U) << i;
            found.empties |= (entry == 0 ? 1U : 0U) << i;
        }
#endif
        return found;
    }
};

}  // namespace lockstep::explicit_engine
