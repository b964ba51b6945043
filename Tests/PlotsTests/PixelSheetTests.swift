import FoundationEssentials
import FoundationXML
import Plots
import Testing

struct PixelSheetTests {
    @Test func `Every pixel that is not black is drawn, in its grey`() {
        let sheet = PixelSheet(
            title: "a < b", images: [[0, 1, 0.5, 0], [0, 0, 0, 2]], imageWidth: 2, columns: 1)
        let svg = PlotSheet([sheet]).svg()
        #expect(XMLParser(data: Data(svg.utf8)).parse())
        #expect(svg.contains("<rect x=\"1\" y=\"0\" width=\"1\" height=\"1\" fill=\"rgb(255,255,255)\"/>"))
        #expect(svg.contains("<rect x=\"0\" y=\"1\" width=\"1\" height=\"1\" fill=\"rgb(128,128,128)\"/>"))
        // What is brighter than white is white.
        #expect(svg.contains("<rect x=\"1\" y=\"1\" width=\"1\" height=\"1\" fill=\"rgb(255,255,255)\"/>"))
        #expect(svg.components(separatedBy: "fill=\"rgb").count - 1 == 3)
    }

    @Test func `No images are no picture`() {
        let svg = PlotSheet([PixelSheet(title: "", images: [], imageWidth: 8, columns: 5)]).svg()
        #expect(XMLParser(data: Data(svg.utf8)).parse() && !svg.contains("nan"))
    }
}
