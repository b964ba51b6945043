import FoundationEssentials
import FoundationXML
import Plots
import Testing

struct PlotSheetTests {
    @Test func `A sheet is well-formed, whatever is plotted`() {
        let points = [0.0, 1, .nan, -3, .infinity, 1e300].map {
            LinePlot.Point(x: $0, y: $0, interval: $0.isFinite ? $0 - 1...$0 : nil)
        }
        let series = [
            LinePlot.Series("uniform & <jys>", points: points),
            LinePlot.Series("none", points: [], style: .dashed),
            LinePlot.Series("dots", points: Array(points.prefix(2)), style: .points),
        ]
        for scale in [Axis.Scale.linear, .logarithmic(base: 10)] {
            let plot = LinePlot(title: "a < b", x: Axis("x"), y: Axis("y", scale: scale), series: series)
            let svg = PlotSheet(title: "\"two\"", [plot, plot]).svg()
            #expect(XMLParser(data: Data(svg.utf8)).parse())
            #expect(!svg.contains("nan") && !svg.contains("inf"))
        }
    }

    @Test func `Values higher up lie higher`() throws {
        let plot = LinePlot(
            title: "", x: Axis("x"), y: Axis("y"),
            series: [.init("rising", points: [.init(x: 0, y: 0), .init(x: 1, y: 1)], marks: false)])
        let svg = PlotSheet([plot]).svg()
        let start = try #require(svg.range(of: "<polyline points=\""))
        let places = svg[start.upperBound...].prefix { $0 != "\"" }.split { " ,".contains($0) }.compactMap {
            Double($0)
        }
        try #require(places.count == 4)
        #expect(places[0] < places[2])
        #expect(places[1] > places[3])
    }
}
