import Evaluation
import Plots

/// What an experiment found: tables, a picture of them, and what must be known to read them.
public struct ExperimentResult: Sendable {
    /// The experiment's name, as `pianojys reproduce` takes it.
    public var name: String
    /// What it is of.
    public var title: String
    /// What was done, and with what, a paragraph each.
    public var remarks: [String]
    /// The tables.
    public var tables: [EvaluationReport]
    /// The picture.
    public var picture: PlotSheet

    /// Puts a result together.
    public init(
        name: String, title: String, remarks: [String], tables: [EvaluationReport], picture: PlotSheet
    ) {
        self.name = name
        self.title = title
        self.remarks = remarks
        self.tables = tables.map(\.besideTwiceTheSteps)
        self.picture = picture
    }

    /// The result as a page of Markdown.
    ///
    /// - Parameters:
    ///   - command: What made it.
    ///   - pictureFile: Where the picture lies beside it.
    public func markdown(command: String, pictureFile: String) -> String {
        var parts = ["# \(title)", "Made by `\(command)`. Figures are means with 95 % intervals."]
        parts += remarks
        parts.append("![\(title)](\(pictureFile))")
        parts += tables.map { $0.markdown.trimmingSuffix { $0 == "\n" } }.map(String.init)
        return parts.joined(separator: "\n\n") + "\n"
    }
}

extension Sequence<Character> where Self: BidirectionalCollection {
    fileprivate func trimmingSuffix(while predicate: (Character) -> Bool) -> SubSequence {
        var end = endIndex
        while end > startIndex, predicate(self[index(before: end)]) { end = index(before: end) }
        return self[startIndex..<end]
    }
}

extension EvaluationReport {
    /// The table as curves over NFE, a column each; its rows are `NFE n`.
    func curves(dashed: Set<String> = ["uniform"]) -> [LinePlot.Series] {
        metrics.filter { $0 != Self.twice }.map { metric in
            let points = rows.compactMap { row -> LinePlot.Point? in
                guard let steps = Double(row.name.dropFirst(4)), let value = row.values[metric] else {
                    return nil
                }
                return LinePlot.Point(x: steps, y: value.mean, interval: value.interval)
            }
            return LinePlot.Series(metric, points: points, style: dashed.contains(metric) ? .dashed : .line)
        }
    }

    /// The name of the column with uniform schedules of twice as many steps.
    private static let twice = "uniform, 2 x NFE"

    /// The table with a column more, of what a uniform schedule gets in twice as many steps: what a better one should reach in half of
    /// them.
    var besideTwiceTheSteps: EvaluationReport {
        guard let place = metrics.firstIndex(of: "uniform"), !metrics.contains(Self.twice) else {
            return self
        }
        var result = self
        result.metrics.insert(Self.twice, at: place + 1)
        for index in rows.indices {
            let steps = rows[index].name.dropFirst(4)
            let other = rows.first { row in Int(steps).map { row.name == "NFE \(2 * $0)" } ?? false }
            result.rows[index].values[Self.twice] = other?.values["uniform"]
        }
        return result.rows.contains { $0.values[Self.twice] != nil } ? result : self
    }

    /// The row of a number of steps.
    static func row(_ steps: Int, _ values: [String: Estimate]) -> Row {
        Row(name: "NFE \(steps)", values: values)
    }

    /// The table as a plot over NFE, both axes logarithmic.
    func plot(_ label: String) -> LinePlot {
        LinePlot(
            title: title, x: Axis("NFE", scale: .logarithmic(base: 2)),
            y: Axis(label, scale: .logarithmic(base: 10)),
            series: curves())
    }
}
