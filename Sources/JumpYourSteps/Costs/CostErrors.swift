/// How far what a schedule costs, as measured, may lie from what it costs in truth: standard errors over the samples it was
/// measured on, nats. The samples and their noise are common to all schedules, so that a difference is known better than
/// either cost.
public struct CostErrors: Hashable, Sendable, Codable {
    /// Of the schedule's cost.
    public var cost: Double
    /// Of the cost of the uniform schedule of as many steps.
    public var uniformCost: Double
    /// Of what the schedule costs less than the uniform one.
    public var saving: Double

    /// The errors of the mean costs of two schedules, from their costs on each sample.
    init(costs: [Double], uniformCosts: [Double], sources: [Int]) {
        cost = Spread.errorOfMean(costs, sources: sources)
        uniformCost = Spread.errorOfMean(uniformCosts, sources: sources)
        saving = Spread.errorOfMean(zip(costs, uniformCosts).map { $1 - $0 }, sources: sources)
    }
}
