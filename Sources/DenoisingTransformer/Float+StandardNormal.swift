import RealModule

extension Float {
    /// A normally distributed number of mean 0 and variance 1 (Box and Muller).
    static func standardNormal(using generator: inout some RandomNumberGenerator) -> Float {
        let radius = Float.sqrt(-2 * Float.log(1 - Float.random(in: 0..<1, using: &generator)))
        return radius * Float.cos(2 * .pi * Float.random(in: 0..<1, using: &generator))
    }
}
