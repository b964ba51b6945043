/// Small grey images side by side, row by row: a picture of its own, or a plot's place on a sheet.
public struct PixelSheet: Hashable, Sendable, SheetElement {
    /// What stands above it.
    public var title: String
    /// The images, each `[height, width]`, row by row; 0 is black, 1 white.
    public var images: [[Double]]
    /// Pixels of a row of an image.
    public var imageWidth: Int
    /// Images in a row.
    public var columns: Int

    /// Creates a sheet.
    ///
    /// - Precondition: The images are of one size, of whole rows; `columns` and `imageWidth` are positive.
    public init(title: String, images: [[Double]], imageWidth: Int, columns: Int) {
        precondition(columns > 0 && imageWidth > 0, "\(columns) columns of \(imageWidth) pixels")
        precondition(
            images.allSatisfy { $0.count == images[0].count && $0.count % imageWidth == 0 }, "images differ")
        self.title = title
        self.images = images
        self.imageWidth = imageWidth
        self.columns = columns
    }

    /// The elements of the picture within a box whose upper left corner is the origin.
    public func elements(width: Double, height: Double) -> [String] {
        let rows = (images.count + columns - 1) / columns
        let imageHeight = (images.first?.count ?? 0) / imageWidth
        guard rows > 0, imageHeight > 0 else { return [] }
        // A pixel's gap between images.
        let across = Double(columns * (imageWidth + 1) - 1)
        let down = Double(rows * (imageHeight + 1) - 1)
        let (top, margin) = (40.0, 16.0)
        let scale = min((width - 2 * margin) / across, (height - top - margin) / down)
        let left = (width - scale * across) / 2
        var parts = [SVG.text(title, x: width / 2, y: 22, "font-weight=\"600\"")]
        for (index, image) in images.enumerated() {
            let x = left + scale * Double(index % columns * (imageWidth + 1))
            let y = top + scale * Double(index / columns * (imageHeight + 1))
            parts.append(
                "<g transform=\"translate(\(SVG.number(x)) \(SVG.number(y))) scale(\(SVG.number(scale)))\" "
                    + "shape-rendering=\"crispEdges\">"
                    + "<rect width=\"\(imageWidth)\" height=\"\(imageHeight)\" fill=\"#000\"/>")
            for (place, value) in image.enumerated() where value > 0 {
                let grey = Int((min(1, value) * 255).rounded())
                parts.append(
                    "<rect x=\"\(place % imageWidth)\" y=\"\(place / imageWidth)\" width=\"1\" height=\"1\" "
                        + "fill=\"rgb(\(grey),\(grey),\(grey))\"/>")
            }
            parts.append("</g>")
        }
        return parts
    }
}
