import CALSA
import Glibc
import PianoRoll

/// A connection to a port of ALSA's sequencer, such as a hardware synthesizer or another program: owns the C handle.
public final class SequencerPlayer {
    /// The port's name as it was given: CLIENT:PORT, in numbers or by the client's name.
    public let port: String

    private let handle: OpaquePointer
    private let ownPort: Int32

    /// Opens the sequencer and connects to a port.
    ///
    /// - Parameter port: CLIENT:PORT, such as "128:0", or "FLUID Synth:0".
    /// - Throws: `sequencerUnavailable`, `portUnavailable`.
    public init(port: String) throws(AudioError) {
        AudioLog.install()
        var opened: OpaquePointer?
        let status = snd_seq_open(&opened, "default", SND_SEQ_OPEN_OUTPUT, 0)
        guard status >= 0, let handle = opened else {
            throw .sequencerUnavailable(reason: PCMPlayer.message(status))
        }
        do throws(AudioError) {
            ownPort = try Self.connect(handle, to: port)
        } catch {
            snd_seq_close(handle)
            throw error
        }
        self.port = port
        self.handle = handle
    }

    deinit { snd_seq_close(handle) }

    /// Makes a port of our own, connects it to the one named, and says its number.
    private static func connect(_ handle: OpaquePointer, to name: String) throws(AudioError) -> Int32 {
        func check(_ status: Int32) throws(AudioError) -> Int32 {
            guard status >= 0 else {
                throw .portUnavailable(name: name, reason: PCMPlayer.message(status))
            }
            return status
        }
        _ = try check(snd_seq_set_client_name(handle, "pianojys"))
        let port = try check(
            snd_seq_create_simple_port(
                handle, "out", UInt32(SND_SEQ_PORT_CAP_READ | SND_SEQ_PORT_CAP_SUBS_READ),
                UInt32(SND_SEQ_PORT_TYPE_MIDI_GENERIC | SND_SEQ_PORT_TYPE_APPLICATION)))
        var address = snd_seq_addr_t()
        _ = try check(snd_seq_parse_address(handle, &address, name))
        _ = try check(snd_seq_connect_to(handle, port, Int32(address.client), Int32(address.port)))
        return port
    }

    /// Sends a score as it is to be heard, and returns at its end.
    ///
    /// However it ends, no note is left sounding and no pedal down. Messages are sent at their time and not queued ahead, so that cancelling
    /// leaves nothing behind; they may be late by what the machine keeps the program waiting.
    ///
    /// - Parameters:
    ///   - score: What is played.
    ///   - isCancelled: Asked fifty times a second; true ends the playing.
    ///   - progress: Told fifty times a second how many seconds have been played.
    /// - Returns: Whether the playing was cancelled.
    /// - Throws: `scoreTooLong`, `portFailed`.
    public func play(
        _ score: Score, isCancelled: () -> Bool = { false }, progress: (Double) -> Void = { _ in }
    ) throws(AudioError) -> Bool {
        let (messages, length) = try SequencerMessage.messages(of: score)
        let start = Self.now()
        var sounding: Set<Key> = []
        var pedals: Set<Key> = []
        func wait(until seconds: Double) -> Bool {
            while true {
                if isCancelled() { return false }
                let elapsed = Self.now() - start
                progress(min(elapsed, length))
                if elapsed >= seconds { return true }
                usleep(UInt32(min(seconds - elapsed, 0.02) * 1e6) + 1)
            }
        }
        do throws(AudioError) {
            for message in messages {
                if message.seconds > Self.now() - start, !wait(until: message.seconds) { break }
                switch message.kind {
                case .noteOn(let key, _): sounding.insert(Key(channel: message.channel, key: key))
                case .noteOff(let key): sounding.remove(Key(channel: message.channel, key: key))
                case .controller(let number, let value) where [64, 66, 67].contains(number):
                    let pedal = Key(channel: message.channel, key: number)
                    if value < 64 { pedals.remove(pedal) } else { pedals.insert(pedal) }
                case .program, .controller, .pitchBend: break
                }
                try send(message)
            }
            let isWhole = wait(until: length)
            try release(sounding, pedals: pedals)
            return !isWhole
        } catch {
            try? release(sounding, pedals: pedals)
            throw error
        }
    }

    /// A key, or the controller of a pedal, on a channel.
    private struct Key: Hashable {
        var channel: UInt8
        var key: UInt8
    }

    private func release(_ keys: Set<Key>, pedals: Set<Key>) throws(AudioError) {
        for pedal in pedals {
            let lifted = SequencerMessage.Kind.controller(number: pedal.key, value: 0)
            try send(SequencerMessage(seconds: 0, channel: pedal.channel, kind: lifted))
        }
        for key in keys {
            try send(SequencerMessage(seconds: 0, channel: key.channel, kind: .noteOff(key: key.key)))
        }
    }

    private func send(_ message: SequencerMessage) throws(AudioError) {
        var event = message.event(fromPort: ownPort)
        let status = snd_seq_event_output_direct(handle, &event)
        if status < 0 { throw .portFailed(name: port, reason: PCMPlayer.message(status)) }
    }

    private static func now() -> Double {
        var time = timespec()
        clock_gettime(CLOCK_MONOTONIC, &time)
        return Double(time.tv_sec) + Double(time.tv_nsec) / 1e9
    }
}
