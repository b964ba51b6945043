import DiscreteDiffusion
import Foundation
import JumpYourSteps
import TestSupport
import Testing

@Suite struct RevealMeasurementTests {
    private let process = AbsorbingProcess(stateCount: 8)
    private let cells = 32

    private var denoiser: some Denoiser {
        CountDown.denoiser(process: process, cellCount: cells)
    }
    private var data: [Token] {
        CountDown.source(stateCount: 8, cellCount: cells).draw(count: 96, seed: 1)
    }

    private func measure(
        order: (Int, inout CounterGenerator) -> [Int], seed: UInt64 = 5
    ) throws -> RevealMeasurement {
        try RevealMeasurement(
            denoiser: denoiser, data: data, grid: .uniform(cells), order: order, seed: seed)
    }

    /// With a cell a step the chain rule gives `-log p` of the data exactly, in any order.
    @Test func `A cell at a time says what the law says`() throws {
        let chain = try MarkovChain(
            cellCount: 4, initial: [0.6, 0.3, 0.1],
            transitions: [0.1, 0.85, 0.05, 0.05, 0.15, 0.8, 0.7, 0.1, 0.2])
        let table = try JointTable(chain)
        let process = AbsorbingProcess(stateCount: 3)
        let samples: [[Token]] = [[0, 1, 2, 0], [2, 0, 1, 1], [1, 1, 1, 2], [0, 0, 2, 1]]
        let wanted =
            samples.reduce(0) { $0 - log(table.probabilities[table.number(of: $1)]) } / Double(samples.count)
        for seed in UInt64(1)...3 {
            let measured = try RevealMeasurement(
                denoiser: TableDenoiser(table: table, process: process), data: samples.flatMap { $0 },
                grid: .uniform(4), order: DispersedOrder.draw, seed: seed)
            let said = try #require(measured.loss(of: Schedule.uniform(4))).mean
            #expect(abs(said - wanted) < 1e-9)
        }
    }

    /// A random order saves against one step what the curve says. Nearly: here a step begins with so many masked cells, while those of the
    /// curve are drawn one by one and their number varies, which costs a little more the fewer they are.
    @Test func `A random order saves what the curve says`() throws {
        let source = CountDown.source(stateCount: 8, cellCount: cells)
        let measured = try measure { $1.drawOrder(of: $0) }
        let curve = try InformationCurve(exactlyOf: source, under: source.mixed(withUniform: 0.002))
        let together = try #require(measured.loss(of: Schedule.uniform(1))).mean
        for steps in [2, 4, 8, 16] {
            let schedule = try Schedule.uniform(steps)
            let saved = try together - #require(measured.loss(of: schedule)).mean
            let wanted = curve.cost(of: try .uniform(1)) - curve.cost(of: schedule)
            #expect(abs(saved - wanted) < 0.12 * wanted, "\(steps) steps: \(saved), \(wanted)")
        }
    }

    /// A step says as much as its cells one by one, at the denoiser's posterior; the whole in one step is the same in every order.
    @Test func `Steps add up`() throws {
        let (random, dispersed) = (
            try measure { $1.drawOrder(of: $0) }, try measure(order: DispersedOrder.draw)
        )
        let together = try [random, dispersed].map { try #require($0.loss(of: Schedule.uniform(1))).mean }
        #expect(abs(together[0] - together[1]) < 1e-9)
        let table = dispersed.table()
        let halves = try #require(dispersed.loss(of: .uniform(2))).mean
        #expect(abs(table.cost(from: 0, to: 16) + table.cost(from: 16, to: 32) - halves) < 1e-9)
    }

    /// The best schedule says no more than any other, and a dispersed order says less than a random one.
    @Test func `A dispersed order says less`() throws {
        let (random, dispersed) = (
            try measure { $1.drawOrder(of: $0) }, try measure(order: DispersedOrder.draw)
        )
        for steps in [4, 8] {
            let said = try [random, dispersed].map { measured in
                let best = try #require(measured.table().optimalSchedules(upTo: steps).last)
                return try #require(measured.loss(of: best.schedule)).mean
            }
            #expect(said[1] < said[0], "\(steps) steps: \(said)")
            let uniform = try #require(dispersed.loss(of: .uniform(steps))).mean
            #expect(said[1] <= uniform + 1e-9)
        }
    }

    @Test func `The grid has whole numbers of cells`() {
        let grid = RevealMeasurement.grid(count: 16, cellCount: 24, uniform: 8)
        #expect(grid.times.allSatisfy { abs(($0 * 24).rounded() - $0 * 24) < 1e-9 })
        for step in 0...8 { #expect(grid.times.contains(Double(step * 3) / 24)) }
        #expect(grid.times.first == 1 && grid.times.last == 0)
    }

    /// Known cells are neither hidden nor scored.
    @Test func `Known cells cost nothing`() throws {
        let known = (0..<data.count).map { $0 % cells < cells / 2 }
        let measured = try RevealMeasurement(
            denoiser: denoiser, data: data, known: known, grid: .uniform(8), order: DispersedOrder.draw,
            seed: 1)
        let all = try measure(order: DispersedOrder.draw)
        let (some, whole) = (
            try #require(measured.loss(of: Schedule.uniform(1))).mean,
            try #require(all.loss(of: Schedule.uniform(1))).mean
        )
        #expect(some < 0.6 * whole)
        #expect(throws: CostError.nothingFree) {
            try RevealMeasurement(
                denoiser: denoiser, data: data, known: data.map { _ in true }, grid: .uniform(8),
                order: DispersedOrder.draw, seed: 1)
        }
    }
}
