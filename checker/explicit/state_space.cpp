#include "explicit/state_space.h"

#include <algorithm>

namespace lockstep::explicit_engine {

StateSpace::StateSpace(const Program& program, Rendezvous* rendezvous)
    : shared_layout(std::make_shared<Layout>(make_layout(program))),
      shared_store(std::make_shared<StateStore>(shared_layout->words, rendezvous)),
      layout(*shared_layout),
      store(*shared_store),
      stepper(program, layout),
      cursor(store),
      outcomes(stepper, layout, cursor.words()),
      word_epoch(layout.words, 0)
{
}

StateSpace::StateSpace(const StateSpace& other)
    : shared_layout(other.shared_layout),
      shared_store(other.shared_store),
      layout(*shared_layout),
      store(*shared_store),
      stepper(other.stepper),
      cursor(other.cursor),
      outcomes(stepper, layout, cursor.words()),
      present(other.present),
      word_epoch(layout.words, 0)
{
    stepper.evaluator.cells = other.stepper.evaluator.cells;
}

StateCursor::Inserted StateSpace::insert(std::span<const std::int64_t> cells)
{
    std::vector<std::uint32_t> words(layout.words);
    pack(layout, cells, words.data());
    std::ranges::copy(cells, stepper.evaluator.cells.begin());
    const StateCursor::Inserted inserted = cursor.insert(words);
    present = inserted.state;
    outcomes.all_changed();
    return inserted;
}

void StateSpace::load(std::uint32_t state)
{
    present = state;
    cursor.load(state, changed_words);
    for (std::uint32_t word : changed_words) {
        if (word >= layout.words) continue;
        unpack_word(layout, word, cursor.words(), stepper.evaluator.cells.data());
        outcomes.word_changed(word);
    }
}

void StateSpace::note_word(std::uint32_t word)
{
    if (word_epoch[word] == epoch) return;
    word_epoch[word] = epoch;
    const std::uint32_t value = pack_word(layout, word, stepper.evaluator.cells.data());
    if (value != cursor.words()[word]) changes.push_back({word, value});
}

StateCursor::Inserted StateSpace::insert_successor(const StepView& step)
{
    const auto root = prepare_successor(step);
    return root ? cursor.insert(*root) : StateCursor::Inserted{present, false};
}

std::optional<StateCursor::Root> StateSpace::prepare_successor(const StepView& step)
{
    ++epoch;
    changes.clear();
    const auto& writes = stepper.evaluator.writes;
    for (std::size_t i = step.first_write; i < writes.size(); ++i) {
        const Layout::Cell& cell = layout.cells[writes[i].cell];
        if (cell.word == Layout::no_word) continue;
        note_word(cell.word);
        if (cell.mark_word != Layout::no_word) note_word(cell.mark_word);
        if (is_wide(cell, writes[i].before) || is_wide(cell, stepper.evaluator.cells[writes[i].cell]))
            cell.for_each_wide_word([&](std::uint32_t word) { note_word(word); });
    }
    if (changes.empty()) return std::nullopt;
    return cursor.prepare_successor(changes);
}

Step StateSpace::find_step(std::uint32_t from, std::uint32_t to)
{
    load(from);
    Step found;
    stepper.record_moves = true;
    stepper.all_steps([&](const StepView& view) {
        if (!found.empty() || view.trap.kind != nullptr || view.stopped) return;
        if (insert_successor(view).state == to) found.assign(view.moves.begin(), view.moves.end());
    });
    stepper.record_moves = false;
    return found;
}

}  // namespace lockstep::explicit_engine
