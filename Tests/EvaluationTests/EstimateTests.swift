import DiscreteDiffusion
import Evaluation
import Testing

@Suite("Estimates")
struct EstimateTests {
    @Test("five seeds by hand")
    func seeds() throws {
        // Mean 3, squares 4 + 1 + 0 + 1 + 4 = 10, deviation sqrt(10 / 4), error sqrt(2.5 / 5) = 0.7071068, times 2.7764.
        let estimate = try #require(Estimate(seeds: [1, 2, 3, 4, 5]))
        #expect(estimate.mean == 3)
        #expect(abs(try #require(estimate.halfWidth) - 1.963211) < 1e-4)
        #expect(estimate.count == 5)
        #expect(Estimate(seeds: [7]) == Estimate(mean: 7, halfWidth: nil, count: 1))
        #expect(Estimate(seeds: []) == nil)
    }

    @Test(
        "Student's quantiles are the tables'",
        arguments: [
            (1, 12.7062), (4, 2.7764), (10, 2.2281), (11, 2.2010), (15, 2.1314), (30, 2.0423), (100, 1.9840),
        ])
    func quantiles(freedom: Int, value: Double) {
        #expect(abs(Estimate.studentQuantile(freedom: freedom) - value) < 1.5e-4)
    }

    @Test("the bootstrap of a mean has its standard error, and the same seed the same interval")
    func bootstrap() throws {
        // 0, 1, ... 99: the deviation of a draw is sqrt((100^2 - 1) / 12) = 28.866, the error of the mean a tenth.
        let values = (0..<100).map(Double.init)
        func estimate(seed: UInt64) throws -> Estimate {
            try #require(
                Estimate(bootstrapOver: values, resamples: 4000, seed: seed) {
                    $0.reduce(0, +) / Double($0.count)
                })
        }
        let one = try estimate(seed: 1)
        #expect(one.mean == 49.5)
        // The error of an error from 4,000 draws is about 1.1 %: four of them.
        #expect(abs(try #require(one.halfWidth) / (1.96 * 2.8866) - 1) < 0.045)
        #expect(try estimate(seed: 1) == one)
        #expect(try estimate(seed: 2) != one)
    }
}
