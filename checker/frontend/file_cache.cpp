// The units of a model include nearly the same headers, and each unit looks for every header in every directory before
// it reads it: hundreds of system calls, nearly all of them for what another unit has been told already. A failure is
// remembered as well. Files do not change while they are read, so the units also see the same text.
#include "frontend/file_cache.h"

#include <llvm/ADT/StringMap.h>
#include <llvm/Support/MemoryBuffer.h>

#include <memory>
#include <mutex>
#include <optional>
#include <string>

namespace lockstep::frontend {

namespace {

class RememberedFile : public llvm::vfs::File {
public:
    RememberedFile(llvm::vfs::Status the_status, std::string the_name, llvm::MemoryBufferRef the_text)
        : file_status(std::move(the_status)), name(std::move(the_name)), text(the_text)
    {
    }

    llvm::ErrorOr<llvm::vfs::Status> status() override { return file_status; }
    llvm::ErrorOr<std::string> getName() override { return name; }
    llvm::ErrorOr<std::unique_ptr<llvm::MemoryBuffer>> getBuffer(const llvm::Twine& buffer_name, std::int64_t, bool,
                                                                 bool) override
    {
        return llvm::MemoryBuffer::getMemBuffer(text.getBuffer(), buffer_name.str());
    }
    std::error_code close() override { return {}; }

private:
    llvm::vfs::Status file_status;
    std::string name;
    llvm::MemoryBufferRef text;
};

class FileCache : public llvm::vfs::ProxyFileSystem {
public:
    using ProxyFileSystem::ProxyFileSystem;

    llvm::ErrorOr<llvm::vfs::Status> status(const llvm::Twine& path) override
    {
        const std::string key = path.str();
        const std::scoped_lock lock(mutex);
        std::optional<llvm::ErrorOr<llvm::vfs::Status>>& known = statuses[key];
        if (!known) known = ProxyFileSystem::status(key);
        return *known;
    }

    llvm::ErrorOr<std::unique_ptr<llvm::vfs::File>> openFileForRead(const llvm::Twine& path) override
    {
        const std::string key = path.str();
        const std::scoped_lock lock(mutex);
        std::optional<llvm::ErrorOr<Contents>>& known = contents[key];
        if (!known) known.emplace(read(key));
        if (!*known) return known->getError();
        const Contents& file = known->get();
        return std::make_unique<RememberedFile>(file.status, file.name, file.text->getMemBufferRef());
    }

private:
    struct Contents {
        llvm::vfs::Status status;
        std::string name;
        std::unique_ptr<llvm::MemoryBuffer> text;
    };

    std::mutex mutex;
    llvm::StringMap<std::optional<llvm::ErrorOr<llvm::vfs::Status>>> statuses;
    llvm::StringMap<std::optional<llvm::ErrorOr<Contents>>> contents;

    llvm::ErrorOr<Contents> read(const std::string& path)
    {
        auto file = ProxyFileSystem::openFileForRead(path);
        if (!file) return file.getError();
        auto status = (*file)->status();
        if (!status) return status.getError();
        auto name = (*file)->getName();
        if (!name) return name.getError();
        auto text = (*file)->getBuffer(path);
        if (!text) return text.getError();
        return Contents{std::move(*status), std::move(*name), std::move(*text)};
    }
};

}  // namespace

llvm::IntrusiveRefCntPtr<llvm::vfs::FileSystem> cached(llvm::IntrusiveRefCntPtr<llvm::vfs::FileSystem> files)
{
    return llvm::makeIntrusiveRefCnt<FileCache>(std::move(files));
}

}  // namespace lockstep::frontend
