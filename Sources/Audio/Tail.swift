/// Decides how long a rendered score sounds on after its end: until silence, but not for ever.
struct Tail {
    /// Where the score ends.
    private let start: Int
    /// Where the tail ends at the latest.
    let limit: Int
    /// Over how many frames before the limit the sound is faded out, so that it never ends with a click.
    private let fade: Int
    /// How many frames of quiet in a row make silence: 50 ms, a period of the lowest note.
    private let quietLength: Int
    private var quietFrames = 0

    /// What counts as quiet: 90 decibels below full scale, one step of 16 bits.
    private static let quietLevel: Float = 1 / 32_768

    init(start: Int, sampleRate: Int, maximumSeconds: Double) {
        let length = Int(maximumSeconds * Double(sampleRate))
        self.start = start
        limit = start + length
        fade = min(length, sampleRate / 2)
        quietLength = sampleRate / 20
    }

    /// Whether nothing more is to be heard from a frame on.
    func isOver(at frame: Int) -> Bool {
        frame >= limit || (frame >= start && (quietFrames >= quietLength || frame == 0))
    }

    /// Fades the end of the longest tail, and listens for silence.
    mutating func process(_ samples: inout MutableSpan<Float>, frames: Int, from first: Int) {
        for frame in 0..<frames {
            let left = limit - (first + frame)
            if left < fade {
                let factor = Float(max(0, left)) / Float(fade)
                samples[2 * frame] *= factor
                samples[2 * frame + 1] *= factor
            }
            let isQuiet =
                abs(samples[2 * frame]) < Self.quietLevel && abs(samples[2 * frame + 1]) < Self.quietLevel
            quietFrames = isQuiet ? quietFrames + 1 : 0
        }
    }
}
