import CALSA

/// An ALSA playback device, opened and set up for 16-bit stereo: owns the C handle.
///
/// Its rate is the one nearest to the asked that the device runs at without conversion, so render at `sampleRate`.
public final class PCMPlayer {
    /// The device's name in ALSA, such as `default` or `hw:0,0`.
    public let device: String
    /// The device's actual rate, frames a second.
    public let sampleRate: Int
    /// How many frames are handed over at a time.
    public let periodFrames: Int
    /// How many frames the device holds: the latency, and how long the program may be kept from the processor.
    public let bufferFrames: Int

    let handle: OpaquePointer
    private(set) var underruns = 0
    private(set) var suspensions = 0

    /// Opens a device.
    ///
    /// - Parameters:
    ///   - device: Its name in ALSA.
    ///   - sampleRate: The rate asked for, frames a second.
    ///   - periodFrames: Frames handed over at a time; the device may choose another number near it.
    ///   - periods: How many periods the device holds, at least 2. At 44,100 Hz, four of 1,024 frames are 93 ms.
    /// - Throws: `settingOutOfRange`, `deviceUnavailable`, `deviceRefused`.
    public init(
        device: String = "default", sampleRate: Int = 44_100, periodFrames: Int = 1_024, periods: Int = 4
    ) throws(AudioError) {
        let ranges: [(String, Int, ClosedRange<Int>)] = [
            ("the sample rate", sampleRate, 8_000...96_000), ("the period size", periodFrames, 16...65_536),
            ("the number of periods", periods, 2...64),
        ]
        for (name, value, range) in ranges where !range.contains(value) {
            throw .settingOutOfRange(
                name: name, value: Double(value), lowest: Double(range.lowerBound),
                highest: Double(range.upperBound))
        }
        AudioLog.install()
        var opened: OpaquePointer?
        // Not blocking: a device that another program holds would keep us waiting until that program ends.
        let status = snd_pcm_open(&opened, device, SND_PCM_STREAM_PLAYBACK, Int32(SND_PCM_NONBLOCK))
        guard status >= 0, let handle = opened else {
            throw .deviceUnavailable(name: device, reason: Self.message(status))
        }
        do throws(AudioError) {
            let setup = Setup(handle: handle, device: device)
            let actual = try setup.hardware(
                rate: UInt32(sampleRate), period: UInt(periodFrames), periods: UInt(periods))
            try setup.software(period: actual.period, buffer: actual.buffer)
            self.sampleRate = Int(actual.rate)
            self.periodFrames = Int(actual.period)
            bufferFrames = Int(actual.buffer)
        } catch {
            snd_pcm_close(handle)
            throw error
        }
        self.device = device
        self.handle = handle
    }

    deinit {
        snd_pcm_close(handle)
    }

    /// alsa-lib's words for a status code.
    static func message(_ status: Int32) -> String { String(cString: snd_strerror(status)) }

    /// Gets the device going again after an underrun or a suspension, and counts it.
    ///
    /// - Throws: `deviceLost`, or `playbackFailed` if it is beyond recovery.
    func recover(from status: Int32, during operation: String) throws(AudioError) {
        switch -status {
        case EPIPE: underruns += 1
        case ESTRPIPE: suspensions += 1
        case EINTR: break
        default: throw failure(status, operation)
        }
        let result = snd_pcm_recover(handle, status, 1)
        if result < 0 { throw failure(result, operation) }
    }

    /// The error for a status code that ends the playing.
    func failure(_ status: Int32, _ operation: String) -> AudioError {
        // EIO is what a sound server leaves behind that ended.
        [-ENODEV, -EIO].contains(status) || snd_pcm_state(handle) == SND_PCM_STATE_DISCONNECTED
            ? .deviceLost(name: device)
            : .playbackFailed(name: device, operation: operation, reason: Self.message(status))
    }
}

/// Negotiating with a device that has just been opened.
private struct Setup {
    let handle: OpaquePointer
    let device: String

    func check(_ status: Int32, _ what: String) throws(AudioError) {
        guard status >= 0 else {
            throw .deviceRefused(name: device, what: what, reason: PCMPlayer.message(status))
        }
    }

    /// Sets format, rate and buffer, and says what the device took.
    func hardware(
        rate: UInt32, period: UInt, periods: UInt
    ) throws(AudioError) -> (rate: UInt32, period: UInt, buffer: UInt) {
        var allocated: OpaquePointer?
        try check(snd_pcm_hw_params_malloc(&allocated), "to be set up")
        defer { snd_pcm_hw_params_free(allocated) }
        try check(snd_pcm_hw_params_any(handle, allocated), "to be set up")
        try check(
            snd_pcm_hw_params_set_access(handle, allocated, SND_PCM_ACCESS_RW_INTERLEAVED),
            "interleaved samples")
        try check(snd_pcm_hw_params_set_format(handle, allocated, SND_PCM_FORMAT_S16), "16-bit samples")
        try check(snd_pcm_hw_params_set_channels(handle, allocated, 2), "two channels")
        // The synthesizer renders at any rate, which sounds better than alsa-lib's conversion.
        try check(snd_pcm_hw_params_set_rate_resample(handle, allocated, 0), "its own rate")
        var (rate, period, buffer, direction) = (rate, period, period * periods, Int32(0))
        try check(snd_pcm_hw_params_set_rate_near(handle, allocated, &rate, &direction), "\(rate) Hz")
        direction = 0
        try check(
            snd_pcm_hw_params_set_period_size_near(handle, allocated, &period, &direction),
            "periods of \(period)")
        try check(snd_pcm_hw_params_set_buffer_size_near(handle, allocated, &buffer), "a buffer of \(buffer)")
        try check(snd_pcm_hw_params(handle, allocated), "\(rate) Hz in periods of \(period)")
        try check(snd_pcm_hw_params_get_period_size(allocated, &period, &direction), "to tell its period")
        try check(snd_pcm_hw_params_get_buffer_size(allocated, &buffer), "to tell its buffer")
        return (rate, period, buffer)
    }

    /// Starts playing only when the buffer is full, and wakes us when a period is free.
    func software(period: UInt, buffer: UInt) throws(AudioError) {
        var allocated: OpaquePointer?
        try check(snd_pcm_sw_params_malloc(&allocated), "to be set up")
        defer { snd_pcm_sw_params_free(allocated) }
        try check(snd_pcm_sw_params_current(handle, allocated), "to be set up")
        let threshold = max(period, buffer / period * period)
        try check(snd_pcm_sw_params_set_start_threshold(handle, allocated, threshold), "a start threshold")
        try check(snd_pcm_sw_params_set_avail_min(handle, allocated, period), "a wake-up at each period")
        try check(snd_pcm_sw_params(handle, allocated), "its thresholds")
    }
}
