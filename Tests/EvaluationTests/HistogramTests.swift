import Evaluation
import PianoRoll
import Testing

@Suite("Distances of distributions")
struct HistogramTests {
    @Test("equal shares lie at 0, nothing in common at 1, whatever the counts")
    func ends() {
        let one = Histogram([1, 2, 2, 3])
        #expect(one.jensenShannonDistance(to: Histogram([1, 2, 2, 3, 3, 1, 2, 2])) == 0)
        #expect(one.jensenShannonDistance(to: Histogram([4, 5])) == 1)
        #expect(one.hellingerDistance(to: Histogram([3, 2, 2, 1])) == 0)
        #expect(one.hellingerDistance(to: Histogram([4, 5])) == 1)
        #expect(one.jensenShannonDistance(to: Histogram()) == nil)
        #expect(Histogram().hellingerDistance(to: one) == nil)
    }

    @Test("half in common, by hand")
    func half() throws {
        // p = (1, 0), q = (1/2, 1/2), m = (3/4, 1/4). In bits: KL(p || m) = log2(4/3) = 0.4150375,
        // KL(q || m) = (log2(2/3) + log2 2) / 2 = 0.2075187; the mean is 0.3112781, its root 0.5579231.
        let (p, q) = (Histogram([0]), Histogram([0, 1]))
        let distance = try #require(p.jensenShannonDistance(to: q))
        #expect(abs(distance - 0.557923) < 1e-6)
        #expect(q.jensenShannonDistance(to: p) == distance)
        // (1 - sqrt 1/2)^2 + 1/2 = 0.5857864; over 2, rooted: 0.5411961.
        let hellinger = try #require(p.hellingerDistance(to: q))
        #expect(abs(hellinger - 0.541196) < 1e-6)
        // Half of q lies on 1, which p never saw; all of p lies where q has been.
        #expect(q.shareOutside(p) == 0.5)
        #expect(p.shareOutside(q) == 0)
    }

    @Test("merged histograms count both")
    func merged() {
        var both = Histogram([1, 2])
        both.merge(Histogram([2]))
        #expect(both == Histogram([1, 2, 2]))
        #expect(both.total == 3)
    }
}

@Suite("A continuation against its piece")
struct PromptContinuationTests {
    @Test("only what follows the prompt counts, by what sounds")
    func byHand() throws {
        // After two steps the piece sounds 60 60 60 60, the continuation 60 60 62 62 (a hold sounds on): shares (1, 0) and
        // (1/2, 1/2), whose Hellinger distance is worked out above, and half of it on a pitch the piece does not have.
        let piece = grid([[70, 71, 60, -1, 60, -1]])
        let generated = grid([[70, 71, 60, 60, 62, -1]])
        let result = try #require(PromptContinuation(of: generated, against: piece, promptSteps: 2))
        #expect(abs(result.hellinger - 0.541196) < 1e-6)
        #expect(result.outliers == 0.5)
        #expect(PromptContinuation(of: generated, against: piece, promptSteps: 6) == nil)
        #expect(PromptContinuation(of: generated, against: piece, promptSteps: 99) == nil)
    }

    @Test("rests are a value of their own")
    func rests() throws {
        let result = try #require(
            PromptContinuation(of: grid([[60, nil]]), against: grid([[60, -1]]), promptSteps: 0))
        #expect(result.outliers == 0.5)
    }
}
