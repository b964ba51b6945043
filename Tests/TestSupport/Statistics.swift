import RealModule

/// How far observed counts lie from a law, in standard deviations: Pearson's chi-square, made normal by Wilson and
/// Hilferty's cube root. For counts that follow the law this is a standard normal draw.
///
/// Cells that expect fewer than 5 counts are pooled. A count where the law has no probability makes it infinite.
public func chiSquareDeviation(counts: [Int], law: [Double]) -> Double {
    let total = Double(counts.reduce(0, +))
    var (statistic, freedom) = (0.0, -1.0)
    var (restCount, restExpected) = (0.0, 0.0)
    for (count, probability) in zip(counts, law) {
        let expected = probability * total
        if probability <= 0 && count > 0 { return .infinity }
        if expected < 5 {
            restCount += Double(count)
            restExpected += expected
        } else {
            statistic += (Double(count) - expected) * (Double(count) - expected) / expected
            freedom += 1
        }
    }
    if restExpected > 0.5 {
        statistic += (restCount - restExpected) * (restCount - restExpected) / restExpected
        freedom += 1
    }
    guard freedom >= 1 else { return 0 }
    let shrink = 2 / (9 * freedom)
    return (.root(statistic / freedom, 3) - (1 - shrink)) / shrink.squareRoot()
}

/// `KL(p || q)` in nats; infinite where q excludes what p allows.
public func divergence(_ law: [Double], from other: [Double]) -> Double {
    zip(law, other).reduce(0) { sum, pair in
        if pair.0 <= 0 { return sum }
        return pair.1 > 0 ? sum + pair.0 * .log(pair.0 / pair.1) : .infinity
    }
}

/// A law drawn at random, no probability near 0.
public func randomLaw(count: Int, using generator: inout some RandomNumberGenerator) -> [Double] {
    let weights = (0..<count).map { _ in 0.05 + Double(generator.next() >> 11) * 0x1p-53 }
    let total = weights.reduce(0, +)
    return weights.map { $0 / total }
}
