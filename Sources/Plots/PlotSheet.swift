/// Plots side by side, as one SVG picture.
public struct PlotSheet: Hashable, Sendable {
    /// What stands above all of them; nil for nothing.
    public var title: String?
    /// The plots, from left to right.
    public var plots: [LinePlot]
    /// The size of each plot, in pixels.
    public var plotWidth, plotHeight: Int

    /// Creates a sheet.
    public init(title: String? = nil, _ plots: [LinePlot], plotWidth: Int = 440, plotHeight: Int = 340) {
        self.title = title
        self.plots = plots
        self.plotWidth = plotWidth
        self.plotHeight = plotHeight
    }

    /// Draws the sheet, on white.
    public func svg() -> String {
        let head = title == nil ? 0 : 34
        let (width, height) = (max(1, plots.count) * plotWidth, plotHeight + head)
        var parts = [
            "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 \(width) \(height)\" width=\"\(width)\" "
                + "height=\"\(height)\" font-family=\"system-ui, sans-serif\" font-size=\"12\" fill=\"#222\">",
            "<rect width=\"\(width)\" height=\"\(height)\" fill=\"#fff\"/>",
        ]
        if let title {
            parts.append(SVG.text(title, x: Double(width) / 2, y: 24, "font-size=\"15\" font-weight=\"600\""))
        }
        for (index, plot) in plots.enumerated() {
            parts.append("<g transform=\"translate(\(index * plotWidth) \(head))\">")
            parts.append(contentsOf: plot.elements(width: Double(plotWidth), height: Double(plotHeight)))
            parts.append("</g>")
        }
        return (parts + ["</svg>"]).joined(separator: "\n") + "\n"
    }
}
