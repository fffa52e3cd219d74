// A verdict as the program's exit status says it.
#pragma once

#include "result/result.h"

namespace lockstep::report {

inline int exit_status_of(Verdict verdict)
{
    switch (verdict) {
        case Verdict::holds:
            return 0;
        case Verdict::violated:
            return 1;
        case Verdict::unknown:
            break;
    }
    return 3;
}

}  // namespace lockstep::report
