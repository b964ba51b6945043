/// What has a place on a sheet: `LinePlot` and `PixelSheet`.
public protocol SheetElement: Sendable {
    /// The elements of the picture within a box whose upper left corner is the origin.
    func elements(width: Double, height: Double) -> [String]
}

/// Plots side by side, and row by row, as one SVG picture.
public struct PlotSheet: Sendable {
    /// What stands above all of them; nil for nothing.
    public var title: String?
    /// The plots, from left to right, row by row.
    public var plots: [any SheetElement]
    /// The most plots in a row.
    public var columns: Int
    /// The size of each plot, in pixels.
    public var plotWidth, plotHeight: Int

    /// Creates a sheet.
    public init(
        title: String? = nil, _ plots: [any SheetElement], columns: Int = 3, plotWidth: Int = 440,
        plotHeight: Int = 340
    ) {
        self.columns = max(1, columns)
        self.title = title
        self.plots = plots
        self.plotWidth = plotWidth
        self.plotHeight = plotHeight
    }

    /// Draws the sheet, on white.
    public func svg() -> String {
        let head = title == nil ? 0 : 34
        let rows = (plots.count + columns - 1) / columns
        let (width, height) = (max(1, min(columns, plots.count)) * plotWidth, rows * plotHeight + head)
        var parts = [
            "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 \(width) \(height)\" width=\"\(width)\" "
                + "height=\"\(height)\" font-family=\"system-ui, sans-serif\" font-size=\"12\" fill=\"#222\">",
            "<rect width=\"\(width)\" height=\"\(height)\" fill=\"#fff\"/>",
        ]
        if let title {
            parts.append(SVG.text(title, x: Double(width) / 2, y: 24, "font-size=\"15\" font-weight=\"600\""))
        }
        for (index, plot) in plots.enumerated() {
            let (x, y) = (index % columns * plotWidth, head + index / columns * plotHeight)
            parts.append("<g transform=\"translate(\(x) \(y))\">")
            parts.append(contentsOf: plot.elements(width: Double(plotWidth), height: Double(plotHeight)))
            parts.append("</g>")
        }
        return (parts + ["</svg>"]).joined(separator: "\n") + "\n"
    }
}
