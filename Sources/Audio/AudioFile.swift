import CSndFile
import OutputFiles

/// Writing sound files through libsndfile.
public enum AudioFile {
    /// The formats that can be written.
    public enum Format: String, Hashable, Sendable, CaseIterable {
        /// RIFF WAVE, 16 bits, not compressed.
        case wav
        /// FLAC, 16 bits, compressed without loss.
        case flac
        /// Ogg Vorbis, compressed with loss: at libsndfile's usual quality to a tenth or so.
        case ogg

        /// The format that a file name's ending says.
        ///
        /// - Throws: `unknownFileEnding`.
        public init(path: String) throws(AudioError) {
            let name = path.split(separator: "/").last ?? ""
            guard let dot = name.lastIndex(of: "."),
                let format = Format(rawValue: name[dot...].dropFirst().lowercased())
            else { throw .unknownFileEnding(path: path) }
            self = format
        }

        fileprivate var code: Int32 {
            switch self {
            case .wav: Int32(SF_FORMAT_WAV) | Int32(SF_FORMAT_PCM_16)
            case .flac: Int32(SF_FORMAT_FLAC) | Int32(SF_FORMAT_PCM_16)
            case .ogg: Int32(SF_FORMAT_OGG) | Int32(SF_FORMAT_VORBIS)
            }
        }
    }

    /// Writes all that a source yields to a file, in the format of the file's ending.
    ///
    /// The file appears under its name only when it is complete; before, and on any error, what stood there stays.
    /// Samples beyond full scale are clipped. Equal samples give equal bytes, but for Ogg, whose streams are numbered
    /// at random.
    ///
    /// - Parameters:
    ///   - source: What is written; memory stays flat however long it is.
    ///   - path: The file.
    ///   - comment: A text kept in the file, such as how the piece was made, or nil.
    ///   - quality: How much Ogg Vorbis keeps, 0...1, nil for libsndfile's usual 0.4; other formats keep all.
    ///   - isCancelled: Asked every tenth of a second of sound; true ends the work.
    /// - Returns: How many frames were written.
    /// - Throws: `unknownFileEnding`, `settingOutOfRange`, `cannotCreate`, `noSpace`, `writeFailed`, `cancelled`, and what the source throws.
    @discardableResult
    public static func write(
        _ source: some SampleSource, to path: String, comment: String? = nil, quality: Double? = nil,
        isCancelled: () -> Bool = { false }
    ) throws(AudioError) -> Int {
        let format = try Format(path: path)
        if let quality, !(0...1).contains(quality) {
            throw .settingOutOfRange(name: "the quality", value: quality, lowest: 0, highest: 1)
        }
        let output: OutputFile
        do throws(OutputFileError) { output = try OutputFile(path: path) } catch { throw AudioError(error) }
        let encoder = try Encoder(
            output, format: format, sampleRate: source.sampleRate, comment: comment, quality: quality)
        var samples = [Float](repeating: 0, count: 2 * 4_096)
        var total = 0
        while true {
            if isCancelled() { throw .cancelled }
            var span = samples.mutableSpan
            let frames = try source.read(into: &span)
            if frames == 0 { break }
            try encoder.write(samples, frames: frames)
            total += frames
        }
        try encoder.close()
        do throws(OutputFileError) { try output.commit() } catch { throw AudioError(error) }
        return total
    }

    /// libsndfile's handle on one file being written.
    private final class Encoder {
        private let output: OutputFile
        private let format: Format
        private var handle: OpaquePointer?
        private var buffer: [Int16] = []

        init(
            _ output: OutputFile, format: Format, sampleRate: Int, comment: String?, quality: Double?
        ) throws(AudioError) {
            self.output = output
            self.format = format
            var information = SF_INFO()
            information.samplerate = Int32(clamping: sampleRate)
            information.channels = Int32(AudioClip.channels)
            information.format = format.code
            var operations = OutputFile.soundFileOperations
            // The output outlives the handle: both end with this object, the handle in `deinit` at the latest.
            handle = sf_open_virtual(
                &operations, Int32(SFM_WRITE), &information, Unmanaged.passUnretained(output).toOpaque())
            guard let handle else {
                throw AudioError(output.failure(otherwise: String(cString: sf_strerror(nil))))
            }
            if var quality, format == .ogg {
                sf_command(
                    handle, Int32(SFC_SET_VBR_ENCODING_QUALITY), &quality, Int32(MemoryLayout<Double>.size))
            }
            _ = sf_set_string(handle, Int32(SF_STR_SOFTWARE), "pianojys")
            if let comment { _ = sf_set_string(handle, Int32(SF_STR_COMMENT), comment) }
        }

        deinit {
            if let handle { _ = sf_close(handle) }
        }

        func write(_ samples: [Float], frames: Int) throws(AudioError) {
            let written: sf_count_t
            if format == .ogg {
                // Vorbis keeps no sample exactly, so it gets the finest there are, clipped for its decoders' sake.
                let clipped = samples.prefix(2 * frames).map { $0.isNaN ? 0 : min(max($0, -1), 1) }
                written = sf_writef_float(handle, clipped, sf_count_t(frames))
            } else {
                if buffer.count < samples.count { buffer = [Int16](repeating: 0, count: samples.count) }
                var converted = buffer.mutableSpan
                PCM16.convert(samples.span.extracting(first: 2 * frames), into: &converted)
                written = sf_writef_short(handle, buffer, sf_count_t(frames))
            }
            // Some codecs report success after a failed write, so the output's own memory of errors counts too.
            guard written == frames, !output.hasFailed else {
                throw AudioError(output.failure(otherwise: String(cString: sf_strerror(handle))))
            }
        }

        /// Writes what the codec still holds, and the header's lengths.
        func close() throws(AudioError) {
            guard let handle else { return }
            self.handle = nil
            let status = sf_close(handle)
            guard status == 0, !output.hasFailed else {
                throw AudioError(output.failure(otherwise: String(cString: sf_error_number(status))))
            }
        }
    }
}
