import CFluidSynth
import Synchronization

/// FluidSynth's synthesizer with one sound font: owns the C handles.
///
/// It runs on one thread (`synth.cpu-cores` is 1): with more, FluidSynth adds voices up in an order that changes from
/// run to run, and the samples with it.
final class Synthesizer {
    private let settings: OpaquePointer
    private let synth: OpaquePointer

    /// Without audio drivers: they slow the start, and some print to standard error. FluidSynth takes this only
    /// before its first settings exist.
    private static let withoutDrivers: Void = {
        var none: UnsafePointer<CChar>?
        _ = fluid_audio_driver_register(&none)
    }()

    /// The first synthesizer fills tables that all share, and FluidSynth lets a second begin before they are full.
    private static let starting = Mutex(())

    /// Starts a synthesizer and loads its sound font.
    ///
    /// - Parameters:
    ///   - soundFont: The instruments.
    ///   - options: Sample rate, gain and effects.
    ///   - channels: How many channels, a multiple of 16 up to 256.
    /// - Throws: `soundFontUnusable`, `synthesizerFailed`.
    init(soundFont: SoundFont, options: Renderer.Options, channels: Int32) throws(AudioError) {
        AudioLog.install()
        _ = Self.withoutDrivers
        guard let settings = new_fluid_settings() else {
            throw .synthesizerFailed(operation: "start", reason: AudioLog.takeMessage() ?? "no settings")
        }
        let integers: [(String, Int32)] = [
            ("synth.midi-channels", channels), ("synth.cpu-cores", 1),
            ("synth.reverb.active", options.reverb ? 1 : 0), ("synth.chorus.active", options.chorus ? 1 : 0),
            // Only the samples of the programs in use are read: 10 ms instead of 35 for a font of 6 MB.
            ("synth.dynamic-sample-loading", 1), ("synth.lock-memory", 0),
            // One thread, and no MIDI or shell front end beside it.
            ("synth.threadsafe-api", 0),
        ]
        var isSet = true
        for (name, value) in integers where fluid_settings_setint(settings, name, value) != FLUID_OK {
            isSet = false
        }
        let numbers = [("synth.sample-rate", Double(options.sampleRate)), ("synth.gain", options.gain)]
        for (name, value) in numbers where fluid_settings_setnum(settings, name, value) != FLUID_OK {
            isSet = false
        }
        var started: OpaquePointer?
        if isSet { Self.starting.withLock { _ in started = new_fluid_synth(settings) } }
        guard let synth = started else {
            delete_fluid_settings(settings)
            throw .synthesizerFailed(operation: "start", reason: AudioLog.takeMessage() ?? "bad settings")
        }
        self.settings = settings
        self.synth = synth

        _ = AudioLog.takeMessage()
        guard fluid_synth_sfload(synth, soundFont.path, 1) != FLUID_FAILED else {
            throw .soundFontUnusable(
                path: soundFont.path, reason: AudioLog.takeMessage() ?? "FluidSynth refuses it")
        }
        // The best interpolation costs a fifth more time than the usual one.
        try check(
            fluid_synth_set_interp_method(synth, -1, Int32(FLUID_INTERP_7THORDER.rawValue)), "interpolate")
    }

    deinit {
        delete_fluid_synth(synth)
        delete_fluid_settings(settings)
    }

    /// Sets what a channel plays; a program that the font lacks is replaced by FluidSynth's nearest.
    func select(_ part: Timeline.Part) throws(AudioError) {
        let kind = part.isDrums ? CHANNEL_TYPE_DRUM : CHANNEL_TYPE_MELODIC
        try check(
            fluid_synth_set_channel_type(synth, part.channel, Int32(kind.rawValue)), "set a channel's type")
        try check(
            fluid_synth_program_change(synth, part.channel, part.program), "select program \(part.program)")
    }

    /// Presses or releases a key, or changes how a channel sounds.
    func play(_ event: Timeline.Event) {
        // All report failure for what sounds nothing (a drum that the kit lacks, a voice already ended by the
        // polyphony limit, a controller that FluidSynth has no use for), which is no fault.
        let channel = event.channel
        switch event.action {
        case .press(let key, let velocity): _ = fluid_synth_noteon(synth, channel, key, velocity)
        case .release(let key): _ = fluid_synth_noteoff(synth, channel, key)
        case .change(.controller(let number, let value), _):
            _ = fluid_synth_cc(synth, channel, Int32(number), Int32(value))
        case .change(.pitchBend(let value), _): _ = fluid_synth_pitch_bend(synth, channel, Int32(value))
        case .change(.program(let program), _): _ = fluid_synth_program_change(synth, channel, Int32(program))
        }
    }

    /// Releases all keys.
    func releaseAll() { _ = fluid_synth_all_notes_off(synth, -1) }

    /// Renders the next `frames` frames into interleaved left and right samples.
    func render(_ frames: Int, into samples: UnsafeMutablePointer<Float>) throws(AudioError) {
        try check(fluid_synth_write_float(synth, Int32(frames), samples, 0, 2, samples, 1, 2), "render")
    }

    private func check(_ status: Int32, _ operation: String) throws(AudioError) {
        guard status == FLUID_OK else {
            throw .synthesizerFailed(
                operation: operation, reason: AudioLog.takeMessage() ?? "status \(status)")
        }
    }
}
