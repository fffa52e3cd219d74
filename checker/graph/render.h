// Pictures, drawn by graphviz's program `dot`.
#pragma once

#include <atomic>
#include <cstdint>
#include <string>

namespace lockstep::graph {

enum class Format : std::uint8_t { dot, svg, png, pdf };

/// By the ending of the file's name; "-" is dot. Throws InputError.
Format format_of(const std::string& file);

class Renderer {
public:
    /// Throws InputError where there is no `dot` and the format needs it.
    explicit Renderer(Format format);

    struct Rendered {
        std::string picture = {};   // of the format
        std::string warnings = {};  // what `dot` had to say about it
        bool was_interrupted = false;
    };
    /// Throws InputError where `dot` fails or takes longer than that. Ends early where `interrupted` is set.
    Rendered render(const std::string& dot, double seconds, const std::atomic<bool>* interrupted = nullptr) const;

private:
    Format format;
};

}  // namespace lockstep::graph
