import RealModule

/// One axis of a plot: what it measures, and how values become places along it.
public struct Axis: Hashable, Sendable {
    /// How values are spread along an axis.
    public enum Scale: Hashable, Sendable {
        /// Evenly.
        case linear
        /// By their logarithm, with labels at the powers of a base, of 10 where there are few at 2 and 5 times those too; values
        /// of 0 and below have no place on it.
        case logarithmic(base: Int)
    }

    /// What is measured, with its unit.
    public var label: String
    /// How values are spread.
    public var scale: Scale
    /// What is shown; nil for what the values need.
    public var range: ClosedRange<Double>?

    /// Creates an axis.
    public init(_ label: String, scale: Scale = .linear, range: ClosedRange<Double>? = nil) {
        self.label = label
        precondition(range.map { $0.lowerBound < $0.upperBound } ?? true, "an empty axis")
        precondition(scale == .linear || range.map { $0.lowerBound > 0 } ?? true, "a logarithm of 0")
        self.scale = scale
        self.range = range
    }

    /// Whether a value has a place on the axis: none beyond 1e100, where room about it would not be a number.
    package func shows(_ value: Double) -> Bool {
        abs(value) <= 1e100 && (scale == .linear || value >= 1e-100)
    }

    /// The axis with a range that shows the values: its own, or theirs with a little room; never empty.
    package func fitted(to values: [Double]) -> FittedAxis {
        let shown = values.filter(shows)
        var low = range?.lowerBound ?? shown.min() ?? 1
        var high = range?.upperBound ?? shown.max() ?? 1
        switch scale {
        case .linear:
            if low == high { (low, high) = (low - max(0.5, abs(low) / 2), high + max(0.5, abs(high) / 2)) }
            let room = range == nil ? 0.04 * (high - low) : 0
            // Nothing below zero is shown of what is never below it.
            return FittedAxis(axis: self, low: low >= 0 ? max(0, low - room) : low - room, high: high + room)
        case .logarithmic:
            if low == high { (low, high) = (low / 2, high * 2) }
            let room = range == nil ? Double.pow(high / low, 0.04) : 1
            return FittedAxis(axis: self, low: low / room, high: high * room)
        }
    }
}

/// An axis with its range.
package struct FittedAxis {
    let axis: Axis
    package let low: Double
    package let high: Double

    /// How far along the axis a value lies, 0...1 within the range.
    package func place(of value: Double) -> Double {
        switch axis.scale {
        case .linear: (value - low) / (high - low)
        case .logarithmic: .log(value / low) / .log(high / low)
        }
    }

    /// The values to label: round ones, about `count` of them.
    package func ticks(about count: Int) -> [Double] {
        switch axis.scale {
        case .linear: linearTicks(about: count)
        case .logarithmic(let base): logarithmicTicks(base: base, about: count)
        }
    }

    /// Multiples of 1, 2 or 5 times a power of ten.
    private func linearTicks(about count: Int) -> [Double] {
        let rough = (high - low) / Double(max(1, count))
        let power = Double.pow(10, Double.log10(rough).rounded(.down))
        let step = ([1, 2, 5, 10].first { $0 * power >= rough } ?? 10) * power
        let first = (low / step - 1e-9).rounded(.up)
        let last = (high / step + 1e-9).rounded(.down)
        guard last >= first else { return [] }
        return (0...Int(last - first)).map { (first + Double($0)) * step }
    }

    /// Powers of the base, some left out if there are many; of 10 their double and fivefold too if there are few; of a range
    /// between two of all these, round values.
    private func logarithmicTicks(base: Int, about count: Int) -> [Double] {
        let base = Double(base)
        let first = (Double.log(low) / .log(base) - 1e-9).rounded(.up)
        let last = (Double.log(high) / .log(base) + 1e-9).rounded(.down)
        if base == 10, last - first < 2 {
            let values = (Int(first) - 1...Int(last)).flatMap { power in
                [1, 2, 5].map { $0 * Double.pow(10, Double(power)) }
            }
            let shown = values.filter { $0 >= low * (1 - 1e-9) && $0 <= high * (1 + 1e-9) }
            if shown.count > 1 { return shown }
        }
        guard last > first else { return linearTicks(about: count).filter { $0 > 0 } }
        let stride = max(1, Int(((last - first) / Double(max(1, count))).rounded(.up)))
        return Swift.stride(from: Int(first), through: Int(last), by: stride).map { .pow(base, Double($0)) }
    }

    /// A value as it is written on the axis.
    package static func text(_ value: Double) -> String {
        let size = abs(value)
        if size != 0, size < 1e-3 || size >= 1e6 {
            let power = Double.log10(size).rounded(.down)
            let factor = text(rounded(value / .pow(10, power)))
            return "\(factor)e\(Int(power))"
        }
        let text = "\(rounded(value))"
        return text.hasSuffix(".0") ? String(text.dropLast(2)) : text
    }

    /// A value with the noise of its last digits taken off.
    private static func rounded(_ value: Double) -> Double { (value * 1e6).rounded() / 1e6 }
}
