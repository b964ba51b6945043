/// The shape of a denoising transformer.
///
/// The letters used in the shapes of this module: `B` batch, `P` positions, `G` cells a position holds, `S` states,
/// `W` width, `H` heads, `F` feed-forward width, `C` context features.
public struct TransformerConfiguration: Hashable, Sendable, Codable {
    /// States of a cell, MASK not counted, `S`.
    public var stateCount: Int
    /// Cells of one step of time; a grid has `lanes * steps` cells, step by step.
    public var lanes: Int
    /// Cells that share one position of the transformer, `G`: `lanes` (a position per step) or 1 (one per cell).
    public var cellsPerPosition: Int
    /// The number of steps that the model is trained on; shorter grids work too.
    public var steps: Int
    /// How many values each context feature of a step can take, `[C]`: the place in the bar and the like.
    public var contextSizes: [Int]
    /// Components of a position's vector, `W`, a multiple of 32.
    public var width: Int
    /// Encoder blocks.
    public var layers: Int
    /// Attention heads, `H`; `width / heads` is a multiple of 32.
    public var heads: Int
    /// Width of the feed-forward layer, `F`.
    public var feedforward: Int
    /// Taps of the depthwise convolution before attention, odd; 0 leaves the convolution out.
    public var convolutionTaps: Int
    /// Whether the last context feature is the time, in as many levels as it has values. Masks tell it by their number; other noise does not.
    public var tellsTime: Bool {
        get { timeIsTold == true }
        set { timeIsTold = newValue ? true : nil }
    }
    /// Missing in the files of models that are not told.
    private var timeIsTold: Bool?
    /// How tokens are compared with each other; nil if they are not. For models of a position per step.
    public var relations: Relations?

    /// Creates a configuration.
    public init(
        stateCount: Int, lanes: Int, cellsPerPosition: Int? = nil, steps: Int, contextSizes: [Int] = [],
        width: Int = 256, layers: Int = 6, heads: Int = 8, feedforward: Int? = nil, convolutionTaps: Int = 5
    ) {
        self.stateCount = stateCount
        self.lanes = lanes
        self.cellsPerPosition = cellsPerPosition ?? lanes
        self.steps = steps
        self.contextSizes = contextSizes
        self.width = width
        self.layers = layers
        self.heads = heads
        self.feedforward = feedforward ?? 4 * width
        self.convolutionTaps = convolutionTaps
    }

    /// The token of a cell that is hidden.
    public var mask: UInt16 { UInt16(stateCount) }
    /// The token of a cell beyond the end of the piece.
    public var padding: UInt16 { UInt16(stateCount + 1) }
    /// Positions of the transformer for a grid of so many steps, `P`.
    public func positions(steps: Int) -> Int { steps * lanes / cellsPerPosition }
    /// The positions of such a grid, shared out evenly.
    func shares(ofSteps steps: Int, of count: Int) -> [Range<Int>] {
        let positions = positions(steps: steps)
        return (0..<count).map { positions * $0 / count..<positions * ($0 + 1) / count }
    }
    /// Rows of the embedding summed at a position: `G` cells, `C` context features, and the lane where each cell
    /// has its own position.
    var features: Int {
        cellsPerPosition + contextSizes.count + (cellsPerPosition == lanes ? 0 : 1)
            + (relations?.featureSizes(lanes: lanes).count ?? 0)
    }

    /// Rows of the embedding.
    var embeddingRows: Int {
        cellsPerPosition * (stateCount + 2) + contextSizes.reduce(0, +)
            + (cellsPerPosition == lanes ? 0 : lanes)
            + (relations?.featureSizes(lanes: lanes).reduce(0, +) ?? 0)
    }

    /// Scores of a cell that the head gives: of each state, and of each distance from what the cell is compared with.
    var scoreCount: Int {
        stateCount + (relations.map { $0.references(lanes: lanes) * $0.distances } ?? 0)
    }

    /// Context features besides the time.
    public var givenContexts: Int { contextSizes.count - (tellsTime ? 1 : 0) }

    /// The first level of time that the model is told apart from 0: below it, it has not learnt what rates are; 0 if it is not told.
    public var firstTime: Double { tellsTime ? 1 / Double(contextSizes.last ?? 1) : 0 }

    /// The context features of a sample at time t in 0...1, `[steps, C]`: those given, and the time where it is told.
    ///
    /// - Parameter given: `[steps, givenContexts]`.
    public func contexts(_ given: [Int32], steps: Int, at time: Double) -> [Int32] {
        precondition(given.count == steps * givenContexts, "\(given.count) context features")
        guard tellsTime, let levels = contextSizes.last else { return given }
        let level = Int32(max(0, min(levels - 1, Int(time * Double(levels)))))
        return (0..<steps).flatMap { given[$0 * givenContexts..<($0 + 1) * givenContexts] + [level] }
    }

    private var widthFault: String {
        let below = min(max(width, 32), 8192) / 32 * 32
        let choices = below == width || below == 8192 ? "\(below)" : "\(below) or \(below + 32)"
        return "width \(width) is not a multiple of 32 in 32...8192: \(choices) would do"
    }

    private var headsFault: String {
        let fitting = (1...width / 32).filter { width / 32 % $0 == 0 }.map(String.init)
        let first = fitting.dropLast().joined(separator: ", ")
        return "heads \(heads): width / heads is to be a multiple of 32, so that a width of \(width) takes "
            + (first.isEmpty ? "" : first + " or ") + fitting[fitting.count - 1]
    }

    /// Throws unless the numbers fit together; said of a configuration that was read from a file.
    public func validate() throws(ModelError) {
        func require(_ condition: Bool, _ fault: @autoclosure () -> String) throws(ModelError) {
            guard condition else { throw .configuration(fault()) }
        }
        let sane = 1...(1 << 16)
        try require(sane.contains(stateCount) && stateCount < 1 << 15, "stateCount \(stateCount)")
        try require((1...1024).contains(lanes), "lanes \(lanes)")
        try require(
            cellsPerPosition == 1 || cellsPerPosition == lanes, "cellsPerPosition \(cellsPerPosition)")
        try require(sane.contains(steps), "steps \(steps)")
        try require(contextSizes.count <= 16 && contextSizes.allSatisfy(sane.contains), "contextSizes")
        try require(!tellsTime || !contextSizes.isEmpty, "time without a context feature")
        try require((32...8192).contains(width) && width % 32 == 0, widthFault)
        try require((1...256).contains(layers), "layers \(layers)")
        try require(heads >= 1 && width % heads == 0 && width / heads % 32 == 0, headsFault)
        try require(
            feedforward >= 16 && feedforward <= 1 << 16 && feedforward % 16 == 0, "feedforward \(feedforward)"
        )
        try require(
            convolutionTaps == 0 || (convolutionTaps % 2 == 1 && (1...15).contains(convolutionTaps)),
            "convolutionTaps \(convolutionTaps)")
        if let relations {
            try require(cellsPerPosition == lanes, "relations without a position per step")
            try require((0..<stateCount).contains(relations.first), "relations from token \(relations.first)")
            try require(
                (1...256).contains(relations.limit) && lanes <= 64, "relations up to \(relations.limit)")
        }
    }
}
