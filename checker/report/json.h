// The Result as JSON, with what is needed to replay its traces: the options it was got with, and a hash of the Program.
// record.schema.json lists all fields; tests hold what is written against it.
//
// Fields, beside those of Result under their own names: "verdict" is "holds", "violated" or "unknown"; a violation's
// "permanent" is true, false, or null where the question does not arise or was not decided ("permanence" tells which);
// "waits_for" are edges with "task", "what", "who"; "path" is a list of steps, each a list of moves [process,
// transition, choice] with ids into the Program, and "trace" the same as people read it; "proof" is what `lockstep
// prove` says beside the verdict (proof_json.h), and null where it was an exploration.
#pragma once

#include "lockstep/options.h"
#include "result/proof.h"
#include "result/result.h"

#include <optional>
#include <string>
#include <string_view>

namespace lockstep::report {

struct Record {
    std::string version;  // of lockstep
    CheckOptions options;
    std::string program_hash;
    Result result;
    std::optional<Proof> proof = {};  // of `lockstep prove`
};

std::string to_json(const Record& record);

/// Reads it back. Throws InputError, naming `file`, where it is no JSON or not of this form.
Record from_json(std::string_view text, const std::string& file);

}  // namespace lockstep::report
