import DiscreteDiffusion

/// The laws of samplers that call the denoiser twice in a step, by enumeration from their definitions.
extension NoisedLaw {
    /// The law after a leap with given rates: the cell jumps with `length` times their sum, at most 1.
    private func leap(_ token: Token, rates: [Double], length: Double) -> [Double] {
        var jumps = rates.map { length * $0 }
        let total = jumps.reduce(0, +)
        if total > 1 { jumps = jumps.map { $0 / total } }
        jumps[Int(token)] += max(0, 1 - total)
        return jumps
    }

    private func reverseRates(of token: Token, posterior: [Double], at time: Double) -> [Double] {
        (0..<process.tokenCount).map {
            process.hasMask && token != process.mask
                ? 0 : reverseRate(from: token, to: Token($0), posterior: posterior, at: time)
        }
    }

    /// The law of `CorrectorSampler` on `tweedie`: after each step a leap with the rates `beta R + Rhat`.
    public func correctorLaw(schedule: Schedule, corrections: Int, length: Double) throws -> [Double] {
        try steps(schedule) { law, time, target in
            law = try moved(law, at: time) { token, posterior in
                tweedieRule(token: token, posterior: posterior, time: time, target: target)
            }
            guard target > 0 else { return }
            for _ in 0..<corrections {
                law = try moved(law, at: target) { token, posterior in
                    let reverse = reverseRates(of: token, posterior: posterior, at: target)
                    let rates = reverse.enumerated().map { other, rate in
                        other == Int(token)
                            ? 0
                            : rate + process.speed(at: target)
                                * process.unitRate(from: token, to: Token(other))
                    }
                    return leap(token, rates: rates, length: length * (time - target))
                }
            }
        }
    }

    /// The law of `TrapezoidalSampler`.
    public func trapezoidalLaw(schedule: Schedule, theta: Double) throws -> [Double] {
        let all = samples
        return try steps(schedule) { law, time, target in
            let between = time - theta * (time - target)
            let weight = 1 / (2 * theta * (1 - theta))
            var next = Array(repeating: 0.0, count: law.count)
            for (start, probability) in zip(all, law) where probability > 0 {
                let first = try posteriors(of: start, at: time)
                let firstRates = zip(start, first).map { reverseRates(of: $0, posterior: $1, at: time) }
                let middle = product(
                    of: zip(start, firstRates).map { leap($0, rates: $1, length: time - between) })
                for (reached, share) in zip(all, middle) where share > 0 {
                    let second = try posteriors(of: reached, at: between)
                    let cells = reached.indices.map { cell -> [Double] in
                        let token = reached[cell]
                        if target == 0 {
                            return tweedieRule(
                                token: token, posterior: second[cell], time: between, target: 0)
                        }
                        let rates = reverseRates(of: token, posterior: second[cell], at: between)
                        if token != start[cell] { return leap(token, rates: rates, length: between - target) }
                        let mixed = zip(rates, firstRates[cell]).map {
                            max(0, weight * $0 - (weight - 1) * $1)
                        }
                        return leap(token, rates: mixed, length: between - target)
                    }
                    for (number, value) in product(of: cells).enumerated() {
                        next[number] += probability * share * value
                    }
                }
            }
            law = next
        }
    }

    private func steps(
        _ schedule: Schedule, _ step: (inout [Double], _ time: Double, _ target: Double) throws -> Void
    ) rethrows -> [Double] {
        var law = samples.map { $0.reduce(1) { $0 * process.priorProbability(of: $1) } }
        for (time, target) in zip(schedule.times, schedule.times.dropFirst()) {
            try step(&law, time, target)
        }
        return law
    }

    /// The law after every cell has moved on its own under the posterior at a time.
    private func moved(
        _ law: [Double], at time: Double, rule: (_ token: Token, _ posterior: [Double]) -> [Double]
    ) throws -> [Double] {
        var next = Array(repeating: 0.0, count: law.count)
        for (noised, probability) in zip(samples, law) where probability > 0 {
            let cells = zip(noised, try posteriors(of: noised, at: time)).map { rule($0, $1) }
            for (number, value) in product(of: cells).enumerated() { next[number] += probability * value }
        }
        return next
    }
}
