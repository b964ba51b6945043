/// Curves over one pair of axes, for tables that are better seen: values, not a picture; `svg` draws it.
public struct LinePlot: Hashable, Sendable {
    /// A point of a curve.
    public struct Point: Hashable, Sendable {
        /// Where it lies.
        public var x, y: Double
        /// The interval about y, drawn as a bar; nil for none.
        public var interval: ClosedRange<Double>?

        /// Creates a point.
        public init(x: Double, y: Double, interval: ClosedRange<Double>? = nil) {
            self.x = x
            self.y = y
            self.interval = interval
        }
    }

    /// What joins the points of a curve.
    public enum Style: Hashable, Sendable {
        /// A line.
        case line
        /// A broken line, for what others are measured by.
        case dashed
        /// Nothing: the points alone.
        case points
    }

    /// A curve.
    public struct Series: Hashable, Sendable {
        /// What the legend calls it.
        public var name: String
        /// Its points in the order in which they are joined.
        public var points: [Point]
        /// What joins them.
        public var style: Style
        /// Whether each point is marked.
        public var marks: Bool

        /// Creates a curve.
        public init(_ name: String, points: [Point], style: Style = .line, marks: Bool = true) {
            self.name = name
            self.points = points
            self.style = style
            self.marks = marks
        }
    }

    /// What stands above it.
    public var title: String
    /// The horizontal axis.
    public var x: Axis
    /// The vertical axis.
    public var y: Axis
    /// The curves, the first in front.
    public var series: [Series]

    /// Creates a plot.
    public init(title: String, x: Axis, y: Axis, series: [Series]) {
        self.title = title
        self.x = x
        self.y = y
        self.series = series
    }
}
