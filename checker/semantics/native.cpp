// The evaluator's code as machine code, by LLVM's ORC JIT: what is compiled, and when. What becomes of an instruction
// stands in native_translator.cpp.
//
// Compiling costs a millisecond per entry point, LLVM's start some more. A short search never starts it: an entry point
// has to be hot, and the interpreter to have been busy for a while, before a thread is started; this takes all that has
// become hot meanwhile, makes one module of it, and goes to sleep when nothing more comes.
#include "semantics/native.h"

#include "semantics/code.h"
#include "semantics/native_translator.h"

#include <llvm/Analysis/CGSCCPassManager.h>
#include <llvm/Analysis/LoopAnalysisManager.h>
#include <llvm/ExecutionEngine/Orc/LLJIT.h>
#include <llvm/IR/Module.h>
#include <llvm/IR/Verifier.h>
#include <llvm/Passes/PassBuilder.h>
#include <llvm/Support/TargetSelect.h>
#include <llvm/Support/raw_ostream.h>
#include <llvm/Transforms/InstCombine/InstCombine.h>
#include <llvm/Transforms/Scalar/EarlyCSE.h>
#include <llvm/Transforms/Scalar/SROA.h>
#include <llvm/Transforms/Scalar/SimplifyCFG.h>

#include <algorithm>
#include <cassert>
#include <condition_variable>
#include <mutex>
#include <set>
#include <thread>
#include <vector>

namespace lockstep {

using native::Request;

namespace {

/// So many runs of the interpreter take some tenths of a second.
constexpr std::uint64_t runs_before_start = 4'000'000;

/// LLVM's part: from functions to machine code. Errors mean that there is none; the interpreter serves.
class Jit {
public:
    Jit()
    {
        llvm::InitializeNativeTarget();
        llvm::InitializeNativeTargetAsmPrinter();
        auto machine = llvm::orc::JITTargetMachineBuilder::detectHost();
        if (!machine) {
            llvm::consumeError(machine.takeError());
            return;
        }
        machine->setCodeGenOptLevel(llvm::CodeGenOptLevel::Less);
        auto made = llvm::orc::LLJITBuilder()
                        .setJITTargetMachineBuilder(std::move(*machine))
                        .setPlatformSetUp(llvm::orc::setUpInactivePlatform)
                        .create();
        if (!made) {
            llvm::consumeError(made.takeError());
            return;
        }
        jit = std::move(*made);
        builder.registerModuleAnalyses(modules);
        builder.registerCGSCCAnalyses(cgscc);
        builder.registerFunctionAnalyses(functions);
        builder.registerLoopAnalyses(loops);
        builder.crossRegisterProxies(loops, functions, cgscc, modules);
        passes.addPass(llvm::SROAPass(llvm::SROAOptions::ModifyCFG));
        passes.addPass(llvm::SimplifyCFGPass());
        passes.addPass(llvm::EarlyCSEPass(true));
        passes.addPass(llvm::InstCombinePass());
        passes.addPass(llvm::SimplifyCFGPass());
    }

    [[nodiscard]] bool works() const { return jit != nullptr; }

    /// `translate` fills a module; the result are the functions' addresses, 0 where there is none.
    template <typename Translate>
    std::vector<std::uintptr_t> compile(const std::vector<Request>& requests, Translate translate)
    {
        std::vector<std::uintptr_t> addresses(requests.size(), 0);
        auto context = std::make_unique<llvm::LLVMContext>();
        auto module = std::make_unique<llvm::Module>("steps", *context);
        module->setDataLayout(jit->getDataLayout());
        module->setTargetTriple(jit->getTargetTriple().str());
        translate(*module);
        for (llvm::Function& function : *module) {
            if (function.isDeclaration()) continue;
            assert(!llvm::verifyFunction(function, &llvm::errs()));
            passes.run(function, functions);
            functions.clear(function, function.getName());
        }
        std::set<std::string> made;
        for (const llvm::Function& function : *module)
            if (!function.isDeclaration()) made.insert(function.getName().str());
        if (auto error = jit->addIRModule(llvm::orc::ThreadSafeModule(std::move(module), std::move(context)))) {
            llvm::consumeError(std::move(error));
            return addresses;
        }
        for (std::size_t r = 0; r < requests.size(); ++r) {
            if (!made.contains(native::function_name(requests[r]))) continue;
            if (auto found = jit->lookup(native::function_name(requests[r])))
                addresses[r] = static_cast<std::uintptr_t>(found->getValue());
            else
                llvm::consumeError(found.takeError());
        }
        return addresses;
    }

private:
    std::unique_ptr<llvm::orc::LLJIT> jit;
    llvm::LoopAnalysisManager loops;
    llvm::FunctionAnalysisManager functions;
    llvm::CGSCCAnalysisManager cgscc;
    llvm::ModuleAnalysisManager modules;
    llvm::PassBuilder builder;
    llvm::FunctionPassManager passes;
};

}  // namespace

/// Keeps what is to be compiled, and compiles it.
class NativeCode::Compiler {
public:
    Compiler(std::shared_ptr<const Code> the_code, const Layout& layout, std::uint32_t cpus, const NativeCalls& calls,
             NativeMode the_mode)
        : code(std::move(the_code)), mode(the_mode), surroundings{*code, layout, calls, cpus, {}}
    {
    }

    ~Compiler()
    {
        {
            const std::scoped_lock lock(mutex);
            is_stopping = true;
        }
        wake.notify_one();
        if (thread.joinable()) thread.join();
    }

    using Slot = std::atomic<std::uintptr_t>;
    struct Job {
        Request request;
        Slot* slot;
    };

    const std::shared_ptr<const Code> code;
    const NativeMode mode;
    std::atomic<std::uint64_t> runs = 0;  // of the interpreter, by and large
    std::atomic<std::size_t> functions = 0;

    void compile_later(const Job& job)
    {
        const std::scoped_lock lock(mutex);
        pending.push_back(job);
        if (!thread.joinable()) thread = std::thread([this] { compile_pending(); });
        wake.notify_one();
    }

    void compile_now(const Job& job)
    {
        const std::scoped_lock lock(mutex);
        if (job.slot->load(std::memory_order_relaxed) < is_hot) compile({job});
    }

private:
    static constexpr std::size_t most_jobs = 32;  // at once: whoever waits for the end must not wait for long

    native::Surroundings surroundings;
    std::unique_ptr<Jit> jit;
    std::mutex mutex;  // of what follows
    std::condition_variable wake;
    std::vector<Job> pending;
    bool is_stopping = false;
    std::thread thread;

    void compile_pending()
    {
        for (;;) {
            std::vector<Job> jobs;
            {
                std::unique_lock lock(mutex);
                wake.wait(lock, [&] { return is_stopping || !pending.empty(); });
                if (is_stopping) return;
                const std::size_t count = std::min(most_jobs, pending.size());
                jobs.assign(pending.begin(), pending.begin() + static_cast<std::ptrdiff_t>(count));
                pending.erase(pending.begin(), pending.begin() + static_cast<std::ptrdiff_t>(count));
            }
            compile(jobs);
        }
    }

    void compile(const std::vector<Job>& jobs)
    {
        if (jit == nullptr) start();
        if (!jit->works()) return;
        std::vector<Request> requests;
        for (const Job& job : jobs) requests.push_back(job.request);
        const std::vector<std::uintptr_t> addresses = jit->compile(requests, [&](llvm::Module& module) {
            for (const Request& request : requests) native::translate(surroundings, request, module);
        });
        for (std::size_t j = 0; j < jobs.size(); ++j) {
            jobs[j].slot->store(addresses[j] != 0 ? addresses[j] : is_hot, std::memory_order_release);
            if (addresses[j] != 0) ++functions;
        }
    }

    void start()
    {
        const std::size_t addresses = surroundings.layout.addresses.size();
        surroundings.past_end.resize(addresses);
        for (std::size_t a = 0; a < addresses; ++a)
            surroundings.past_end[a] = is_past_end(surroundings.layout, static_cast<std::int64_t>(a)) ? 1 : 0;
        jit = std::make_unique<Jit>();
    }
};

NativeCode::NativeCode(std::shared_ptr<const Code> code, const Layout& layout, std::uint32_t cpus,
                       const NativeCalls& calls, NativeMode mode)
    : compiler(std::make_unique<Compiler>(std::move(code), layout, cpus, calls, mode))
{
    static_assert(sizeof(std::atomic<std::uintptr_t>) == sizeof(std::uintptr_t));
    // Zeros from the system: pages that nobody counts in cost nothing.
    const std::size_t count = 2 * compiler->code->instructions.size();
    slots.reset(static_cast<std::atomic<std::uintptr_t>*>(std::calloc(count, sizeof(std::uintptr_t))));
    if (slots == nullptr) throw std::bad_alloc();
}

NativeCode::~NativeCode() = default;

std::size_t NativeCode::functions() const { return compiler->functions; }

NativeFunction NativeCode::count_run(std::atomic<std::uintptr_t>& slot, std::uintptr_t runs, std::uint32_t entry,
                                     bool records_reads)
{
    if (runs == is_hot) return nullptr;
    const Compiler::Job job{{entry, records_reads}, &slot};
    if (compiler->mode == NativeMode::always) {
        compiler->compile_now(job);
        const std::uintptr_t made = slot.load(std::memory_order_acquire);
        return made > is_hot ? reinterpret_cast<NativeFunction>(made) : nullptr;
    }
    // Another thread may have counted meanwhile: then this run is not. It may have asked for the function, too, which
    // must not be asked for twice.
    if (runs + 1 < is_hot) {
        slot.compare_exchange_strong(runs, runs + 1, std::memory_order_relaxed);
        return nullptr;
    }
    // The interpreter has to have been busy, too; until then it begins to count anew.
    const std::uint64_t all = compiler->runs.fetch_add(is_hot, std::memory_order_relaxed);
    if (all < runs_before_start)
        slot.compare_exchange_strong(runs, 0, std::memory_order_relaxed);
    else if (slot.compare_exchange_strong(runs, is_hot, std::memory_order_relaxed))
        compiler->compile_later(job);
    return nullptr;
}

}  // namespace lockstep
