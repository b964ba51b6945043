import MIDIFile

extension Score {
    /// What to read of a MIDI file, and how much at most.
    public struct ReadingOptions: Hashable, Sendable {
        /// Which piece to read, from 0; other files than those of format 2 hold one.
        public var piece: Int?
        /// Whether ticks of SMPTE time code stay as they are, a quarter of the score being 24 to 30 frames at a
        /// constant tempo that makes all seconds exact, rather than become ticks of the tempo's quarters.
        public var keepsTimecodeTicks: Bool
        /// The longest piece to accept, in quarter notes: 100,000 are 14 hours at 120 a minute.
        public var maximumQuarters: Int

        /// Creates options; without any, a file of one piece is read that is not absurdly long.
        public init(piece: Int? = nil, keepsTimecodeTicks: Bool = false, maximumQuarters: Int = 100_000) {
            self.piece = piece
            self.keepsTimecodeTicks = keepsTimecodeTicks
            self.maximumQuarters = maximumQuarters
        }
    }

    /// Reads the music of a MIDI file.
    ///
    /// Tempo, meter and key are merged over all tracks; of several at one tick the last holds. In a file of
    /// format 1 the first track is the conductor's if it sends nothing to a channel, and every other track
    /// becomes a track of the score, silent ones too. A single track is parted by channel. Ticks of time code
    /// become ticks of the tempo's quarters unless they are to be kept. Texts are those of kind *text* and
    /// *copyright*, and a title: the name of the conductor's track. The notes follow the rules told at
    /// `ScoreWarning.Kind`, programs and controllers those told at `ChannelStates`.
    ///
    /// The score ends with the last of its tracks; the conductor's counts only if there is no other.
    ///
    /// - Throws: `ScoreError` if the piece is too long, or one of several and not chosen, or if events of a file
    ///   that was not decoded from bytes are out of order.
    public init(
        _ file: MIDIFile, options: ReadingOptions = ReadingOptions(), warnings: inout [ScoreWarning]
    ) throws(ScoreError) {
        let tracks = try Self.chosenTracks(of: file, piece: options.piece)
        for (index, track) in tracks.enumerated() {
            if let tick = track.firstMisplacedTick { throw .order(track: index, tick: tick) }
        }
        let clock = ScoreClock(
            division: file.division, tracks: tracks, keepsTimecodeTicks: options.keepsTimecodeTicks)
        // A quarter has at most 32,767 ticks: neither limit nor ticks can overflow once this is checked.
        let limit = max(0, min(options.maximumQuarters, 1 << 40))
        let length = tracks.lazy.map(\.endTick).max().map(clock.quarters(atTick:)) ?? 0
        guard length <= Double(limit) else {
            throw .tooLong(quarters: Int(min(length.rounded(.up), 0x1p52)), limit: limit)
        }

        var reader = TrackMerger(clock: clock, warnings: warnings)
        defer { warnings = reader.warnings }
        reader.read(tracks)
        self = reader.score()
    }

    /// Reads the music of a MIDI file, passing over what is not as it should be.
    public init(_ file: MIDIFile, options: ReadingOptions = ReadingOptions()) throws(ScoreError) {
        var warnings: [ScoreWarning] = []
        try self.init(file, options: options, warnings: &warnings)
    }

    private static func chosenTracks(
        of file: MIDIFile, piece: Int?
    ) throws(ScoreError) -> [MIDIFile.Track] {
        let count = file.pieceCount
        if piece == nil, count > 1 { throw .severalPieces(count) }
        let index = piece ?? 0
        guard (0..<count).contains(index) else { throw .noSuchPiece(index, count: count) }
        return file.format == .independentTracks ? [file.tracks[index]] : file.tracks
    }
}

/// Collects what the tracks of a file say into a score.
private struct TrackMerger {
    let clock: ScoreClock
    var warnings: [ScoreWarning] {
        get { collector.warnings }
        set { collector.warnings = newValue }
    }

    private var collector: NoteCollector
    private var states = ChannelStates()
    private var scoreTracks: [Score.Track] = []
    private var tempos: [Score.Tempo] = []
    private var meters: [Score.Meter] = []
    private var keys: [Score.Key] = []
    private var texts: [String] = []
    private var endTick = 0

    init(clock: ScoreClock, warnings: [ScoreWarning]) {
        self.clock = clock
        collector = NoteCollector(warnings: warnings)
    }

    mutating func read(_ tracks: [MIDIFile.Track]) {
        for (index, track) in tracks.enumerated() {
            let channels = track.channels
            if tracks.count == 1, channels.count > 1 {
                readParted(track, channels: channels)
            } else if index == 0, channels.isEmpty {
                readConductor(track)
                if tracks.count == 1 { endTick = clock.tick(track.endTick) }
            } else {
                let scoreTrack = scoreTracks.count
                scoreTracks.append(Score.Track())
                read(track, fileTrack: index) { _ in scoreTrack }
            }
        }
    }

    /// Reads a track that holds the voices of a whole piece, a channel each.
    private mutating func readParted(_ track: MIDIFile.Track, channels: [UInt8]) {
        scoreTracks = channels.map { _ in Score.Track() }
        read(track, fileTrack: 0, isWholePiece: true) { channels.firstIndex(of: $0) ?? 0 }
    }

    private mutating func readConductor(_ track: MIDIFile.Track) {
        for timed in track.events {
            guard case .meta(let meta) = timed.event else { continue }
            readMeta(meta, tick: clock.tick(timed.tick), fileTrack: 0, nameTrack: nil)
        }
    }

    private mutating func read(
        _ track: MIDIFile.Track, fileTrack: Int, isWholePiece: Bool = false,
        scoreTrack: (_ channel: UInt8) -> Int
    ) {
        let nameTrack = isWholePiece ? nil : scoreTracks.count - 1
        for timed in track.events {
            let tick = clock.tick(timed.tick)
            switch timed.event {
            case .meta(let meta):
                readMeta(meta, tick: tick, fileTrack: fileTrack, nameTrack: nameTrack)
            case .channel(let channel, let message):
                let track = scoreTrack(channel)
                collector.add(message, channel: channel, tick: tick, track: track, fileTrack: fileTrack)
                states.add(message, channel: channel, tick: tick, track: track)
            case .systemExclusive, .escape:
                break
            }
        }
        let trackEnd = clock.tick(track.endTick)
        collector.endTrack(tick: trackEnd, fileTrack: fileTrack)
        endTick = max(endTick, trackEnd)
    }

    /// Takes in a meta event; a name goes to `nameTrack`, or is a title if there is none.
    private mutating func readMeta(
        _ meta: MIDIFile.MetaEvent, tick: Int, fileTrack: Int, nameTrack: Int?
    ) {
        switch meta {
        case .text(.text, let bytes), .text(.copyright, let bytes):
            texts.append(String(midiText: bytes))
        case .text(.trackName, let bytes):
            if let nameTrack {
                if scoreTracks[nameTrack].name == nil {
                    scoreTracks[nameTrack].name = String(midiText: bytes)
                }
            } else if !bytes.isEmpty {
                texts.append(String(midiText: bytes))
            }
        case .tempo(let microseconds):
            if microseconds > 0 {
                tempos.append(Score.Tempo(tick: tick, microsecondsPerQuarter: microseconds))
            } else {
                warnings.note(.badTempo, tick: tick, track: fileTrack)
            }
        case .meter(let numerator, let denominatorPower, _, _):
            if numerator > 0, denominatorPower < 8 {
                meters.append(
                    Score.Meter(tick: tick, numerator: Int(numerator), denominator: 1 << denominatorPower))
            } else {
                warnings.note(.badMeter, tick: tick, track: fileTrack)
            }
        case .key(let fifths, let isMinor):
            if (-7...7).contains(fifths) {
                keys.append(Score.Key(tick: tick, fifths: Int(fifths), isMinor: isMinor))
            } else {
                warnings.note(.badKey, tick: tick, track: fileTrack)
            }
        default:
            break
        }
    }

    func score() -> Score {
        let notes = collector.notes.sorted(by: Note.scoreOrder)
        var tracks = scoreTracks
        states.assign(to: &tracks, notes: notes)
        let fixedTempo = clock.fixedTempo.map { [Score.Tempo(tick: 0, microsecondsPerQuarter: $0)] }
        return Score(
            ticksPerQuarter: clock.ticksPerQuarter, tracks: tracks, notes: notes,
            tempos: fixedTempo ?? merged(tempos, tick: \.tick), meters: merged(meters, tick: \.tick),
            keys: merged(keys, tick: \.tick), controls: states.controls, texts: texts, endTick: endTick)
    }

    /// Puts changes in order of time; of those at one tick the last stays.
    private func merged<Change>(_ changes: [Change], tick: KeyPath<Change, Int>) -> [Change] {
        let ordered = changes.enumerated().sorted {
            ($0.element[keyPath: tick], $0.offset) < ($1.element[keyPath: tick], $1.offset)
        }
        var result: [Change] = []
        for (_, change) in ordered {
            if result.last?[keyPath: tick] == change[keyPath: tick] { result.removeLast() }
            result.append(change)
        }
        return result
    }
}

extension Note {
    /// The order of a score's notes: start, track, pitch, channel.
    package static func scoreOrder(_ first: Note, _ second: Note) -> Bool {
        (first.startTick, first.track, first.pitch, first.channel)
            < (second.startTick, second.track, second.pitch, second.channel)
    }
}

extension MIDIFile.Track {
    /// The tick of the first event that comes before the one ahead of it, or after the track's end.
    fileprivate var firstMisplacedTick: Int? {
        var tick = 0
        for timed in events {
            if timed.tick < tick || timed.tick > endTick { return timed.tick }
            tick = timed.tick
        }
        return endTick < 0 ? endTick : nil
    }
}

extension String {
    /// Reads a text of a MIDI file, whose encoding is not told: UTF-8 if it is valid, else Latin-1.
    init(midiText bytes: [UInt8]) {
        self =
            String(validating: bytes, as: UTF8.self)
            ?? String(String.UnicodeScalarView(bytes.map { Unicode.Scalar($0) }))
    }
}
