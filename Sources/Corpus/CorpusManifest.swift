/// What is known of MIDI files besides their notes, by file name: given to a corpus's builder as `manifest.json`.
///
/// Other members of the JSON are passed over, so that a manifest can also say where its files come from.
public struct CorpusManifest: Hashable, Sendable, Codable {
    /// What is known of one file.
    public struct Entry: Hashable, Sendable, Codable {
        /// The file, by its path within the folder.
        public var file: String
        /// What the piece is called, unlike all others; without it, the file's path less its ending.
        public var name: String?
        /// The split it stands in, `train`, `valid` or `test`; without it, the group decides.
        public var split: String?
        /// What it shares with variants of itself; the builder joins more groups by their notes.
        public var group: String?

        /// Creates an entry.
        public init(file: String, name: String? = nil, split: String? = nil, group: String? = nil) {
            self.file = file
            self.name = name
            self.split = split
            self.group = group
        }
    }

    /// What the corpus is called.
    public var name: String?
    /// How many voices its pieces have.
    public var lanes: Int?
    /// The files, in the order in which they are to stand.
    public var pieces: [Entry]

    /// Creates a manifest.
    public init(name: String? = nil, lanes: Int? = nil, pieces: [Entry] = []) {
        self.name = name
        self.lanes = lanes
        self.pieces = pieces
    }
}
