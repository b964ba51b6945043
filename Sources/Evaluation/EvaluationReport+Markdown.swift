import Foundation

extension EvaluationReport {
    /// The report as rows of text, the columns' heads first: figures as mean ± half the width of the 95 % interval.
    ///
    /// Metrics that no row has are left out; a figure that a row does not have is a dash.
    public var cells: [[String]] {
        let columns = metrics.filter { metric in rows.contains { $0.values[metric] != nil } }
        let places = columns.map(decimalPlaces)
        let lines = rows.map { row in
            [row.name]
                + zip(columns, places).map { metric, places in
                    row.values[metric].map { Self.text($0, places: places) } ?? "-"
                }
        }
        return [["setting"] + columns] + lines
    }

    /// The report as a Markdown table of its cells.
    public var markdown: String {
        let cells = cells
        let rule = "|---|" + String(repeating: "---:|", count: cells[0].count - 1)
        let heading = title.isEmpty ? [] : ["### \(title)", ""]
        let lines = [Self.line(cells[0]), rule] + cells.dropFirst().map(Self.line)
        return (heading + lines).joined(separator: "\n") + "\n"
    }

    private static func line(_ cells: [String]) -> String {
        "| " + cells.map { $0.replacing("|", with: "\\|") }.joined(separator: " | ") + " |"
    }

    /// Distances and rates need three places; of steps in the tens one is enough.
    private func decimalPlaces(of metric: String) -> Int {
        rows.contains { abs($0.values[metric]?.mean ?? 0) >= 10 } ? 1 : 3
    }

    private static func text(_ estimate: Estimate, places: Int) -> String {
        let mean = String(format: "%.\(places)f", estimate.mean)
        guard let halfWidth = estimate.halfWidth else { return mean }
        return mean + " ± " + String(format: "%.\(places)f", halfWidth)
    }
}
