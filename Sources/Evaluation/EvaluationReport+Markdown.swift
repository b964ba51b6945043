import Foundation

extension EvaluationReport {
    /// The report as a Markdown table: figures as mean ± half the width of the 95 % interval.
    ///
    /// Metrics that no row has are left out; a figure that a row does not have is a dash.
    public var markdown: String {
        let columns = metrics.filter { metric in rows.contains { $0.values[metric] != nil } }
        let header = Self.line(["setting"] + columns)
        let rule = "|---|" + String(repeating: "---:|", count: columns.count)
        let lines = rows.map { row in
            Self.line([row.name] + columns.map { row.values[$0].map(Self.text) ?? "-" })
        }
        let heading = title.isEmpty ? [] : ["### \(title)", ""]
        return (heading + [header, rule] + lines).joined(separator: "\n") + "\n"
    }

    private static func line(_ cells: [String]) -> String {
        "| " + cells.map { $0.replacing("|", with: "\\|") }.joined(separator: " | ") + " |"
    }

    private static func text(_ estimate: Estimate) -> String {
        // Steps of copied runs are whole numbers of tens; distances and rates need three places.
        let places = abs(estimate.mean) >= 10 ? 1 : 3
        let mean = String(format: "%.\(places)f", estimate.mean)
        guard let halfWidth = estimate.halfWidth else { return mean }
        return mean + " ± " + String(format: "%.\(places)f", halfWidth)
    }
}
