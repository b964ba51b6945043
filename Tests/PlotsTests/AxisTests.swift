import Plots
import Testing

struct AxisTests {
    @Test func `A linear axis takes in all values, and labels round ones`() {
        let axis = Axis("t").fitted(to: [0, 0.3, 1])
        #expect(axis.low == 0)
        #expect(axis.high > 1)
        #expect(axis.ticks(about: 5).map(FittedAxis.text) == ["0", "0.5", "1"])
        #expect(
            Axis("t", range: 0...1).fitted(to: []).ticks(about: 5).map(FittedAxis.text) == [
                "0", "0.2", "0.4", "0.6", "0.8", "1",
            ])
        #expect(axis.place(of: axis.low) == 0)
        #expect(axis.place(of: axis.high) == 1)
    }

    @Test func `Of few powers of ten their double and fivefold are labelled too`() {
        let axis = Axis("cost", scale: .logarithmic(base: 10), range: 18...700).fitted(to: [])
        #expect(axis.ticks(about: 5) == [20, 50, 100, 200, 500])
    }

    @Test func `A logarithmic axis labels powers`() {
        let axis = Axis("NFE", scale: .logarithmic(base: 2)).fitted(to: [2, 64])
        #expect(axis.ticks(about: 6).map(FittedAxis.text) == ["2", "4", "8", "16", "32", "64"])
        #expect(
            abs(axis.place(of: 8) - axis.place(of: 4) - (axis.place(of: 64) - axis.place(of: 32))) < 1e-12)
        let wide = Axis("cost", scale: .logarithmic(base: 10)).fitted(to: [1e-9, 1e9])
        #expect(wide.ticks(about: 5).map(FittedAxis.text) == ["1e-9", "1e-5", "0.1", "1000", "1e7"])
    }

    @Test func `What has no place is left out, and one value has room about it`() {
        let axis = Axis("error", scale: .logarithmic(base: 10))
        #expect(!axis.shows(0) && !axis.shows(-1) && !axis.shows(.nan) && axis.shows(1e-99))
        let alone = axis.fitted(to: [0, .nan, 5])
        #expect(alone.low < 5 && 5 < alone.high)
        let empty = Axis("t").fitted(to: [])
        #expect(empty.low < empty.high)
    }
}
