/// Figures of several settings side by side: a row a setting, a column a metric.
public struct EvaluationReport: Hashable, Sendable, Codable {
    /// The figures of a setting.
    public struct Row: Hashable, Sendable, Codable {
        /// The setting, such as "uniform, NFE 8" or "Bach, test split".
        public var name: String
        /// The figures by the metric's name; one that does not apply is missing.
        public var values: [String: Estimate]

        /// Creates a row.
        public init(name: String, values: [String: Estimate]) {
            self.name = name
            self.values = values
        }

        /// The row without some of its figures.
        public func without(_ metrics: [String]) -> Row {
            Row(name: name, values: values.filter { !metrics.contains($0.key) })
        }
    }

    /// What the report is of.
    public var title: String
    /// The metrics in the order of the columns.
    public var metrics: [String]
    /// The settings in order.
    public var rows: [Row]

    /// Creates a report; the columns are those of `Evaluator` unless given.
    public init(title: String, metrics: [String] = Evaluator.metrics, rows: [Row] = []) {
        self.title = title
        self.metrics = metrics
        self.rows = rows
    }
}
