/// How attention is cut into tiles.
struct AttentionShape {
    let batch, heads, headWidth, positions: Int
    /// The positions whose queries are answered.
    let queries: Range<Int>
    /// Heads and queries of a tile.
    let tileHeads, tileQueries: Int

    /// Elements of a tile's scores: half a megabyte in f32.
    private static let tileLimit = 1 << 17

    init(
        batch: Int, heads: Int, headWidth: Int, positions: Int, queries: Range<Int>? = nil, threads: Int
    ) {
        (self.batch, self.heads, self.headWidth, self.positions) = (batch, heads, headWidth, positions)
        self.queries = queries ?? 0..<positions
        let rows = max(1, min(self.queries.count, 128, Self.tileLimit / positions))
        tileQueries = rows
        tileHeads =
            (1...heads).last {
                heads % $0 == 0 && $0 * rows * positions <= Self.tileLimit
                    && batch * heads / $0 >= threads
            } ?? 1
    }

    /// Groups of heads of a sample, computed one after another or side by side.
    var groups: Int { batch * heads / tileHeads }
    var width: Int { heads * headWidth }

    /// The sample and the first head of a group.
    func place(of group: Int) -> (sample: Int, head: Int) {
        let perSample = heads / tileHeads
        return (group / perSample, group % perSample * tileHeads)
    }
}

/// One thread's tiles.
final class AttentionScratch {
    /// `[tileHeads, tileQueries, positions]`: scores and, for training, the gradient of the probabilities, f32; the
    /// probabilities and the gradient of the scores in the precision of the products, in f32 in the same places.
    let scores, probabilities: Buffer
    let probabilityGradient, scoreGradient: Buffer?
    /// `[tileHeads, tileQueries, headWidth]`, f32: what is gathered, not yet divided by the sums.
    let mixed: Buffer
    /// `[tileHeads, positions, headWidth]`, f32: gradients of keys and values, summed over the tiles of queries.
    let keyGradient, valueGradient: Buffer?

    init(_ shape: AttentionShape, precision: Precision, training: Bool) {
        let square = shape.tileHeads * shape.tileQueries * shape.positions
        scores = Buffer(.f32, count: square)
        probabilities = precision == .f32 ? scores : Buffer(precision, count: square)
        probabilityGradient = training ? Buffer(.f32, count: square) : nil
        scoreGradient =
            precision == .f32 || !training ? probabilityGradient : Buffer(precision, count: square)
        mixed = Buffer(.f32, count: shape.tileHeads * shape.tileQueries * shape.headWidth)
        let keys = shape.tileHeads * shape.positions * shape.headWidth
        keyGradient = training ? Buffer(.f32, count: keys) : nil
        valueGradient = training ? Buffer(.f32, count: keys) : nil
    }
}
