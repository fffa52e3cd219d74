// From the evaluator's code (semantics/code.h) to LLVM's.
//
// Each entry point becomes a function: the register machine's registers become values, its jumps branches, and what
// LLVM knows of the rest does the work: cells that are looked at twice are loaded once, wrap-around that changes
// nothing goes, comparisons and jumps become one. The logs of writes and reads, their order included, are those that
// the interpreter makes, since stepper and outcome cache rely on them.
//
// What is rare is not translated. Native code that would trap gives up instead: the evaluator takes back what it wrote,
// and the interpreter runs the same code from its beginning, traps as it always does, and says why. The interpreter
// does reports, too, and code that is very long. So native code is right if, wherever it does not give up, it makes the
// same values, writes and reads; tests/semantics/native_test.cpp holds it against the interpreter on every transition.
//
// A write needs no check that the log has room for it: between two places where the code looks (its beginning and each
// `burn`, which every loop passes) it can write at most as often as it has instructions that write.
#include "semantics/native_translator.h"

#include "semantics/code.h"

#include <llvm/IR/IRBuilder.h>
#include <llvm/IR/MDBuilder.h>
#include <llvm/IR/Module.h>

#include <cassert>
#include <cstddef>
#include <map>
#include <set>
#include <string>
#include <vector>

namespace lockstep::native {

namespace {

// What is longer or writes more is left to the interpreter.
constexpr std::size_t most_instructions = 3000, most_writes = 3000;
constexpr std::uint32_t unrolled_fill = 8;

bool is_jump(Op op) { return op == Op::jump || op == Op::jump_if_zero || op == Op::jump_if_not_zero; }

bool is_end(Op op)
{
    switch (op) {
        case Op::jump:
        case Op::prune:
        case Op::trap:
        case Op::stop_at:
        case Op::not_happened:
        case Op::needs_detail:
        case Op::end:
        case Op::end_effect:
            return true;
        default:
            return false;
    }
}

/// The instructions that an entry point reaches, in blocks: where each begins, and how many jumps and falls lead there.
struct Flow {
    std::set<std::uint32_t> reached;
    std::map<std::uint32_t, int> blocks;
    std::size_t writes = 0;
    bool is_suitable = true;

    Flow(const Code& code, std::uint32_t entry)
    {
        std::vector<std::uint32_t> work{entry};
        blocks[entry] = 1;
        while (!work.empty() && is_suitable) {
            const std::uint32_t at = work.back();
            work.pop_back();
            if (!reached.insert(at).second) continue;
            const Instruction& i = code.instructions[at];
            note(i);
            if (is_jump(i.op)) {
                const auto target = static_cast<std::uint32_t>(i.imm);
                ++blocks[target];
                work.push_back(target);
                if (i.op != Op::jump) ++blocks[at + 1];
            }
            if (!is_end(i.op)) work.push_back(at + 1);
        }
        // Where code falls into a block that others jump to, this is one more way there.
        for (auto& [block, ways] : blocks)
            if (block > 0 && reached.contains(block - 1) && !is_jump(code.instructions[block - 1].op) &&
                !is_end(code.instructions[block - 1].op))
                ++ways;
    }

private:
    void note(const Instruction& i)
    {
        if (i.op == Op::set_cell || i.op == Op::store || i.op == Op::store_indexed || i.op == Op::stop_at) ++writes;
        if (i.op == Op::fill && i.c <= unrolled_fill) writes += i.c;
        is_suitable = i.op != Op::report && i.op != Op::push_argument && reached.size() <= most_instructions &&
                      writes <= most_writes;
    }
};

/// Makes the function for one entry point.
class Translator {
public:
    Translator(const Surroundings& the_surroundings, const Request& the_request, const Flow& the_flow,
               llvm::Module& module)
        : s(the_surroundings),
          request(the_request),
          flow(the_flow),
          context(module.getContext()),
          b(context),
          i64(b.getInt64Ty()),
          i32(b.getInt32Ty()),
          pointer(b.getPtrTy()),
          result_type(llvm::StructType::get(i64, i64)),
          likely(llvm::MDBuilder(context).createBranchWeights(1000000, 1))
    {
        auto* type = llvm::FunctionType::get(result_type, {pointer, pointer, pointer, pointer, i64, pointer}, false);
        function = llvm::Function::Create(type, llvm::Function::ExternalLinkage, function_name(request), module);
        function->setDoesNotThrow();
        // Nothing else points at cells. What is called may change them and gets them as an argument.
        function->addParamAttr(0, llvm::Attribute::NoAlias);
    }

    void run()
    {
        begin();
        std::vector<std::pair<std::uint32_t, std::set<std::uint32_t>>> work{{request.entry, {}}};
        for (const auto& [block, ways] : flow.blocks)
            if (ways > 1 || block == request.entry) work.emplace_back(block, std::set<std::uint32_t>());
        std::set<std::uint32_t> done;
        while (!work.empty()) {
            auto [block, cells_noted] = std::move(work.back());
            work.pop_back();
            if (!done.insert(block).second) continue;
            noted = std::move(cells_noted);
            for (const std::uint32_t next : translate_block(block))
                if (flow.blocks.at(next) == 1) work.emplace_back(next, noted);
        }
        end();
    }

private:
    using Value = llvm::Value*;

    const Surroundings& s;
    const Request& request;
    const Flow& flow;
    llvm::LLVMContext& context;
    llvm::IRBuilder<> b;
    llvm::Type *i64, *i32, *pointer;
    llvm::StructType* result_type;
    llvm::MDNode* likely;
    llvm::Function* function;
    Value cells = nullptr, writes = nullptr, reads = nullptr, read_marks = nullptr, read_epoch = nullptr,
          evaluator = nullptr;
    llvm::AllocaInst *fuel = nullptr, *next_write = nullptr, *last_write = nullptr, *next_read = nullptr;
    std::map<unsigned, llvm::AllocaInst*> registers;
    std::map<std::uint32_t, llvm::BasicBlock*> blocks;
    llvm::BasicBlock* giving_up = nullptr;
    std::set<std::uint32_t> noted;  // cells that have been read for certain at this place

    // ---- Frame ----

    void begin()
    {
        cells = function->getArg(0);
        writes = function->getArg(1);
        reads = function->getArg(2);
        read_marks = function->getArg(3);
        read_epoch = function->getArg(4);
        evaluator = function->getArg(5);
        auto* first = llvm::BasicBlock::Create(context, "", function);
        giving_up = llvm::BasicBlock::Create(context, "", function);
        for (const auto& block : flow.blocks) blocks[block.first] = llvm::BasicBlock::Create(context, "", function);
        b.SetInsertPoint(first);
        fuel = b.CreateAlloca(i64);
        next_write = b.CreateAlloca(pointer);
        last_write = b.CreateAlloca(pointer);
        next_read = b.CreateAlloca(pointer);
        b.CreateStore(number(step_fuel), fuel);
        fetch_logs();
        check_room();
        b.CreateBr(blocks.at(request.entry));
        b.SetInsertPoint(giving_up);
        put_back_logs();
        b.CreateRet(llvm::ConstantStruct::get(result_type, b.getInt64(0), b.getInt64(1)));
    }

    // Registers are made where they are met first, but belong at the function's beginning.
    void end()
    {
        llvm::Instruction* first = &*function->getEntryBlock().begin();
        for (const auto& [number, place] : registers) place->moveBefore(first);
    }

    static constexpr std::size_t last_offset = offsetof(Log<CellWrite>::Pointers, last);
    static constexpr std::size_t limit_offset = offsetof(Log<CellWrite>::Pointers, limit);

    Value member(Value base, std::size_t offset) { return b.CreateConstInBoundsGEP1_64(b.getInt8Ty(), base, offset); }

    void fetch_logs()
    {
        b.CreateStore(b.CreateLoad(pointer, member(writes, last_offset)), next_write);
        const Value limit = b.CreateLoad(pointer, member(writes, limit_offset));
        const auto kept_free = static_cast<std::int64_t>(flow.writes * sizeof(CellWrite));
        b.CreateStore(b.CreateGEP(b.getInt8Ty(), limit, number(-kept_free)), last_write);
        if (request.records_reads) b.CreateStore(b.CreateLoad(pointer, member(reads, last_offset)), next_read);
    }

    void put_back_logs()
    {
        b.CreateStore(b.CreateLoad(pointer, next_write), member(writes, last_offset));
        if (request.records_reads) b.CreateStore(b.CreateLoad(pointer, next_read), member(reads, last_offset));
    }

    void check_room()
    {
        if (flow.writes == 0) return;
        require(b.CreateICmpULE(b.CreateLoad(pointer, next_write), b.CreateLoad(pointer, last_write)));
    }

    /// Gives up where it is false.
    void require(Value condition)
    {
        auto* next = llvm::BasicBlock::Create(context, "", function);
        b.CreateCondBr(condition, next, giving_up, likely);
        b.SetInsertPoint(next);
    }

    void give_back(Value value)
    {
        put_back_logs();
        Value result = llvm::PoisonValue::get(result_type);
        result = b.CreateInsertValue(result, value, 0);
        b.CreateRet(b.CreateInsertValue(result, number(0), 1));
    }

    // ---- Values ----

    Value number(std::int64_t value) { return llvm::ConstantInt::getSigned(i64, value); }
    Value truth(Value condition) { return b.CreateZExt(condition, i64); }

    llvm::AllocaInst* place(unsigned reg)
    {
        llvm::AllocaInst*& found = registers[reg];
        if (found == nullptr) found = b.CreateAlloca(i64);
        return found;
    }
    Value get(unsigned reg) { return b.CreateLoad(i64, place(reg)); }
    void set(unsigned reg, Value value) { b.CreateStore(value, place(reg)); }

    Value cell_place(Value cell) { return b.CreateGEP(i64, cells, cell); }
    Value cell_place(std::uint32_t cell) { return cell_place(number(cell)); }

    Value table(const void* address)
    {
        return b.CreateIntToPtr(number(static_cast<std::int64_t>(reinterpret_cast<std::uintptr_t>(address))), pointer);
    }
    Value load_constant(llvm::Type* type, Value place)
    {
        auto* load = b.CreateLoad(type, place);
        load->setMetadata(llvm::LLVMContext::MD_invariant_load, llvm::MDNode::get(context, {}));
        return load;
    }

    void note_read(Value cell)
    {
        if (!request.records_reads) return;
        const Value mark = b.CreateGEP(i64, read_marks, cell);
        const Value is_noted = b.CreateICmpEQ(b.CreateLoad(i64, mark), read_epoch);
        auto* note = llvm::BasicBlock::Create(context, "", function);
        auto* next = llvm::BasicBlock::Create(context, "", function);
        b.CreateCondBr(is_noted, next, note);
        b.SetInsertPoint(note);
        b.CreateStore(read_epoch, mark);
        const Value log = b.CreateLoad(pointer, next_read);
        b.CreateStore(b.CreateTrunc(cell, i32), log);
        b.CreateStore(member(log, sizeof(std::uint32_t)), next_read);
        b.CreateBr(next);
        b.SetInsertPoint(next);
    }

    Value read(Value cell)
    {
        note_read(cell);
        return b.CreateLoad(i64, cell_place(cell));
    }
    Value read(std::uint32_t cell)
    {
        if (noted.insert(cell).second) note_read(number(cell));
        return b.CreateLoad(i64, cell_place(cell));
    }

    Value require_value(Value value)
    {
        require(b.CreateICmpNE(value, number(undefined_value)));
        require(b.CreateICmpNE(value, number(dead_value)));
        return value;
    }

    void write(Value cell, Value value)
    {
        const Value log = b.CreateLoad(pointer, next_write);
        b.CreateStore(b.CreateTrunc(cell, i32), member(log, offsetof(CellWrite, cell)));
        b.CreateStore(b.CreateLoad(i64, cell_place(cell)), member(log, offsetof(CellWrite, before)));
        b.CreateStore(member(log, sizeof(CellWrite)), next_write);
        b.CreateStore(value, cell_place(cell));
    }
    void write(std::uint32_t cell, Value value) { write(number(cell), value); }

    Value call(NativeCalls::Call target, Value first, Value second, Value third)
    {
        put_back_logs();
        auto* type = llvm::FunctionType::get(i64, {pointer, pointer, i64, i64, i64}, false);
        const Value result =
            b.CreateCall(type, table(reinterpret_cast<const void*>(target)), {cells, evaluator, first, second, third});
        fetch_logs();
        check_room();
        return result;
    }
    void call(NativeCalls::Call target) { call(target, number(0), number(0), number(0)); }
    Value require_call(NativeCalls::Call target, Value first, Value second, Value third)
    {
        const Value result = call(target, first, second, third);
        require(b.CreateICmpSGE(result, number(0)));
        return result;
    }

    // ---- Memory ----

    Value slot_of(Value address)
    {
        const auto slots = static_cast<std::int64_t>(s.code.slots.size());
        require(b.CreateICmpULT(b.CreateSub(address, number(1)), number(slots - 1)));
        return b.CreateGEP(b.getInt8Ty(), table(s.code.slots.data()), b.CreateMul(address, number(sizeof(Code::Slot))));
    }

    /// The cell at an address.
    Value resolve(Value slot, std::int64_t slot_class)
    {
        const Value cell = load_constant(i32, member(slot, offsetof(Code::Slot, cell)));
        require(b.CreateICmpNE(cell, b.getInt32(Layout::no_cell)));
        const Value found = load_constant(i32, member(slot, offsetof(Code::Slot, slot_class)));
        require(b.CreateICmpEQ(found, b.getInt32(static_cast<std::uint32_t>(slot_class))));
        return b.CreateZExt(cell, i64);
    }

    void require_address(Value address)
    {
        require(b.CreateICmpSGT(address, number(0)));
        require(b.CreateICmpSLT(address, number(integer_pointer_tag)));
    }

    void require_no_end(Value address)
    {
        const auto count = static_cast<std::int64_t>(s.past_end.size());
        auto* look = llvm::BasicBlock::Create(context, "", function);
        auto* next = llvm::BasicBlock::Create(context, "", function);
        b.CreateCondBr(b.CreateICmpULT(address, number(count)), look, next);
        b.SetInsertPoint(look);
        const Value is_end =
            load_constant(b.getInt8Ty(), b.CreateGEP(b.getInt8Ty(), table(s.past_end.data()), address));
        b.CreateCondBr(b.CreateICmpEQ(is_end, b.getInt8(0)), next, giving_up, likely);
        b.SetInsertPoint(next);
    }

    Value indexed_cell(const Instruction& i)
    {
        const Value index = get(i.a);
        require(b.CreateICmpULT(index, number(static_cast<std::int64_t>(index_limit(i)))));
        return b.CreateAdd(number(i.b), b.CreateMul(index, number(i.c)));
    }

    // ---- Code ----

    /// Returns the blocks that come next.
    std::vector<std::uint32_t> translate_block(std::uint32_t at)
    {
        b.SetInsertPoint(blocks.at(at));
        for (;; ++at) {
            const Instruction& i = s.code.instructions[at];
            if (is_jump(i.op)) return jump(i, at + 1);
            translate(i);
            if (is_end(i.op)) return {};
            if (!blocks.contains(at + 1)) continue;
            b.CreateBr(blocks.at(at + 1));
            return {at + 1};
        }
    }

    std::vector<std::uint32_t> jump(const Instruction& i, std::uint32_t otherwise)
    {
        const auto target = static_cast<std::uint32_t>(i.imm);
        if (i.op == Op::jump) {
            b.CreateBr(blocks.at(target));
            return {target};
        }
        const Value is_zero = b.CreateICmpEQ(get(i.a), number(0));
        const bool on_zero = i.op == Op::jump_if_zero;
        b.CreateCondBr(is_zero, blocks.at(on_zero ? target : otherwise), blocks.at(on_zero ? otherwise : target));
        return {target, otherwise};
    }

    void compare(const Instruction& i, llvm::CmpInst::Predicate predicate)
    {
        set(i.dst, truth(b.CreateICmp(predicate, get(i.a), get(i.b))));
    }

    void divide(const Instruction& i)
    {
        const Value dividend = get(i.a), divisor = get(i.b);
        require(b.CreateICmpNE(divisor, number(0)));
        if (i.op == Op::divide_unsigned) return set(i.dst, b.CreateUDiv(dividend, divisor));
        if (i.op == Op::remainder_unsigned) return set(i.dst, b.CreateURem(dividend, divisor));
        // The least number has no negative: by -1 nothing is divided.
        const Value is_minus_one = b.CreateICmpEQ(divisor, number(-1));
        const Value safe = b.CreateSelect(is_minus_one, number(1), divisor);
        if (i.op == Op::divide_signed)
            return set(i.dst, b.CreateSelect(is_minus_one, b.CreateNeg(dividend), b.CreateSDiv(dividend, safe)));
        set(i.dst, b.CreateSelect(is_minus_one, number(0), b.CreateSRem(dividend, safe)));
    }

    void shift(const Instruction& i)
    {
        const Value value = get(i.a), by = get(i.b);
        require(b.CreateICmpULT(by, number(i.imm)));
        set(i.dst, i.op == Op::shift_left           ? b.CreateShl(value, by)
                   : i.op == Op::shift_right_signed ? b.CreateAShr(value, by)
                                                    : b.CreateLShr(value, by));
    }

    void saturate_time(const Instruction& i)
    {
        const Value age = get(i.a);
        const Value low = b.CreateSelect(b.CreateICmpSLT(age, number(-time_saturation)), number(-time_saturation), age);
        const Value both = b.CreateSelect(b.CreateICmpSGT(age, number(time_saturation)), number(time_saturation), low);
        set(i.dst, b.CreateSelect(b.CreateICmpSGT(age, number(time_never / 2)), number(time_never), both));
    }

    void to_pointer(const Instruction& i)
    {
        const Value value = get(i.a);
        require(b.CreateICmpSGE(value, number(-(1 << 29))));
        require(b.CreateICmpSLT(value, number(1 << 29)));
        const Value tagged = b.CreateOr(b.CreateAnd(value, number(0x3fffffff)), number(integer_pointer_tag));
        set(i.dst, b.CreateSelect(b.CreateICmpEQ(value, number(0)), number(0), tagged));
    }

    void from_pointer(const Instruction& i)
    {
        const Value value = get(i.a);
        const Value has_tag = b.CreateICmpNE(b.CreateAnd(value, number(integer_pointer_tag)), number(0));
        const Value is_integer = b.CreateAnd(has_tag, b.CreateICmpSLT(value, number(string_pointer_tag)));
        set(i.dst, b.CreateSelect(is_integer, b.CreateAShr(b.CreateShl(value, 34), 34), value));
    }

    void pointer_add(const Instruction& i)
    {
        const Value base = get(i.a), index = get(i.b);
        set(i.dst, base);
        auto* add = llvm::BasicBlock::Create(context, "", function);
        auto* next = llvm::BasicBlock::Create(context, "", function);
        b.CreateCondBr(b.CreateICmpEQ(index, number(0)), next, add);
        b.SetInsertPoint(add);
        set(i.dst, require_call(s.calls.pointer_add, base, index, number(i.c)));
        b.CreateBr(next);
        b.SetInsertPoint(next);
    }

    void per_cpu(const Instruction& i)
    {
        const Value base = get(i.a), cpu = get(i.b);
        const Value offset = b.CreateSub(base, number(s.layout.per_cpu_first));
        require(b.CreateICmpULT(offset, number(s.layout.per_cpu_stride)));
        require(b.CreateICmpULT(cpu, number(s.cpus)));
        set(i.dst, b.CreateAdd(base, b.CreateMul(cpu, number(s.layout.per_cpu_stride))));
    }

    void store(const Instruction& i)
    {
        const Value slot = slot_of(get(i.a));
        const Value cell = resolve(slot, i.imm);
        require(b.CreateICmpNE(read(cell), number(dead_value)));
        const Value is_steady = load_constant(b.getInt8Ty(), member(slot, offsetof(Code::Slot, is_steady)));
        require(b.CreateICmpEQ(is_steady, b.getInt8(0)));
        write(cell, get(i.b));
    }

    void fill(const Instruction& i)
    {
        if (i.c <= unrolled_fill)
            for (std::uint32_t c = 0; c < i.c; ++c) write(i.b + c, number(i.imm));
        else
            call(s.calls.fill, number(i.b), number(i.c), number(i.imm));
    }

    void burn()
    {
        const Value left = b.CreateSub(b.CreateLoad(i64, fuel), number(1));
        b.CreateStore(left, fuel);
        auto* empty = llvm::BasicBlock::Create(context, "", function);
        auto* next = llvm::BasicBlock::Create(context, "", function);
        b.CreateCondBr(b.CreateICmpNE(left, number(0)), next, empty, likely);
        b.SetInsertPoint(empty);
        give_back(number(step_needs_detail));
        b.SetInsertPoint(next);
        check_room();
    }

    void translate(const Instruction& i)
    {
        switch (i.op) {
            case Op::constant:
                return set(i.dst, number(i.imm));
            case Op::cell:
                return set(i.dst, read(i.b));
            case Op::cell_checked:
                return set(i.dst, require_value(read(i.b)));
            case Op::load:
                return set(i.dst, require_value(read(resolve(slot_of(get(i.a)), i.imm))));
            case Op::load_indexed:
                return set(i.dst, require_value(read(indexed_cell(i))));
            case Op::wrap_signed:
                return set(i.dst, b.CreateAShr(b.CreateShl(get(i.a), 64 - i.b), 64 - i.b));
            case Op::wrap_unsigned:
                return set(i.dst, b.CreateAnd(get(i.a), number((std::int64_t{1} << i.b) - 1)));
            case Op::saturate_time:
                return saturate_time(i);
            case Op::to_bool:
                return set(i.dst, truth(b.CreateICmpNE(get(i.a), number(0))));
            case Op::to_pointer:
                return to_pointer(i);
            case Op::from_pointer:
                return from_pointer(i);
            case Op::add:
                return set(i.dst, b.CreateAdd(get(i.a), get(i.b)));
            case Op::subtract:
                return set(i.dst, b.CreateSub(get(i.a), get(i.b)));
            case Op::multiply:
                return set(i.dst, b.CreateMul(get(i.a), get(i.b)));
            case Op::divide_signed:
            case Op::divide_unsigned:
            case Op::remainder_signed:
            case Op::remainder_unsigned:
                return divide(i);
            case Op::bit_and:
                return set(i.dst, b.CreateAnd(get(i.a), get(i.b)));
            case Op::bit_or:
                return set(i.dst, b.CreateOr(get(i.a), get(i.b)));
            case Op::bit_xor:
                return set(i.dst, b.CreateXor(get(i.a), get(i.b)));
            case Op::shift_left:
            case Op::shift_right_signed:
            case Op::shift_right_unsigned:
                return shift(i);
            case Op::equal:
                return compare(i, llvm::CmpInst::ICMP_EQ);
            case Op::not_equal:
                return compare(i, llvm::CmpInst::ICMP_NE);
            case Op::less_signed:
                return compare(i, llvm::CmpInst::ICMP_SLT);
            case Op::less_unsigned:
                return compare(i, llvm::CmpInst::ICMP_ULT);
            case Op::less_equal_signed:
                return compare(i, llvm::CmpInst::ICMP_SLE);
            case Op::less_equal_unsigned:
                return compare(i, llvm::CmpInst::ICMP_ULE);
            case Op::cell_equals:
                return set(i.dst, truth(b.CreateICmpEQ(read(i.b), number(i.imm))));
            case Op::slots_between:
                return set(i.dst, b.CreateSDiv(b.CreateSub(get(i.a), get(i.b)), number(i.imm)));
            case Op::negate:
                return set(i.dst, b.CreateNeg(get(i.a)));
            case Op::bit_not:
                return set(i.dst, b.CreateNot(get(i.a)));
            case Op::logical_not:
                return set(i.dst, truth(b.CreateICmpEQ(get(i.a), number(0))));
            case Op::field:
                require_address(get(i.a));
                if (i.imm != 0) require_no_end(get(i.a));
                return set(i.dst, b.CreateAdd(get(i.a), number(i.imm)));
            case Op::element:
                require(b.CreateICmpULE(get(i.b), number(i.imm)));
                require_address(get(i.a));
                return set(i.dst, b.CreateAdd(get(i.a), b.CreateMul(get(i.b), number(i.c))));
            case Op::pointer_add:
                return pointer_add(i);
            case Op::per_cpu:
                return per_cpu(i);
            case Op::set_cell:
                return write(i.b, get(i.a));
            case Op::store:
                return store(i);
            case Op::check_index: {
                const std::uint64_t limit = index_limit(i) + ((i.imm & limit_is_cpus) != 0 ? 0 : 1);
                return require(b.CreateICmpULT(get(i.a), number(static_cast<std::int64_t>(limit))));
            }
            case Op::store_indexed: {
                const Value cell = indexed_cell(i);
                return write(cell, get(i.dst));
            }
            case Op::copy:
                require_call(s.calls.copy, get(i.a), get(i.b), number(i.imm));
                return;
            case Op::fill:
                return fill(i);
            case Op::invalidate:
                require_call(s.calls.invalidate, get(i.a), number(i.imm), number(0));
                return;
            case Op::progress:
                return call(s.calls.progress);
            case Op::age_times:
                return call(s.calls.age_times);
            case Op::prune:
                return give_back(number(effect_pruned));
            case Op::stop_at:
                write(i.b, number(i.imm));
                return give_back(number(step_done));
            case Op::not_happened:
                return give_back(number(step_not_happened));
            case Op::needs_detail:
                return give_back(number(step_needs_detail));
            case Op::burn:
                return burn();
            case Op::end:
                return give_back(get(0));
            case Op::end_effect:
                return give_back(number(effect_done));
            case Op::trap:
                b.CreateBr(giving_up);
                return;
            case Op::jump:
            case Op::jump_if_zero:
            case Op::jump_if_not_zero:
            case Op::push_argument:
            case Op::report:
                break;
        }
        assert(false);
    }
};

}  // namespace

std::string function_name(const Request& request)
{
    return (request.records_reads ? "reading_" : "run_") + std::to_string(request.entry);
}

void translate(const Surroundings& surroundings, const Request& request, llvm::Module& module)
{
    if (const Flow flow(surroundings.code, request.entry); flow.is_suitable)
        Translator(surroundings, request, flow, module).run();
}

}  // namespace lockstep::native
