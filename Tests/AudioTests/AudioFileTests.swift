import Audio
import CSndFile
import Glibc
import Testing

@Suite struct AudioFileTests {
    private let folder = TemporaryFolder()

    private func clip() throws -> AudioClip {
        try Renderer(score: .twoBars, soundFont: SoundFont.locate()).render()
    }

    /// What libsndfile reads from a file.
    private func read(_ path: String) -> (samples: [Int16], rate: Int, channels: Int, comment: String?) {
        var information = SF_INFO()
        guard let handle = sf_open(path, Int32(SFM_READ), &information) else { return ([], 0, 0, nil) }
        defer { sf_close(handle) }
        var samples = [Int16](repeating: 0, count: Int(information.frames) * Int(information.channels))
        _ = sf_readf_short(handle, &samples, information.frames)
        let comment = sf_get_string(handle, Int32(SF_STR_COMMENT)).map { String(cString: $0) }
        return (samples, Int(information.samplerate), Int(information.channels), comment)
    }

    @Test(arguments: ["wav", "flac"]) func losslessFormatsKeepEverySample(ending: String) throws {
        let (clip, path) = (try clip(), "\(folder.path)/out.\(ending)")
        try clip.write(to: path, comment: "seed 7")
        let found = read(path)
        #expect(found.samples == clip.pcm16)
        #expect(found.rate == 44_100 && found.channels == 2 && found.comment == "seed 7")
        #expect(folder.contents == ["out.\(ending)"])
    }

    @Test func vorbisKeepsTheSoundInLessSpace() throws {
        let (clip, path) = (try clip(), "\(folder.path)/out.OGG")
        try clip.write(to: path)
        let (found, original) = (read(path), clip.pcm16)
        #expect(found.samples.count == original.count)
        var (error, power) = (0.0, 0.0)
        for (left, right) in zip(found.samples, original) {
            error += (Double(left) - Double(right)) * (Double(left) - Double(right))
            power += Double(right) * Double(right)
        }
        #expect(error < power / 30)
        #expect(bytes(ofFile: path).count < original.count / 4)
        #expect(bytes(ofFile: path).starts(with: Array("OggS".utf8)))
    }

    @Test func lessQualityIsLessSpace() throws {
        let clip = try clip()
        let sizes = try [0, 0.4, nil, 1].map { quality in
            let path = "\(folder.path)/out.ogg"
            try AudioFile.write(AudioClip.Reader(clip), to: path, quality: quality)
            #expect(read(path).samples.count == clip.samples.count)
            return bytes(ofFile: path).count
        }
        #expect(sizes[0] < sizes[1] && sizes[1] == sizes[2] && sizes[2] < sizes[3], "\(sizes)")
        for quality in [-0.1, 1.1, .nan] {
            #expect(throws: AudioError.self) {
                try AudioFile.write(AudioClip.Reader(clip), to: "\(folder.path)/no.ogg", quality: quality)
            }
        }
        #expect(folder.contents == ["out.ogg"])
    }

    @Test func theLoudestSampleIsFound() throws {
        let clip = AudioClip(sampleRate: 44_100, samples: (0..<20_000).map { $0 == 12_345 ? -0.75 : 0.25 })
        #expect(try AudioClip.Reader(clip).peak() == 0.75)
        #expect(try AudioClip.Reader(AudioClip(sampleRate: 44_100, samples: [])).peak() == 0)
        #expect(throws: AudioError.cancelled) { try AudioClip.Reader(clip).peak { true } }
    }

    @Test func aWAVIsHeaderAndSamplesAsTheyStandInTheStandard() throws {
        let path = "\(folder.path)/out.wav"
        let clip = AudioClip(sampleRate: 48_000, samples: [0, 1, -1, 0.5])
        try clip.write(to: path)
        let file = bytes(ofFile: path)
        #expect(file.starts(with: Array("RIFF".utf8)))
        #expect(file[8..<16].elementsEqual("WAVEfmt ".utf8))
        // PCM, 2 channels, 48,000 Hz.
        #expect(file[20..<28].elementsEqual([1, 0, 2, 0, 0x80, 0xBB, 0, 0]))
        // The length in the header is the file's.
        let length = file[4..<8].reversed().reduce(0) { $0 << 8 | Int($1) }
        #expect(length == file.count - 8)
    }

    @Test func streamsAreWrittenLikeClips() throws {
        let renderer = try Renderer(score: .twoBars, soundFont: SoundFont.locate())
        let clip = try clip()
        let frames = try AudioFile.write(renderer, to: "\(folder.path)/stream.wav")
        try clip.write(to: "\(folder.path)/clip.wav")
        #expect(frames == clip.frameCount)
        #expect(bytes(ofFile: "\(folder.path)/stream.wav") == bytes(ofFile: "\(folder.path)/clip.wav"))
    }

    @Test(arguments: ["out", "out.mp3", "wav", ".wav/out", "out.wav.", "-"])
    func endingsThatNameNoFormatAreRefused(path: String) {
        #expect(throws: AudioError.unknownFileEnding(path: path)) { try AudioFile.Format(path: path) }
    }

    @Test func anEmptyClipMakesAnEmptyFile() throws {
        try AudioClip(sampleRate: 44_100, samples: []).write(to: "\(folder.path)/out.wav")
        #expect(read("\(folder.path)/out.wav").channels == 2)
    }

    @Test func foldersThatAreMissingOrInTheWayAreSaid() throws {
        let missing = "\(folder.path)/nowhere/out.wav"
        let reason = "there is no folder \(folder.path)/nowhere"
        #expect(throws: AudioError.cannotCreate(path: missing, reason: reason)) {
            try AudioFile.write(Tone(frames: 10), to: missing)
        }
        mkdir("\(folder.path)/out.wav", 0o755)
        defer { rmdir("\(folder.path)/out.wav") }
        #expect(throws: AudioError.cannotCreate(path: "\(folder.path)/out.wav", reason: "it is a folder")) {
            try AudioFile.write(Tone(frames: 10), to: "\(folder.path)/out.wav")
        }
        #expect(folder.contents == ["out.wav"])
    }

    /// Where even root cannot create files.
    @Test func aFolderThatTakesNoFilesIsSaid() {
        do {
            try AudioFile.write(Tone(frames: 10), to: "/proc/out.wav")
            Issue.record("written into /proc")
        } catch {
            guard case .cannotCreate("/proc/out.wav", _) = error else {
                return #expect(Bool(false), "\(error)")
            }
        }
    }

    @Test func aCancelledFileLeavesWhatStoodThere() throws {
        let path = "\(folder.path)/out.wav"
        try AudioFile.write(Tone(frames: 10), to: path)
        let before = bytes(ofFile: path)
        var asked = 0
        #expect(throws: AudioError.cancelled) {
            try AudioFile.write(Tone(frames: 1_000_000), to: path) {
                asked += 1
                return asked > 3
            }
        }
        #expect(bytes(ofFile: path) == before)
        #expect(folder.contents == ["out.wav"])
    }

    /// A limit on the size of files holds for the whole process, hence one of its own.
    @Test(arguments: ["wav", "flac", "ogg"]) func aRefusedWriteLeavesNothing(ending: String) async {
        await #expect(processExitsWith: .success) { [ending] in
            signal(SIGXFSZ, SIG_IGN)
            var limit = rlimit(rlim_cur: 40_000, rlim_max: 40_000)
            guard setrlimit(__rlimit_resource_t(RLIMIT_FSIZE.rawValue), &limit) == 0 else { exit(1) }
            let status = TemporaryFolder.with { folder -> Int32 in
                let path = "\(folder.path)/out.\(ending)"
                let expected = AudioError.writeFailed(path: path, reason: "File too large")
                guard failure(writing: 1_000_000, to: path) == expected else { return 2 }
                return folder.contents.isEmpty ? EXIT_SUCCESS : 3
            }
            exit(status)
        }
    }

    /// Whether this process may mount a file system, as root may outside most containers.
    private static let canMount: Bool = {
        let folder = TemporaryFolder()
        guard mount("tmpfs", folder.path, "tmpfs", 0, "size=64k") == 0 else { return false }
        return umount(folder.path) == 0
    }()

    /// What a codec holds back until the end must not be lost in silence either: hence the short tone.
    @Test(
        .enabled(if: canMount, "needs the right to mount"), arguments: ["wav", "flac", "ogg"],
        [1_000_000, 3_000])
    func aFullDiskLeavesNothing(ending: String, frames: Int) {
        #expect(mount("tmpfs", folder.path, "tmpfs", 0, "size=4k") == 0)
        defer { umount(folder.path) }
        let path = "\(folder.path)/out.\(ending)"
        #expect(failure(writing: frames, to: path) == .noSpace(path: path))
        #expect(folder.contents.isEmpty)
    }
}

/// The error of writing a tone, if there is one.
private func failure(writing frames: Int, to path: String) -> AudioError? {
    do throws(AudioError) {
        try AudioFile.write(Tone(frames: frames), to: path)
        return nil
    } catch {
        return error
    }
}
