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
