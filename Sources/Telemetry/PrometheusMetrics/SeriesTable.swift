/// The series of all metrics of one kind.
struct SeriesTable<Element: Series>: Sendable {
    private struct Family {
        var series: [LabelSet: Element] = [:]
        var overflowCount: UInt64 = 0
    }

    private var families: [String: Family] = [:]

    /// The series with this name and these labels, created if missing.
    ///
    /// - Parameter limit: how many series a metric may have before others share the overflow series.
    mutating func series(
        _ name: String, _ labels: LabelSet, limit: Int, make: (SeriesIdentity) -> Element
    ) -> Element {
        if let known = families[name]?.series[labels] { return known }
        var labels = labels
        if labels != .overflow, let count = families[name]?.series.count, count >= limit {
            families[name]?.overflowCount += 1
            labels = .overflow
            if let known = families[name]?.series[labels] { return known }
        }
        let new = make(SeriesIdentity(name: name, labels: labels))
        families[name, default: Family()].series[labels] = new
        return new
    }

    /// Removes a series, except the overflow series, which others share.
    mutating func remove(_ element: Element) {
        let (name, labels) = (element.identity.name, element.identity.labels)
        guard labels != .overflow, families[name]?.series[labels] === element else { return }
        families[name]?.series[labels] = nil
        if families[name]?.series.isEmpty == true { families[name] = nil }
    }

    /// The metrics of a scrape, unsorted.
    func listing(kind: MetricKind) -> [FamilyListing] {
        families.map { name, family in
            FamilyListing(
                name: name, kind: kind, series: Array(family.series.values), overflowCount: family.overflowCount)
        }
    }
}

/// A metric at the time of a scrape.
struct FamilyListing {
    let name: String
    let kind: MetricKind
    let series: [any Series]
    let overflowCount: UInt64
}
