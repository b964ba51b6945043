import PianoRoll

/// Turns a score, or a stream of notes that is still being made, into sound, block by block, so that playing can start at once
/// and memory stays flat.
///
/// The same notes, font and options always give the same samples, however many are asked for at a time.
public final class Renderer: SampleSource {
    /// How a score is rendered.
    public struct Options: Hashable, Sendable {
        /// Frames a second, 8,000...96,000.
        public var sampleRate = 44_100
        /// Volume, 0...10. At 0.5 four piano voices peak near 0.15, dense strings near 0.9.
        public var gain = 0.5
        /// Whether the room is heard.
        public var reverb = true
        /// Whether instruments that ask for it are thickened.
        public var chorus = true
        /// The most seconds kept after the score's end for notes and room to die away, 0...60.
        public var maximumTail = 5.0

        /// Creates options with the usual values.
        public init() {}
    }

    /// Frames a second.
    public var sampleRate: Int { options.sampleRate }
    /// The score's length in frames, without the tail; of a stream, of what has been asked for so far.
    public var scoreFrames: Int { timeline.endFrame }
    /// How many frames have been rendered for the reader so far.
    public private(set) var position = 0

    private let options: Options
    /// The score, or the present stretch of the stream.
    private var timeline: Timeline
    /// Yields the next stretch of a stream, nil after the last; nil for scores, and when the stream is over.
    private var stream: (() -> Timeline?)?
    private let synthesizer: Synthesizer
    /// How the sound dies away; nil while the end is not known.
    private var tail: Tail?

    /// The synthesizer's output that the reader has not taken yet. Its blocks begin and end at the same frames
    /// whatever the reader asks for, so that nothing in the synthesizer can make the samples depend on that.
    private var block: [Float]
    private var unread = 0..<0
    private var renderedFrames = 0
    private var nextEvent = 0

    /// The most frames rendered at a time, a multiple of the timeline's grain.
    private static let blockFrames = 1_024

    /// Prepares a score for rendering: loads the font and the instruments of the score's tracks.
    ///
    /// - Throws: `settingOutOfRange`, `scoreTooLong`, `soundFontUnusable`, `synthesizerFailed`.
    public convenience init(
        score: Score, soundFont: SoundFont, options: Options = Options()
    ) throws(AudioError) {
        try options.check()
        let timeline = try Timeline(score, sampleRate: options.sampleRate)
        try self.init(timeline, parts: timeline.parts, stream: nil, soundFont: soundFont, options: options)
    }

    /// Prepares what is rendered: a timeline, and the stretches that follow it.
    init(
        _ timeline: Timeline, parts: [Timeline.Part], stream: (() -> Timeline?)?, soundFont: SoundFont,
        options: Options
    ) throws(AudioError) {
        self.options = options
        self.timeline = timeline
        self.stream = stream
        synthesizer = try Synthesizer(
            soundFont: soundFont, options: options, channels: Timeline.channelCount(parts))
        for part in parts { try synthesizer.select(part) }
        block = [Float](repeating: 0, count: 2 * Self.blockFrames)
        if stream == nil { finish() }
    }

    /// The end is known: what sounds dies away from there.
    private func finish() {
        stream = nil
        tail = Tail(
            start: timeline.endFrame, sampleRate: options.sampleRate, maximumSeconds: options.maximumTail)
    }

    /// Yields the next samples; see `SampleSource`.
    ///
    /// - Throws: `synthesizerFailed`.
    public func read(into buffer: inout MutableSpan<Float>) throws(AudioError) -> Int {
        let wanted = buffer.count / 2 * 2
        var filled = 0
        while filled < wanted {
            if unread.isEmpty {
                unread = 0..<2 * (try renderBlock())
                if unread.isEmpty { break }
            }
            let count = min(wanted - filled, unread.count)
            for offset in 0..<count { buffer[filled + offset] = block[unread.lowerBound + offset] }
            unread = (unread.lowerBound + count)..<unread.upperBound
            filled += count
        }
        position += filled / 2
        return filled / 2
    }

    /// Renders all that is left; a stream has to end.
    ///
    /// - Parameter isCancelled: Asked at every block; true ends the work.
    /// - Throws: `synthesizerFailed`, `cancelled`.
    public func render(isCancelled: () -> Bool = { false }) throws(AudioError) -> AudioClip {
        var samples: [Float] = []
        samples.reserveCapacity(2 * (timeline.endFrame - min(position, timeline.endFrame) + 2 * sampleRate))
        samples.append(contentsOf: block[unread])
        while true {
            if isCancelled() { throw .cancelled }
            let frames = try renderBlock()
            if frames == 0 { break }
            samples.append(contentsOf: block[..<(2 * frames)])
        }
        unread = 0..<0
        position += samples.count / 2
        return AudioClip(sampleRate: sampleRate, samples: samples)
    }

    /// Renders up to the next event, at most a block, and says how many frames; 0 at the end.
    private func renderBlock() throws(AudioError) -> Int {
        playEvents()
        while renderedFrames >= timeline.endFrame, let stream {
            if let next = stream() {
                timeline = next
                nextEvent = 0
                playEvents()
            } else {
                synthesizer.releaseAll()
                finish()
            }
        }
        if tail?.isOver(at: renderedFrames) == true { return 0 }
        var end = renderedFrames + Self.blockFrames
        if let tail { end = min(end, tail.limit) }
        if nextEvent < timeline.events.count { end = min(end, timeline.events[nextEvent].frame) }
        if renderedFrames < timeline.endFrame { end = min(end, timeline.endFrame) }
        let frames = end - renderedFrames
        try block.withUnsafeMutableBufferPointer { buffer throws(AudioError) in
            // The block is never empty.
            guard let start = buffer.baseAddress else { return }
            try synthesizer.render(frames, into: start)
        }
        var span = block.mutableSpan
        tail?.process(&span, frames: frames, from: renderedFrames)
        renderedFrames = end
        return frames
    }

    /// Presses and releases the keys whose time has come.
    private func playEvents() {
        while nextEvent < timeline.events.count, timeline.events[nextEvent].frame <= renderedFrames {
            synthesizer.play(timeline.events[nextEvent])
            nextEvent += 1
        }
    }
}

extension Renderer.Options {
    /// Says which option is out of range, if one is.
    func check() throws(AudioError) {
        let ranges: [(String, Double, ClosedRange<Double>)] = [
            ("the sample rate", Double(sampleRate), 8_000...96_000),
            ("the gain", gain, 0...10),
            ("the longest tail", maximumTail, 0...60),
        ]
        for (name, value, range) in ranges where !range.contains(value) {
            throw .settingOutOfRange(
                name: name, value: value, lowest: range.lowerBound, highest: range.upperBound)
        }
    }
}
