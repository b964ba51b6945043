/// Pieces of SVG text.
enum SVG {
    /// Okabe and Ito's colours, which can be told apart by the colour-blind too.
    static let colors = [
        "#0072B2", "#D55E00", "#009E73", "#CC79A7", "#E69F00", "#56B4E9", "#7A7A00", "#444444",
    ]

    /// A number with as many digits as a picture needs.
    static func number(_ value: Double) -> String {
        let rounded = (value * 100).rounded() / 100
        return rounded == rounded.rounded() ? "\(Int(rounded))" : "\(rounded)"
    }

    /// Text with the signs of markup made harmless.
    static func escaped(_ text: String) -> String {
        text.replacing("&", with: "&amp;").replacing("<", with: "&lt;").replacing(">", with: "&gt;")
    }

    static func line(
        from start: (x: Double, y: Double), to end: (x: Double, y: Double), _ style: String
    ) -> String {
        "<line x1=\"\(number(start.x))\" y1=\"\(number(start.y))\" x2=\"\(number(end.x))\" "
            + "y2=\"\(number(end.y))\" \(style)/>"
    }

    static func text(
        _ text: String, x: Double, y: Double, anchor: String = "middle", _ style: String = ""
    ) -> String {
        "<text x=\"\(number(x))\" y=\"\(number(y))\" text-anchor=\"\(anchor)\" \(style)>\(escaped(text))</text>"
    }
}
