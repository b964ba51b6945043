/// Something that yields stereo samples from its beginning to its end: a score being rendered, or a finished clip.
public protocol SampleSource: AnyObject {
    /// Frames a second.
    var sampleRate: Int { get }

    /// Yields the next samples, left and right in turn, nominally from -1 to 1.
    ///
    /// - Parameter buffer: Where they go; its length is even.
    /// - Returns: How many frames (pairs of samples) were written: `buffer.count / 2`, fewer only at the end, then 0.
    /// - Throws: What the source's own work throws.
    func read(into buffer: inout MutableSpan<Float>) throws(AudioError) -> Int
}

extension SampleSource {
    /// Reads all samples there are and tells the largest absolute one, keeping none.
    ///
    /// - Parameter isCancelled: Asked every tenth of a second of sound; true ends the work.
    /// - Throws: What reading throws, `cancelled`.
    public func peak(isCancelled: () -> Bool = { false }) throws(AudioError) -> Float {
        var samples = [Float](repeating: 0, count: 2 * 4_096)
        var peak: Float = 0
        while true {
            if isCancelled() { throw .cancelled }
            var span = samples.mutableSpan
            let frames = try read(into: &span)
            if frames == 0 { return peak }
            for index in 0..<2 * frames { peak = max(peak, abs(samples[index])) }
        }
    }
}

/// The 16-bit form of samples, the same for files and devices.
enum PCM16 {
    /// Rounds samples to 16 bits; full scale is 32,767, what lies beyond is clipped, and what is no number is silence.
    static func convert(_ samples: Span<Float>, into result: inout MutableSpan<Int16>) {
        precondition(samples.count <= result.count, "\(samples.count) samples into \(result.count)")
        for index in samples.indices {
            result[index] = convert(samples[index])
        }
    }

    /// Rounds one sample.
    static func convert(_ sample: Float) -> Int16 {
        guard !sample.isNaN else { return 0 }
        return Int16(min(max(sample * 32_767, -32_768), 32_767).rounded())
    }
}
