// Each file is looked for and read once, however many translation units include it.
#pragma once

#include <llvm/ADT/IntrusiveRefCntPtr.h>
#include <llvm/Support/VirtualFileSystem.h>

namespace lockstep::frontend {

/// A file system that remembers what it said. May be used by several threads. The texts live as long as it does.
llvm::IntrusiveRefCntPtr<llvm::vfs::FileSystem> cached(llvm::IntrusiveRefCntPtr<llvm::vfs::FileSystem> files);

}  // namespace lockstep::frontend
