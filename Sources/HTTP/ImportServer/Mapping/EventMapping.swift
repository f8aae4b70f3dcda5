import Foundation
import ImportAPI
import ImportDomain
import ImportEngine

/// A Server-Sent Event about an operation.
///
/// Source: the HTML standard, "Server-sent events".
struct ProgressEvent {
    private let report: ProgressReport

    init(_ report: ProgressReport) { self.report = report }

    /// The id of the event; clients send it back as `Last-Event-ID`.
    var id: String {
        report.isFinal ? Self.finalID(of: report.operation) : "\(report.operation.id)-\(report.number)"
    }

    /// The id of the last event about an operation that has ended.
    static func finalID(of operation: ImportOperation) -> String {
        "\(operation.id)-result-\(operation.updatedAt.milliseconds)"
    }

    /// The event as it is sent.
    var text: String {
        let data = String(decoding: WireJSON.data(ProgressEventBody(report)), as: UTF8.self)
        return "event: \(report.isFinal ? "result" : "progress")\nid: \(id)\ndata: \(data)\n\n"
    }
}

extension ProgressEventBody {
    /// A progress as the wire shows it.
    init(_ report: ProgressReport) {
        let operation = report.operation
        let counts = operation.totalCounts
        self.init(
            operationId: operation.id.rawValue, state: ImportState(operation.lifecycle).rawValue,
            status: ImportStatus(operation.phase).rawValue, undone: operation.phase == .ended(.undone),
            done: counts.total - counts.pending, total: counts.total, failed: counts.error,
            counts: ControlResponse.TypeCounts(operation.counts), ts: report.moment.iso8601)
        control = operation.lifecycle.control.wireName
        switch operation.phase {
        case .receiving, .reading, .running(.files):
            entry = operation.entry
            bytesRead = operation.fileProgress.map { Int($0.bytesRead) }
            bytesTotal = operation.fileProgress.map { Int($0.bytesTotal) }
        default: break
        }
        undo = report.undo.map { UndoProgressBody($0, of: operation) }
        rate = report.estimate.rate.map { ($0 * 10).rounded() / 10 }
        secondsLeft = report.estimate.secondsLeft.map { range in
            [range.lowerBound, range.upperBound].map { ($0 * 10).rounded() / 10 }
        }
        failure = operation.failure.map(FileFailureBody.init)
    }
}
