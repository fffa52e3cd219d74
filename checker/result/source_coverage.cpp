#include "result/source_coverage.h"

#include <algorithm>

namespace lockstep::result {

namespace {

bool is_among(std::span<const std::string> own_files, const SourceFile& file)
{
    return std::ranges::find(own_files, file.name) != own_files.end();
}

void add(const Point& point, bool is_executed, SourceCoverage::File& file)
{
    switch (point.kind) {
        case Point::Kind::function:
            file.functions.push_back({point.function, point.place.line, is_executed});
            break;
        case Point::Kind::line:
            file.lines.push_back({point.place.line, is_executed});
            break;
        case Point::Kind::branch:
            file.branches.push_back({point.place.line, point.place.column, point.way, is_executed});
            break;
    }
}

}  // namespace

bool is_own_function(const Program& program, std::span<const std::string> own_files, PointId point)
{
    const Point& it = program.points[point];
    return it.kind == Point::Kind::function && is_among(own_files, program.files[it.place.file]);
}

SourceCoverage source_coverage(const Program& program, std::span<const std::string> own_files,
                               const std::vector<bool>& is_passed)
{
    IdVector<FileId, SourceCoverage::File> files;
    for (const SourceFile& file : program.files)
        files.add({file.name, file.path, is_among(own_files, file), {}, {}, {}});
    for (const PointId id : ids_of(program.points)) {
        const Point& point = program.points[id];
        add(point, is_passed[id.index] || point.is_passed_by_boot, files[point.place.file]);
    }
    SourceCoverage coverage;
    for (SourceCoverage::File& file : files) {
        if (file.functions.empty() && file.lines.empty()) continue;
        std::ranges::stable_sort(file.functions, {}, &SourceCoverage::Function::line);
        std::ranges::stable_sort(file.lines, {}, &SourceCoverage::Line::line);
        std::ranges::stable_sort(file.branches, {}, [](const SourceCoverage::Branch& branch) {
            return std::pair(branch.line, branch.column);
        });
        coverage.files.push_back(std::move(file));
    }
    std::ranges::stable_sort(coverage.files, {}, &SourceCoverage::File::name);
    return coverage;
}

}  // namespace lockstep::result
