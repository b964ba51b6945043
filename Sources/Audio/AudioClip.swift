/// Stereo sound in memory.
public struct AudioClip: Hashable, Sendable {
    /// Frames a second.
    public var sampleRate: Int
    /// Left and right samples in turn, nominally from -1 to 1.
    public var samples: [Float]

    /// Creates a clip.
    ///
    /// - Precondition: `sampleRate` is positive and `samples.count` even.
    public init(sampleRate: Int, samples: [Float]) {
        precondition(sampleRate > 0 && samples.count % 2 == 0, "\(samples.count) samples at \(sampleRate) Hz")
        self.sampleRate = sampleRate
        self.samples = samples
    }

    /// How many channels a clip has: left and right.
    public static let channels = 2

    /// How many frames (pairs of samples) there are.
    public var frameCount: Int { samples.count / Self.channels }

    /// Length in seconds.
    public var duration: Double { Double(frameCount) / Double(sampleRate) }

    /// The largest absolute sample; above 1 the clip will be clipped when written or played.
    public var peak: Float { samples.reduce(0) { max($0, abs($1)) } }

    /// The root of the mean square over all samples, 0 for an empty clip.
    public var rootMeanSquare: Double {
        guard !samples.isEmpty else { return 0 }
        let sum = samples.reduce(0.0) { $0 + Double($1) * Double($1) }
        return (sum / Double(samples.count)).squareRoot()
    }

    /// Multiplies every sample; two clips to be compared are scaled by one factor.
    public mutating func scale(by factor: Float) {
        for index in samples.indices { samples[index] *= factor }
    }

    /// Scales the clip so that its peak stands at a level; a silent clip stays as it is.
    ///
    /// - Parameter peak: The level; 0.89 is one decibel below full scale.
    public mutating func normalize(toPeak peak: Float = 0.89) {
        let current = self.peak
        if current > 0 { scale(by: peak / current) }
    }

    /// The samples as they are written to a file or a device: 16 bits, clipped.
    public var pcm16: [Int16] { samples.map(PCM16.convert) }

    /// Writes the clip to a file; see `AudioFile.write`.
    public func write(to path: String, comment: String? = nil) throws(AudioError) {
        try AudioFile.write(Reader(self), to: path, comment: comment)
    }

    /// Yields a clip's samples from beginning to end.
    public final class Reader: SampleSource {
        private let clip: AudioClip
        private var position = 0

        /// Starts at the beginning of a clip.
        public init(_ clip: AudioClip) { self.clip = clip }

        /// Frames a second.
        public var sampleRate: Int { clip.sampleRate }

        /// Yields the next samples; see `SampleSource`.
        public func read(into buffer: inout MutableSpan<Float>) -> Int {
            let count = min(buffer.count / 2 * 2, clip.samples.count - position)
            for index in 0..<count { buffer[index] = clip.samples[position + index] }
            position += count
            return count / 2
        }
    }
}
