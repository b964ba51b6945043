import Foundation

/// Runs a target, by its number, on bytes; what `driver.c` calls.
@_cdecl("pianojys_fuzz_run")
public func fuzzRun(target: Int32, bytes: UnsafePointer<UInt8>?, count: Int) {
    FuzzTarget.allCases[Int(target)].run(Array(UnsafeBufferPointer(start: bytes, count: count)))
}

/// Writes the seeds of a target into a folder; gives its number, -1 if there is none of that name.
@_cdecl("pianojys_fuzz_prepare")
public func fuzzPrepare(name: UnsafePointer<CChar>, folder: UnsafePointer<CChar>) -> Int32 {
    guard let target = FuzzTarget(rawValue: String(cString: name)),
        let index = FuzzTarget.allCases.firstIndex(of: target)
    else { return -1 }
    let folder = String(cString: folder)
    do {
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
        for (number, seed) in try target.seeds().enumerated() {
            try Data(seed).write(to: URL(fileURLWithPath: "\(folder)/seed-\(number)"))
        }
    } catch {
        return -1
    }
    return Int32(index)
}
