/// Yields the samples of a source as they are, and keeps count of how loud they were.
public final class LevelMeter<Source: SampleSource>: SampleSource {
    /// How loud what has been read so far was.
    public private(set) var level = Level()
    private let source: Source

    /// Starts where a source stands.
    public init(_ source: Source) { self.source = source }

    /// Frames a second.
    public var sampleRate: Int { source.sampleRate }

    /// Yields the next samples; see `SampleSource`.
    ///
    /// - Throws: What the source throws.
    public func read(into buffer: inout MutableSpan<Float>) throws(AudioError) -> Int {
        let frames = try source.read(into: &buffer)
        var level = level
        for index in 0..<2 * frames { level.add(buffer[index]) }
        self.level = level
        return frames
    }
}

/// How loud some sound is.
public struct Level: Hashable, Sendable {
    /// The largest absolute sample; 1 is full scale.
    public private(set) var peak: Float = 0
    /// How many samples lie beyond full scale, where they are clipped when written or played.
    public private(set) var clippedCount = 0

    /// The level of silence.
    public init() {}

    /// Takes in a sample.
    public mutating func add(_ sample: Float) {
        peak = max(peak, abs(sample))
        if abs(sample) > 1 { clippedCount += 1 }
    }

    /// Takes in other sound.
    public mutating func add(_ other: Level) {
        peak = max(peak, other.peak)
        clippedCount += other.clippedCount
    }

    /// The largest gain, in hundredths or for very loud sound thousandths, that keeps the peak a decibel below full scale.
    ///
    /// - Parameter gain: The gain that the sound was made with.
    public func unclippedGain(insteadOf gain: Double) -> Double {
        let wanted = peak > 0 ? gain * 0.89 / Double(peak) : gain
        let parts = wanted < 0.1 ? 1_000.0 : 100
        return (wanted * parts).rounded(.down) / parts
    }
}
