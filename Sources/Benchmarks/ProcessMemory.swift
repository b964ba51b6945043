import FoundationEssentials

/// The memory of this process.
public enum ProcessMemory {
    /// What lies in memory now, MiB; nil where the kernel does not say.
    public static var residentMiB: Double? {
        guard let status = try? String(contentsOfFile: "/proc/self/status", encoding: .utf8),
            let line = status.split(separator: "\n").first(where: { $0.hasPrefix("VmRSS:") }),
            let kibibytes = line.split(separator: " ").dropFirst().first.flatMap({ Double($0) })
        else { return nil }
        return kibibytes / 1_024
    }
}
