extension ScheduleFile {
    /// A figure that is known badly, and how many samples would tell it well enough.
    public struct Uncertainty: Hashable, Sendable {
        /// Steps of the schedule.
        public var nfe: Int
        /// Half the figure's 95 % interval, as a share of the figure.
        public var share: Double
        /// With how many samples the share would be about as large as is allowed.
        public var samplesWanted: Int
    }

    /// Of the costs whose 95 % interval reaches further than a share of them, that known worst; nil if there is none.
    ///
    /// Intervals narrower than a hundredth of a nat are of no account, whatever the cost. Costs that count from nothing are large beside what
    /// matters of them: see `uncertaintyOfLargestSaving`.
    public func mostUncertainCost(beyond limit: Double = 0.2) -> Uncertainty? {
        let shares = schedules.compactMap { entry -> (nfe: Int, share: Double)? in
            guard let error = entry.standardErrors?.cost, entry.cost > 0 else { return nil }
            let half = 1.96 * error
            return half >= 0.005 && half > limit * entry.cost ? (entry.nfe, half / entry.cost) : nil
        }
        return shares.max { $0.share < $1.share }.map { uncertainty($0.nfe, $0.share, limit) }
    }

    /// How badly the largest saving against a uniform schedule is known, if its 95 % interval reaches further than a share of it.
    public func uncertaintyOfLargestSaving(beyond limit: Double = 0.5) -> Uncertainty? {
        let savings = schedules.map { (entry: $0, saving: $0.uniformCost - $0.cost) }
        guard let largest = savings.max(by: { $0.saving < $1.saving }), largest.saving > 0,
            let error = largest.entry.standardErrors?.saving
        else { return nil }
        let share = 1.96 * error / largest.saving
        return share > limit ? uncertainty(largest.entry.nfe, share, limit) : nil
    }

    private func uncertainty(_ nfe: Int, _ share: Double, _ limit: Double) -> Uncertainty {
        let factor = share / limit
        return Uncertainty(
            nfe: nfe, share: share,
            samplesWanted: Int(min(1e6, (Double(samples) * factor * factor).rounded(.up))))
    }
}
