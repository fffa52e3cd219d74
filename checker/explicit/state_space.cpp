#include "explicit/state_space.h"

#include <algorithm>
#include <numeric>

namespace lockstep::explicit_engine {

namespace {

std::unique_ptr<CanonicalStates> make_canonical(const Stepper& stepper, const Layout& layout,
                                                const symmetry::CpuSymmetry* symmetry, Rendezvous* rendezvous)
{
    if (symmetry == nullptr || symmetry->classes.empty()) return nullptr;
    return std::make_unique<CanonicalStates>(stepper, layout, *symmetry, rendezvous);
}

}  // namespace

StateSpace::StateSpace(const Program& program, Rendezvous* rendezvous, const symmetry::CpuSymmetry* symmetry)
    : shared_layout(std::make_shared<Layout>(make_layout(program))),
      layout(*shared_layout),
      stepper(program, layout),
      canonical(make_canonical(stepper, layout, symmetry, rendezvous)),
      store(*(shared_store = std::make_shared<StateStore>(canonical ? canonical->bits_in_use() : bits_in_use(layout),
                                                          rendezvous))),
      cursor(store),
      outcomes(stepper, layout, cursor.words()),
      packed_changes(layout)
{
}

StateSpace::StateSpace(const Stepper& like, const symmetry::CpuSymmetry* symmetry)
    : layout(like.evaluator.layout),
      stepper(like),
      canonical(make_canonical(stepper, layout, symmetry, nullptr)),
      store(*(shared_store =
                  std::make_shared<StateStore>(canonical ? canonical->bits_in_use() : bits_in_use(layout), nullptr))),
      cursor(store),
      outcomes(stepper, layout, cursor.words()),
      packed_changes(layout)
{
}

StateSpace::StateSpace(const StateSpace& other)
    : shared_layout(other.shared_layout),
      shared_store(other.shared_store),
      layout(other.layout),
      stepper(other.stepper),
      canonical(other.canonical ? std::make_unique<CanonicalStates>(*other.canonical) : nullptr),
      store(*shared_store),
      cursor(other.cursor),
      outcomes(stepper, layout, cursor.words()),
      present(other.present),
      packed_changes(layout)
{
    stepper.evaluator.cells = other.stepper.evaluator.cells;
    if (canonical) return;
    for (std::uint32_t word = 0; word < layout.words; ++word) outcomes.word_changed(word);
    bring_cells();
}

StateCursor::Inserted StateSpace::insert(std::span<const std::int64_t> cells)
{
    std::ranges::copy(cells, stepper.evaluator.cells.begin());
    if (canonical) {
        const auto words = canonical->words_of(stepper.evaluator.cells);
        const StateCursor::Inserted inserted = cursor.insert(words);
        present = inserted.state;
        changed_words.resize(words.size());
        std::iota(changed_words.begin(), changed_words.end(), 0U);
        canonical->load(changed_words, cursor.words(), stepper.evaluator.cells);
        return inserted;
    }
    std::vector<std::uint32_t> words(layout.words);
    pack(layout, cells, words.data());
    const StateCursor::Inserted inserted = cursor.insert(words);
    present = inserted.state;
    outcomes.all_changed();
    return inserted;
}

std::uint32_t StateSpace::number_of(std::vector<std::int64_t>& cells)
{
    std::vector<StateCursor::Change> changes;
    const auto differing = [&](std::span<const std::uint32_t> words) {
        for (std::uint32_t word = 0; word < words.size(); ++word)
            if (words[word] != cursor.words()[word]) changes.push_back({word, words[word]});
    };
    if (canonical) {
        differing(canonical->words_of(cells));
    } else {
        std::vector<std::uint32_t> words(layout.words);
        pack(layout, cells, words.data());
        differing(words);
    }
    return changes.empty() ? present : cursor.insert_successor(changes).state;
}

void StateSpace::load(std::uint32_t state)
{
    come_to(state);
    bring_cells();
}

void StateSpace::come_to(std::uint32_t state)
{
    present = state;
    cursor.load(state, changed_words);
    if (canonical) return canonical->load(changed_words, cursor.words(), stepper.evaluator.cells);
    for (std::uint32_t word : changed_words)
        if (word < layout.words) outcomes.word_changed(word);
}

void StateSpace::shape()
{
    cursor.shape();
    if (canonical) canonical->shape();
}

void StateSpace::save(CheckpointWriter& out) const
{
    if (canonical) canonical->save(out);
    store.save(out);
}

void StateSpace::restore(CheckpointReader& in)
{
    if (canonical) canonical->restore(in);
    cursor.restore(in);
}

bool StateSpace::steps_of(std::span<const ProcessId> processes, const Stepper::Visitor& visit)
{
    if (!canonical) return outcomes.steps_of(processes, visit);
    bool any = false;
    for (ProcessId p : processes) any |= stepper.steps_of(p, visit);
    return any;
}

StateCursor::Inserted StateSpace::insert_successor(const StepView& step)
{
    const auto root = prepare_successor(step);
    return root ? cursor.insert(*root) : StateCursor::Inserted{present, false};
}

std::optional<StateCursor::Root> StateSpace::prepare_successor(const StepView& step)
{
    if (canonical) {
        const auto found = canonical->changes(stepper.evaluator, step.first_write);
        return found.empty() ? std::nullopt : std::optional(cursor.prepare_successor(found));
    }
    packed_changes.begin(cursor.words());
    packed_changes.write(stepper.evaluator, step.first_write);
    const auto changes = packed_changes.changes();
    if (changes.empty()) return std::nullopt;
    return cursor.prepare_successor(changes);
}

}  // namespace lockstep::explicit_engine
