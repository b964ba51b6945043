import Corpus
import Foundation
import Training

/// What `evaluate --bound` answers.
struct BoundReport: Encodable {
    /// A figure of a whole split.
    struct Figure: Encodable {
        let natsPerFrame: Double
        /// 95 %, by bootstrap over pieces; nil for a single piece.
        let interval: [Double]?
        let natsPerCell: Double

        init(_ found: HeldOutBound) {
            natsPerFrame = found.perFrame
            natsPerCell = found.perCell
            let interval = found.pieces.count > 1 ? found.interval(seed: 1) : nil
            self.interval = interval.map { [$0.lowerBound, $0.upperBound] }
        }

        var text: String { BoundReport.text(natsPerFrame, interval) }
    }

    let model, corpus, split: String
    let pieces, frames: Int
    let transpositions: Int
    /// Noise levels of a window; nil along orders.
    let levels: Int?
    /// How many random orders were followed, or whether it was that of time, and in how many calls; nil calls are one for each cell.
    let orders: Int?
    let chronological: Bool?
    let calls: Int?
    let natsPerFrame: Double
    let interval: [Double]?
    let natsPerCell: Double
    /// What the random orders say together.
    let mixture, cellwise: Figure?

    /// Puts an answer together.
    ///
    /// - Parameters:
    ///   - bound: The bound.
    ///   - levels: The noise levels it was measured at, if it was.
    ///   - ensemble: Of orders, what was found besides.
    ///   - order: The orders, if it was measured along some.
    ///   - calls: In how many calls along each.
    init(
        _ bound: HeldOutBound, levels: Int? = nil, ensemble: OrderEnsemble? = nil,
        order: OrderEnsemble.Order? = nil, calls: Int? = nil, model: String, corpus: String,
        split: Corpus.Split, transpositions: Int
    ) {
        self.model = model
        self.corpus = corpus
        self.split = split.name
        pieces = bound.pieces.count
        frames = bound.pieces.reduce(0) { $0 + $1.frames }
        self.transpositions = transpositions
        self.levels = levels
        if case .random(let count) = order { orders = count } else { orders = nil }
        chronological = order == .chronological ? true : nil
        self.calls = calls
        let figure = Figure(bound)
        natsPerFrame = figure.natsPerFrame
        interval = figure.interval
        natsPerCell = figure.natsPerCell
        mixture = orders == nil ? nil : ensemble.map { Figure($0.mixture) }
        cellwise = orders == nil ? nil : ensemble.map { Figure($0.cellwise) }
    }

    /// A line for each figure.
    var text: String {
        var title = "\(split) split, \(pieces) \(pieces == 1 ? "piece" : "pieces"), \(frames) frames"
        if let orders { title += ", \(orders) random \(orders == 1 ? "order" : "orders")" }
        if chronological == true { title += ", in order of time" }
        if levels == nil {
            title += calls.map { ", \($0) \($0 == 1 ? "call" : "calls")" } ?? ", a cell a call"
        }
        let keys = transpositions == 1 ? "" : ", asked in \(transpositions) keys"
        var lines = ["\(title): \(Self.text(natsPerFrame, interval))\(keys)"]
        if let mixture { lines.append("mixture of the orders: \(mixture.text)") }
        if let cellwise {
            lines.append("each cell's mean over the orders, no likelihood: \(cellwise.text)")
        }
        return lines.joined(separator: "\n")
    }

    private static func text(_ natsPerFrame: Double, _ interval: [Double]?) -> String {
        let spread = interval.map { String(format: ", 95 %% interval %.3f to %.3f", $0[0], $0[1]) } ?? ""
        return String(format: "%.3f nats per frame", natsPerFrame) + spread
    }
}
