// The "proof" of a record: what was proved and how, by which obligations and facts, and what was not.
//
// Fields, beside those of Proof under their own names: "engine" is what came to the verdict, null where nothing did;
// "mined_from" says of how many states, of which numbers of CPUs, the facts are that lemmas were chosen from.
#pragma once

#include "report/record_json.h"
#include "result/proof.h"

namespace lockstep::report {

Json to_object(const Proof& proof);
Proof read_proof(const Json& json);

}  // namespace lockstep::report
