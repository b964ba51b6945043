/// Adds a branch to the residual stream, leaving out a random share of it: `y = x + branch mask / (1 - rate)`.
public struct ResidualDropout {
    private let count: Int
    private let mask: DropoutMask

    /// Prepares the layer.
    ///
    /// - Parameters:
    ///   - count: Elements of the stream, a multiple of sixteen.
    ///   - mask: What is left out.
    public init(count: Int, mask: DropoutMask) {
        precondition(count % 16 == 0, "dropout on \(count) elements")
        self.count = count
        self.mask = mask
    }

    /// `output = stream + branch mask / (1 - rate)`, all f32.
    public func forward(stream: Buffer, branch: Buffer, into output: Buffer, seed: UInt32) {
        let x = stream.elements(Float.self)
        let y = branch.elements(Float.self)
        let target = output.elements(Float.self)
        for i in vectors(count) {
            Float.store(Float.load(x + i) + mask.apply(Float.load(y + i), at: i, seed: seed), to: target + i)
        }
    }

    /// `branchGradient = streamGradient mask / (1 - rate)`, rounded to the branch's precision.
    public func backward(streamGradient: Buffer, into branchGradient: Buffer, seed: UInt32) {
        let dx = streamGradient.elements(Float.self)
        withElement(of: branchGradient.precision) {
            backward(dx, branchGradient.elements(Float.self), seed)
        } _: {
            backward(dx, branchGradient.elements(BrainFloat16.self), seed)
        }
    }

    private func backward<E: Element>(
        _ dx: UnsafePointer<Float>, _ target: UnsafeMutablePointer<E>, _ seed: UInt32
    ) {
        for i in vectors(count) { E.store(mask.apply(Float.load(dx + i), at: i, seed: seed), to: target + i) }
    }
}
