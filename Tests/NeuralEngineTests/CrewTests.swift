import NeuralEngine
import Synchronization
import Testing

#if canImport(Glibc)
import Glibc
#endif

@Suite struct CrewTests {
    @Test("Members wait for each other's share, a thousand times", arguments: [1, 2, 3, 5])
    func meetings(count: Int) throws {
        let crew = Crew(count: count)
        #expect(crew.count == count)
        // Each member adds its neighbour's number of the round before to its own.
        nonisolated(unsafe) let numbers = UnsafeMutableBufferPointer<Int>.allocate(capacity: 2 * count)
        defer { numbers.deallocate() }
        numbers.initialize(repeating: 1)
        for _ in 0..<4 {
            try crew.perform { (member) throws(EngineError) in
                for round in 0..<250 {
                    let (from, to) = (round % 2 * count, (round + 1) % 2 * count)
                    numbers[to + member] = numbers[from + member] &+ numbers[from + (member + 1) % count]
                    try crew.meet()
                }
            }
        }
        // All of them double in each round.
        #expect(numbers.prefix(count).allSatisfy { $0 == numbers[0] })
        var expected = 1
        for _ in 0..<1_000 { expected &*= 2 }
        #expect(numbers[0] == expected)
    }

    @Test("A member that sleeps is waited for, and those that wait for long are woken")
    func sleeping() throws {
        let crew = Crew(count: 3)
        let done = Atomic(0)
        for round in 0..<3 {
            try crew.perform { (member) throws(EngineError) in
                if member == round { usleep(20_000) }
                try crew.meet()
                done.add(1, ordering: .relaxed)
            }
        }
        #expect(done.load(ordering: .relaxed) == 9)
    }

    @Test("The error of a member reaches the caller, and nobody waits for ever", arguments: [0, 1, 2])
    func failure(failing: Int) {
        let crew = Crew(count: 3)
        let fault = EngineError(operation: "test", status: 3)
        for _ in 0..<2 {
            #expect(throws: fault) {
                try crew.perform { (member) throws(EngineError) in
                    try crew.meet()
                    if member == failing { throw fault }
                    try crew.meet()
                }
            }
        }
    }

    @Test("Those that sleep when another fails are woken")
    func failureWhileOthersSleep() {
        let crew = Crew(count: 3)
        let fault = EngineError(operation: "test", status: 3)
        usleep(20_000)
        #expect(throws: fault) {
            try crew.perform { (member) throws(EngineError) in
                if member == 1 {
                    usleep(20_000)
                    throw fault
                }
                try crew.meet()
            }
        }
    }
}
