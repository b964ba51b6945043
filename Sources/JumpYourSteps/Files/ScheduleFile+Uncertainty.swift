extension ScheduleFile {
    /// A cost that is known badly, and how many samples would tell it well enough.
    public struct UncertainCost: Hashable, Sendable {
        /// Steps of the schedule.
        public var nfe: Int
        /// Half the 95 % interval of its cost, as a share of the cost.
        public var share: Double
        /// With how many samples the share would be about as large as is allowed.
        public var samplesWanted: Int
    }

    /// Of the costs whose 95 % interval reaches further than a share of them, that known worst; nil if there is none.
    ///
    /// Intervals narrower than a hundredth of a nat are of no account, whatever the cost.
    public func mostUncertainCost(beyond limit: Double = 0.2) -> UncertainCost? {
        let shares = schedules.compactMap { entry -> (nfe: Int, share: Double)? in
            guard let error = entry.standardErrors?.cost, entry.cost > 0 else { return nil }
            let half = 1.96 * error
            return half >= 0.005 && half > limit * entry.cost ? (entry.nfe, half / entry.cost) : nil
        }
        guard let worst = shares.max(by: { $0.share < $1.share }) else { return nil }
        let factor = worst.share / limit
        return UncertainCost(
            nfe: worst.nfe, share: worst.share,
            samplesWanted: Int(min(1e6, (Double(samples) * factor * factor).rounded(.up))))
    }
}
