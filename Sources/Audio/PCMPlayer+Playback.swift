import CALSA
import Glibc

extension PCMPlayer {
    /// What became of the playing.
    public struct Report: Hashable, Sendable {
        /// Frames handed to the device.
        public var frames = 0
        /// How often the device ran dry because samples came too late; larger periods, or more of them, help.
        public var underruns = 0
        /// How often the machine was suspended and the device resumed.
        public var suspensions = 0
        /// Whether the playing was cancelled before its end.
        public var wasCancelled = false
    }

    /// How long the device may take no samples before it counts as failed, in milliseconds.
    private static let patience: Int32 = 5_000

    /// Plays a source from where it stands to its end, and returns when the last sample has been heard.
    ///
    /// Cancelling fades out over one period, so that the sound ends within the device's buffer and without a click.
    ///
    /// - Parameters:
    ///   - source: What is played.
    ///   - isCancelled: Asked at every period; true ends the playing.
    ///   - progress: Told at every period how many seconds of the source have been heard.
    /// - Throws: `deviceLost`, `playbackFailed`, and what the source throws.
    /// - Precondition: The source's rate is the device's.
    public func play(
        _ source: some SampleSource, isCancelled: () -> Bool = { false },
        progress: (Double) -> Void = { _ in }
    ) throws(AudioError) -> Report {
        precondition(
            source.sampleRate == sampleRate, "source at \(source.sampleRate) Hz, device at \(sampleRate) Hz")
        let (underrunsBefore, suspensionsBefore) = (underruns, suspensions)
        var report = Report()
        var samples = [Float](repeating: 0, count: 2 * periodFrames)
        var converted = [Int16](repeating: 0, count: 2 * periodFrames)
        try prepare()
        while !report.wasCancelled {
            report.wasCancelled = isCancelled()
            var span = samples.mutableSpan
            let frames = try source.read(into: &span)
            if frames == 0 { break }
            if report.wasCancelled { Self.fadeOut(&span, frames: frames) }
            var target = converted.mutableSpan
            PCM16.convert(samples.span.extracting(first: 2 * frames), into: &target)
            report.frames += try write(converted, frames: frames, isCancelled: isCancelled)
            progress(Double(max(0, report.frames - framesWaiting())) / Double(sampleRate))
        }
        try drain(isCancelled: isCancelled)
        progress(Double(report.frames) / Double(sampleRate))
        report.underruns = underruns - underrunsBefore
        report.suspensions = suspensions - suspensionsBefore
        return report
    }

    private func prepare() throws(AudioError) {
        let status = snd_pcm_prepare(handle)
        if status < 0 { throw failure(status, "start") }
    }

    /// Hands over all frames, waiting for room as often as needed, and says how many the device took: all of them,
    /// unless it stalls while the playing is cancelled.
    private func write(_ samples: [Int16], frames: Int, isCancelled: () -> Bool) throws(AudioError) -> Int {
        var done = 0
        var waited: Int32 = 0
        while done < frames {
            let written = samples.withUnsafeBufferPointer { buffer in
                // The buffer is never empty.
                buffer.baseAddress.map { snd_pcm_writei(handle, $0 + 2 * done, UInt(frames - done)) } ?? 0
            }
            if written > 0 {
                done += written
                waited = 0
            } else if written == 0 || written == -Int(EAGAIN) {
                if waited >= Self.patience { throw stalled(milliseconds: Int(waited)) }
                if waited > 0, isCancelled() { break }
                let ready = snd_pcm_wait(handle, 250)
                if ready < 0 { try recover(from: ready, during: "play") }
                // A device that says it has room and takes nothing is no better than one that says nothing.
                waited += ready == 0 ? 250 : 1
                if ready > 0 { usleep(1_000) }
            } else {
                try recover(from: Int32(clamping: written), during: "play")
            }
        }
        return done
    }

    /// How many frames have been handed over but not heard.
    private func framesWaiting() -> Int {
        var delay: snd_pcm_sframes_t = 0
        return snd_pcm_delay(handle, &delay) < 0 ? 0 : max(0, Int(delay))
    }

    /// Waits until everything handed over has been heard; what a cancelled playing leaves beyond half a second is dropped.
    private func drain(isCancelled: () -> Bool) throws(AudioError) {
        var (last, waited) = (framesWaiting(), 0)
        while true {
            if isCancelled(), framesWaiting() > sampleRate / 2 {
                snd_pcm_drop(handle)
                return
            }
            // Not blocking: the device says EAGAIN until it is through. An underrun means that the end has been heard already.
            let status = snd_pcm_drain(handle)
            switch status {
            case 0..., -EPIPE: return
            case -EAGAIN: break
            case -ESTRPIPE: try recover(from: status, during: "play to the end")
            default: throw failure(status, "play to the end")
            }
            let left = framesWaiting()
            waited = left < last ? 0 : waited + 10
            // Some devices tell of no progress while they play to the end.
            if waited >= Int(Self.patience) + bufferFrames * 1_000 / sampleRate {
                throw stalled(milliseconds: waited)
            }
            last = left
            usleep(10_000)
        }
    }

    private func stalled(milliseconds: Int) -> AudioError {
        .playbackFailed(
            name: device, operation: "play", reason: "it took no samples for \(milliseconds / 1_000) seconds")
    }

    private static func fadeOut(_ samples: inout MutableSpan<Float>, frames: Int) {
        for frame in 0..<frames {
            let factor = Float(frames - 1 - frame) / Float(frames)
            samples[2 * frame] *= factor
            samples[2 * frame + 1] *= factor
        }
    }
}
