import NeuralEngine
import TestSupport
import Testing

@Suite struct ResidualDropoutTests {
    private let count = 1 << 16

    /// Which elements a layer keeps, by its forward pass on a branch of ones.
    private func kept(rate: Float, salt: UInt32, seed: UInt32) -> [Bool] {
        let output = Buffer(.f32, count: count)
        ResidualDropout(count: count, mask: DropoutMask(rate: rate, salt: salt)).forward(
            stream: Buffer(.f32, count: count), branch: buffer([Float](repeating: 1, count: count)),
            into: output,
            seed: seed)
        return output.values.map { $0 != 0 }
    }

    @Test(arguments: [Float(0.05), 0.1, 0.5, 0.9], [UInt32(0), 1, 0xFFFF_FFFF])
    func leavesOutTheRightShareAnywhere(_ rate: Float, _ seed: UInt32) {
        let mask = kept(rate: rate, salt: 3, seed: seed)
        // Five standard deviations of a binomial law: of all, of each lane of a vector, and of each column of 256.
        func expect(_ indices: [Int], _ name: String) {
            let share = Double(indices.count { !mask[$0] }) / Double(indices.count)
            let deviation = (Double(rate) * (1 - Double(rate)) / Double(indices.count)).squareRoot()
            #expect(abs(share - Double(rate)) < 5 * deviation, "\(name): \(share) left out, not \(rate)")
        }
        expect(Array(mask.indices), "all")
        for lane in 0..<16 { expect(Array(stride(from: lane, to: count, by: 16)), "lane \(lane)") }
        for column in 0..<256 { expect(Array(stride(from: column, to: count, by: 256)), "column \(column)") }
        // Neighbours are left out independently of each other, along a row and along a column.
        for distance in [1, 2, 16, 256] {
            let pairs = (0..<count - distance).count { !mask[$0] && !mask[$0 + distance] }
            let chance = Double(rate) * Double(rate)
            let deviation = (chance * (1 - chance) * 2 / Double(count)).squareRoot()
            #expect(
                abs(Double(pairs) / Double(count - distance) - chance) < 5 * deviation, "distance \(distance)"
            )
        }
    }

    @Test(arguments: Precision.allCases)
    func backwardUsesTheForwardMask(_ precision: Precision) {
        var generator = SeededGenerator(seed: 70)
        let (stream, x) = randomBuffer(.f32, count: count, using: &generator)
        let (branch, y) = randomBuffer(.f32, count: count, using: &generator)
        let (streamGradient, d) = randomBuffer(.f32, count: count, using: &generator)
        let (output, branchGradient) = (Buffer(.f32, count: count), Buffer(precision, count: count))
        let layer = ResidualDropout(count: count, mask: DropoutMask(rate: 0.25, salt: 9))
        layer.forward(stream: stream, branch: branch, into: output, seed: 77)
        layer.backward(streamGradient: streamGradient, into: branchGradient, seed: 77)
        let mask = kept(rate: 0.25, salt: 9, seed: 77)
        expectClose(
            output, mask.indices.map { x[$0] + (mask[$0] ? y[$0] / 0.75 : 0) }, absolute: 1e-6,
            relative: 1e-6, "output")
        expectClose(
            branchGradient, mask.indices.map { mask[$0] ? d[$0] / 0.75 : 0 }, "gradient in \(precision)")
        let zeros = branchGradient.values.indices.filter { !mask[$0] && branchGradient.values[$0] != 0 }
        #expect(zeros.isEmpty)
    }

    @Test func sharesHaveTheMasksOfTheWhole() {
        let whole = kept(rate: 0.3, salt: 4, seed: 5)
        for share in [0..<320, 320..<4_096, 4_096..<count] {
            let output = Buffer(.f32, count: share.count)
            let mask = DropoutMask(rate: 0.3, salt: 4, first: share.lowerBound)
            ResidualDropout(count: share.count, mask: mask).forward(
                stream: Buffer(.f32, count: share.count),
                branch: buffer([Float](repeating: 1, count: share.count)), into: output, seed: 5)
            #expect(output.values.map { $0 != 0 } == Array(whole[share]))
        }
    }

    @Test func layersAndSeedsDiffer() {
        let masks = [(0, 1), (1, 1), (2, 1), (0, 2), (1, 2), (0, 0x8000_0000)].map {
            kept(rate: 0.5, salt: $0.0, seed: $0.1)
        }
        for i in masks.indices {
            for j in 0..<i {
                let agreeing = Double(zip(masks[i], masks[j]).count { $0 == $1 }) / Double(count)
                #expect(abs(agreeing - 0.5) < 0.01, "masks \(i) and \(j) agree in \(agreeing)")
            }
        }
    }

    @Test func withoutDropoutAdds() {
        var generator = SeededGenerator(seed: 71)
        let (stream, x) = randomBuffer(.f32, count: 32, using: &generator)
        let (branch, y) = randomBuffer(.f32, count: 32, using: &generator)
        let output = Buffer(.f32, count: 32)
        ResidualDropout(count: 32, mask: DropoutMask(rate: 0, salt: 1)).forward(
            stream: stream, branch: branch, into: output, seed: 5)
        expectClose(output, zip(x, y).map(+), absolute: 1e-6, relative: 1e-6, "sum")
    }
}
