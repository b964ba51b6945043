import DiscreteDiffusion
import Testing

@Suite struct ScheduleTests {
    @Test func uniformAndCosineAreTheirFormulas() throws {
        #expect(try Schedule.uniform(4).times == [1, 0.75, 0.5, 0.25, 0])
        #expect(try Schedule.uniform(2, start: 0.5).times == [0.5, 0.25, 0])
        let cosine = try Schedule.cosine(3).times
        for (found, expected) in zip(cosine, [1, 0.8660254037844386, 0.5, 0]) {
            #expect(abs(found - expected) < 1e-15)
        }
        #expect(cosine.last == 0)
        #expect(try Schedule.cosine(7).stepCount == 7)
    }

    @Test(arguments: [1, 2, 3, 7, 64, 1000, 1_000_000])
    func everyStepCountFallsFrom1To0(count: Int) throws {
        for schedule in [try Schedule.uniform(count), try Schedule.cosine(count)] {
            #expect(schedule.stepCount == count)
            #expect(try Schedule(times: schedule.times) == schedule)
            #expect(schedule.start == 1)
        }
    }

    @Test(arguments: [
        ([], ScheduleError.tooShort(count: 0)), ([1], .tooShort(count: 1)),
        ([1, 0.5], .endsAbove0(time: 0.5)), ([1.5, 0], .outOfRange(index: 0, time: 1.5)),
        ([1, 0.5, -0.1], .outOfRange(index: 2, time: -0.1)),
        ([1, 0.5, 0.5, 0], .notFalling(index: 2, time: 0.5, previous: 0.5)),
        ([0.4, 0.6, 0], .notFalling(index: 1, time: 0.6, previous: 0.4)),
        ([0, 0], .notFalling(index: 1, time: 0, previous: 0)),
    ])
    func wrongTimesAreRefused(times: [Double], error: ScheduleError) {
        #expect(throws: error) { try Schedule(times: times) }
    }

    @Test func notANumberIsRefused() {
        #expect(throws: ScheduleError.self) { try Schedule(times: [1, .nan, 0]) }
        #expect(throws: ScheduleError.self) { try Schedule(times: [.infinity, 0]) }
        #expect(throws: ScheduleError.self) { try Schedule.uniform(4, start: .nan) }
    }

    @Test(arguments: [0, -3, 1_000_001, Int.max])
    func wrongStepCountsAreRefused(count: Int) {
        #expect(throws: ScheduleError.stepCount(count)) { try Schedule.uniform(count) }
        #expect(throws: ScheduleError.stepCount(count)) { try Schedule.cosine(count) }
    }
}
