// The corpus file, version 1. Everything is unsigned and little-endian unless said otherwise.
//
// `varint` is LEB128: seven bits a byte, least significant first, the high bit set in every byte but the last, at most
// 32 bits of value. `text` is a varint, the number of bytes, and so many bytes of UTF-8.
//
//     header   8 bytes  "PJYSCORP"
//              1 byte   version: 1
//              8 bytes  length of the body in bytes
//     body     text     the corpus's name
//              1 byte   encoding: 0 sustain, 1 onset
//              1 byte   lowest pitch of the vocabulary
//              1 byte   highest pitch of the vocabulary
//              1 byte   lanes: 1...255
//              varint   number of groups, and each group: text, its name; 1 byte, its split: 0 train, 1 valid, 2 test
//              varint   number of pieces, and the pieces
//     trailer  8 bytes  FNV-1a hash (64 bits) of header and body
//
//     piece    text     name, unlike all others
//              varint   index of its group, which has the split
//              1 byte   key: 0 unknown, else 8 + fifths (1...15) for major, 23 + fifths (16...30) for minor
//              varint   steps in a quarter: 1...960
//              1 byte   beats in a bar: 1...255
//              1 byte   the note value of a beat, as a power of two: 0...7
//              varint   where in its bar step 0 lies: below the steps in a bar
//              varint   number of steps
//              runs     for each lane in turn, until they fill its steps
//
// A run is a note from its onset to its end (onset encoding), cells of one pitch (sustain), or cells of rest:
//
//     0iiiilll           i = 0...14: a note i - 7 semitones above the note before it in the lane (above pitch 60 for
//                        the first); i = 15: a rest. It lasts `shortLengths[l]` steps.
//     80, length - 1     a rest of 1...256 steps
//     81, pitch, length - 1    a note of 1...256 steps
//     82, length - 1     the note before goes on for 1...256 steps more
//
// No run is longer than 256 steps, so that no file can ask for more memory than a fixed multiple of its own size.

/// The numbers that the reader and the writer of corpus files share.
enum CorpusFormat {
    /// The bytes a corpus file begins with.
    static let magic = Array("PJYSCORP".utf8)
    /// The version that this code reads and writes.
    static let version: UInt8 = 1
    /// Magic, version and length of the body.
    static let headerCount = 17
    /// The hash at the end.
    static let trailerCount = 8

    /// The lengths, in steps, of runs of one byte.
    static let shortLengths = [1, 2, 3, 4, 6, 8, 12, 16]
    /// Added to an interval to make it a number from 0.
    static let intervalBias = 7
    /// What stands for a rest where others have their interval.
    static let shortRest = 15
    /// The pitch that the first note of a lane is measured from.
    static let startPitch = 60
    /// The longest run.
    static let maximumRun = 256

    /// First bytes of the runs that need more than one.
    enum LongRun {
        static let rest: UInt8 = 0x80
        static let note: UInt8 = 0x81
        static let goesOn: UInt8 = 0x82
    }

    /// The largest number of steps in a quarter that a file may name.
    static let maximumStepsPerQuarter = 960
    /// The largest meter denominator's exponent: 128th notes.
    static let maximumDenominatorExponent = 7
}

/// FNV-1a, 64 bits: short, the same on every machine and in every run.
struct StableHash {
    private(set) var value: UInt64 = 0xcbf2_9ce4_8422_2325

    mutating func combine(_ bytes: some Sequence<UInt8>) {
        for byte in bytes { value = (value ^ UInt64(byte)) &* 0x100_0000_01b3 }
    }
}
