extension LinePlot: SheetElement {
    /// The elements of the picture within a box whose upper left corner is the origin.
    public func elements(width: Double, height: Double) -> [String] {
        Picture(self, width: width, height: height).elements
    }
}

/// Draws one plot.
private struct Picture {
    let plot: LinePlot
    let (left, right): (Double, Double)
    let (top, bottom): (Double, Double)
    let x: FittedAxis
    let y: FittedAxis

    init(_ plot: LinePlot, width: Double, height: Double) {
        self.plot = plot
        (left, right) = (58, width - 14)
        // The legend takes a row for every two curves.
        let rows = Double((plot.series.count + 1) / 2)
        (top, bottom) = (34 + 16 * rows, height - 44)
        let points = plot.series.flatMap(\.points)
        x = plot.x.fitted(to: points.map(\.x))
        y = plot.y.fitted(
            to: points.flatMap { [$0.y, $0.interval?.lowerBound ?? $0.y, $0.interval?.upperBound ?? $0.y] })
    }

    var elements: [String] { heading + grid + curves }

    /// Pixels from the left; what is out of range lies just beyond the edge.
    private func across(_ value: Double) -> Double {
        left + Self.bounded(x.place(of: value)) * (right - left)
    }
    private func up(_ value: Double) -> Double { bottom - Self.bounded(y.place(of: value)) * (bottom - top) }
    private static func bounded(_ place: Double) -> Double { min(1.2, max(-0.2, place)) }

    private var heading: [String] {
        var parts = [SVG.text(plot.title, x: (left + right) / 2, y: 20, "font-weight=\"600\"")]
        for (index, series) in plot.series.enumerated() {
            let start = left + (index % 2 == 0 ? 0 : (right - left) / 2)
            let height = 38 + 16 * Double(index / 2)
            let color = Self.color(index)
            parts.append(
                SVG.line(from: (start, height - 4), to: (start + 22, height - 4), Self.stroke(series, color)))
            if series.marks { parts.append(Self.mark(start + 11, height - 4, color)) }
            parts.append(SVG.text(series.name, x: start + 28, y: height, anchor: "start"))
        }
        return parts
    }

    private var grid: [String] {
        var parts: [String] = []
        for value in x.ticks(about: 6) {
            let place = across(value)
            parts.append(SVG.line(from: (place, top), to: (place, bottom), "stroke=\"#e4e4e4\""))
            parts.append(SVG.text(FittedAxis.text(value), x: place, y: bottom + 16))
        }
        for value in y.ticks(about: 5) {
            let place = up(value)
            parts.append(SVG.line(from: (left, place), to: (right, place), "stroke=\"#e4e4e4\""))
            parts.append(SVG.text(FittedAxis.text(value), x: left - 6, y: place + 4, anchor: "end"))
        }
        parts.append(SVG.line(from: (left, top), to: (left, bottom), "stroke=\"#666\""))
        parts.append(SVG.line(from: (left, bottom), to: (right, bottom), "stroke=\"#666\""))
        parts.append(SVG.text(plot.x.label, x: (left + right) / 2, y: bottom + 36))
        let middle = (top + bottom) / 2
        parts.append(
            SVG.text(
                plot.y.label, x: 14, y: middle, "transform=\"rotate(-90 14 \(SVG.number(middle)))\""))
        return parts
    }

    private var curves: [String] {
        // The first curve is drawn last, and so lies in front.
        plot.series.enumerated().reversed().flatMap { index, series -> [String] in
            let color = Self.color(index)
            let shown = series.points.filter { plot.x.shows($0.x) && plot.y.shows($0.y) }
            var parts: [String] = []
            for point in shown {
                guard let interval = point.interval else { continue }
                let low = plot.y.shows(interval.lowerBound) ? interval.lowerBound : y.low
                let place = across(point.x)
                parts.append(
                    SVG.line(
                        from: (place, up(low)), to: (place, up(interval.upperBound)),
                        "stroke=\"\(color)\" stroke-width=\"1\""))
            }
            if series.style != .points {
                let places = shown.map { "\(SVG.number(across($0.x))),\(SVG.number(up($0.y)))" }
                parts.append(
                    "<polyline points=\"\(places.joined(separator: " "))\" fill=\"none\" "
                        + "\(Self.stroke(series, color))/>")
            }
            if series.marks { parts += shown.map { Self.mark(across($0.x), up($0.y), color) } }
            return parts
        }
    }

    private static func color(_ index: Int) -> String { SVG.colors[index % SVG.colors.count] }

    private static func stroke(_ series: LinePlot.Series, _ color: String) -> String {
        switch series.style {
        case .line: "stroke=\"\(color)\" stroke-width=\"1.8\""
        case .dashed: "stroke=\"\(color)\" stroke-width=\"1.5\" stroke-dasharray=\"5 4\""
        case .points: "stroke=\"none\""
        }
    }

    private static func mark(_ x: Double, _ y: Double, _ color: String) -> String {
        "<circle cx=\"\(SVG.number(x))\" cy=\"\(SVG.number(y))\" r=\"2.8\" fill=\"\(color)\"/>"
    }
}
