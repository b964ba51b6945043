/// A page to hear two schedules beside each other: values that `html()` makes one file of, which needs no other and no network.
///
/// It knows nothing of models: what it shows is given as text, pictures and sound. Equal values give equal pages.
public struct ComparisonPage: Hashable, Sendable {
    /// Something to know of the comparison, with its name.
    public struct Fact: Hashable, Sendable {
        /// What it is.
        public var name, value: String

        /// Creates a fact.
        public init(_ name: String, _ value: String) {
            self.name = name
            self.value = value
        }
    }

    /// One piece, made with one schedule.
    public struct Piece: Hashable, Sendable {
        /// The schedule's name, such as "uniform".
        public var schedule: String
        /// The roll, an SVG element.
        public var roll: String
        /// Its sound, nil where there is none.
        public var sound: Sound?
        /// The name of the MIDI file beside the page.
        public var midiFile: String
        /// The commands that make the piece and its sound again, a line each.
        public var commands: [String]

        /// Creates a piece.
        public init(
            schedule: String, roll: String, sound: Sound? = nil, midiFile: String, commands: [String]
        ) {
            self.schedule = schedule
            self.roll = roll
            self.sound = sound
            self.midiFile = midiFile
            self.commands = commands
        }
    }

    /// The sound of a piece, which the page holds in itself.
    public struct Sound: Hashable, Sendable {
        /// The bytes of an Ogg Vorbis file.
        public var ogg: [UInt8]
        /// The name of the same file beside the page.
        public var file: String

        /// Creates a sound.
        public init(ogg: [UInt8], file: String) {
            self.ogg = ogg
            self.file = file
        }
    }

    /// Two pieces that differ in their schedule alone.
    public struct Pair: Hashable, Sendable {
        /// The seed both came from.
        public var seed: UInt64
        /// Calls of the model for each window.
        public var nfe: Int
        /// The two.
        public var first, second: Piece

        /// Creates a pair.
        public init(seed: UInt64, nfe: Int, _ first: Piece, _ second: Piece) {
            self.seed = seed
            self.nfe = nfe
            self.first = first
            self.second = second
        }

        /// What the page calls it.
        public var name: String { "Seed \(seed), NFE \(nfe)" }

        /// Both pieces.
        var pieces: [Piece] { [first, second] }
        /// Whether both can be heard.
        var isHeard: Bool { pieces.allSatisfy { $0.sound != nil } }
    }

    /// The times at which a schedule calls the model.
    public struct Times: Hashable, Sendable {
        /// The schedule's name.
        public var schedule: String
        /// Calls of the model for each window.
        public var nfe: Int
        /// The times, falling to 0.
        public var times: [Double]

        /// Creates times.
        public init(schedule: String, nfe: Int, times: [Double]) {
            self.schedule = schedule
            self.nfe = nfe
            self.times = times
        }
    }

    /// A table of figures.
    public struct Table: Hashable, Sendable {
        /// What heads the columns, the names' own first.
        public var columns: [String]
        /// A line each: a name and its figures.
        public var rows: [[String]]
        /// What the figures are of.
        public var caption: String
        /// The command that prints them again.
        public var command: String

        /// Creates a table.
        ///
        /// - Precondition: Every row has as many cells as there are columns.
        public init(columns: [String], rows: [[String]], caption: String, command: String) {
            precondition(rows.allSatisfy { $0.count == columns.count }, "rows and columns differ")
            self.columns = columns
            self.rows = rows
            self.caption = caption
            self.command = command
        }
    }

    /// What stands above everything.
    public var title: String
    /// What is compared with what, in a sentence or two.
    public var introduction: String
    /// What was compared: the model, the task, the sampler, the seeds.
    public var facts: [Fact]
    /// The pairs in the order in which they are shown.
    public var pairs: [Pair]
    /// The times of the schedules.
    public var times: [Times]
    /// Plots of the times, SVG elements.
    public var timesPlots: [String]
    /// What there is to know of the schedules, such as that one is of another task.
    public var timesNotes: [String]
    /// The figures of the schedules, nil where none were measured.
    public var metrics: Table?
    /// The command that makes the page again.
    public var command: String
    /// The program and its version.
    public var maker: String

    /// Creates a page.
    public init(
        title: String, introduction: String, facts: [Fact], pairs: [Pair], times: [Times],
        timesPlots: [String], timesNotes: [String] = [], metrics: Table? = nil, command: String,
        maker: String
    ) {
        self.title = title
        self.introduction = introduction
        self.facts = facts
        self.pairs = pairs
        self.times = times
        self.timesPlots = timesPlots
        self.timesNotes = timesNotes
        self.metrics = metrics
        self.command = command
        self.maker = maker
    }
}
