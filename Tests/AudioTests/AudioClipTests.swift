import Audio
import Testing

@Suite struct AudioClipTests {
    @Test func sixteenBitsAreRoundedAndClipped() {
        let clip = AudioClip(sampleRate: 44_100, samples: [0, 1, -1, 1.5, -1.5, .nan, 0.5, 1 / 32_767])
        #expect(clip.pcm16 == [0, 32_767, -32_767, 32_767, -32_768, 0, 16_384, 1])
    }

    @Test func normalisingMovesThePeak() {
        var clip = AudioClip(sampleRate: 44_100, samples: [0.1, -0.2, 0.05, 0])
        clip.normalize(toPeak: 0.8)
        #expect(abs(clip.peak - 0.8) < 1e-6)
        #expect(abs(clip.samples[0] - 0.4) < 1e-6)
        var silence = AudioClip(sampleRate: 44_100, samples: [0, 0])
        silence.normalize()
        #expect(silence.samples == [0, 0])
    }

    @Test func aMeterCountsWhatIsClippedAndChangesNothing() throws {
        let samples: [Float] = [0.5, 1, -1, 1.5, -2, .nan]
        let meter = LevelMeter(AudioClip.Reader(AudioClip(sampleRate: 44_100, samples: samples)))
        var buffer = [Float](repeating: 0, count: 4)
        var span = buffer.mutableSpan
        #expect(try meter.read(into: &span) == 2)
        #expect(meter.level.clippedCount == 1 && meter.level.peak == 1.5)
        #expect(try meter.read(into: &span) == 1)
        #expect(try meter.read(into: &span) == 0)
        #expect(buffer[0] == -2 && buffer[1].isNaN && buffer[2...] == [-1, 1.5])
        #expect(meter.level.clippedCount == 2 && meter.level.peak == 2)
        // 0.5 * 0.89 / 2 is 0.2225.
        #expect(meter.level.unclippedGain(insteadOf: 0.5) == 0.22)
        var sum = Level()
        sum.add(meter.level)
        sum.add(meter.level)
        #expect(sum.clippedCount == 4 && sum.peak == 2)
        #expect(Level().clippedCount == 0 && Level().unclippedGain(insteadOf: 0.5) == 0.5)
    }

    @Test func readersYieldAllSamples() {
        let clip = AudioClip(sampleRate: 44_100, samples: (0..<10).map { Float($0) })
        let reader = AudioClip.Reader(clip)
        var buffer = [Float](repeating: -1, count: 8)
        var span = buffer.mutableSpan
        #expect(reader.read(into: &span) == 4)
        #expect(reader.read(into: &span) == 1)
        #expect(reader.read(into: &span) == 0)
        #expect(buffer == [8, 9, 2, 3, 4, 5, 6, 7])
    }
}
