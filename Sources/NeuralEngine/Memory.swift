#if canImport(Glibc)
import Glibc
#endif

/// Zeroed memory, aligned for vectors. Much of it comes from the kernel in huge pages, where it grants them: they come zeroed, at a fault
/// each two megabytes, and take few of the processor's page entries.
final class Memory {
    let start: UnsafeMutableRawPointer
    private let mapping: UnsafeMutableRawBufferPointer?
    private static let hugePage = 1 << 21

    init(bytes: Int, inHugePages: Bool) {
        let (length, page) = (bytes + Self.hugePage, UInt(Self.hugePage))
        let flags = MAP_PRIVATE | MAP_ANONYMOUS
        if bytes >= Self.hugePage,
            let base = mmap(nil, length, PROT_READ | PROT_WRITE, flags, -1, 0), base != MAP_FAILED
        {
            mapping = UnsafeMutableRawBufferPointer(start: base, count: length)
            start = base + Int((page - UInt(bitPattern: base) % page) % page)
            // If the kernel refuses, small pages serve.
            if inHugePages { _ = madvise(start, bytes, MADV_HUGEPAGE) }
        } else {
            mapping = nil
            start = .allocate(byteCount: bytes, alignment: 64)
            start.initializeMemory(as: UInt8.self, repeating: 0, count: bytes)
        }
    }

    deinit {
        if let mapping { munmap(mapping.baseAddress, mapping.count) } else { start.deallocate() }
    }
}
