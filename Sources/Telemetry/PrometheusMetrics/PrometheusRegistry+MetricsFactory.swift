public import Metrics
internal import Synchronization

extension PrometheusRegistry {
    /// A counter.
    public func makeCounter(label: String, dimensions: [(String, String)]) -> any CounterHandler {
        counter(label, dimensions)
    }

    /// A counter of fractions; it shares its total with a whole-number one of the same name and labels.
    public func makeFloatingPointCounter(
        label: String, dimensions: [(String, String)]
    ) -> any FloatingPointCounterHandler {
        counter(label, dimensions)
    }

    /// A gauge.
    public func makeMeter(label: String, dimensions: [(String, String)]) -> any MeterHandler {
        gauge(label, dimensions)
    }

    /// A histogram, or a gauge if values are not aggregated.
    public func makeRecorder(label: String, dimensions: [(String, String)], aggregate: Bool) -> any RecorderHandler {
        guard aggregate else { return gauge(label, dimensions) }
        let labels = LabelSet(dimensions)
        return state.withLock {
            $0.histograms.series($0.claim(label, for: .histogram), labels, limit: seriesLimit) {
                HistogramSeries($0, buckets: recorderBuckets)
            }
        }
    }

    /// A histogram of seconds.
    public func makeTimer(label: String, dimensions: [(String, String)]) -> any TimerHandler {
        let labels = LabelSet(dimensions)
        return state.withLock {
            $0.timers.series($0.claim(label, for: .timer), labels, limit: seriesLimit) {
                HistogramSeries($0, buckets: timerBuckets)
            }
        }
    }

    /// Removes a counter.
    public func destroyCounter(_ handler: any CounterHandler) {
        destroy(handler)
    }

    /// Removes a counter of fractions.
    public func destroyFloatingPointCounter(_ handler: any FloatingPointCounterHandler) {
        destroy(handler)
    }

    /// Removes a meter.
    public func destroyMeter(_ handler: any MeterHandler) {
        destroy(handler)
    }

    /// Removes a recorder.
    public func destroyRecorder(_ handler: any RecorderHandler) {
        destroy(handler)
    }

    /// Removes a timer.
    public func destroyTimer(_ handler: any TimerHandler) {
        destroy(handler)
    }

    private func counter(_ label: String, _ dimensions: [(String, String)]) -> CounterSeries {
        let labels = LabelSet(dimensions)
        return state.withLock {
            $0.counters.series($0.claim(label, for: .counter), labels, limit: seriesLimit, make: CounterSeries.init)
        }
    }

    private func gauge(_ label: String, _ dimensions: [(String, String)]) -> GaugeSeries {
        let labels = LabelSet(dimensions)
        return state.withLock {
            $0.gauges.series($0.claim(label, for: .gauge), labels, limit: seriesLimit, make: GaugeSeries.init)
        }
    }

    /// Handlers of other factories are ignored.
    private func destroy(_ handler: any Sendable) {
        state.withLock {
            switch handler {
            case let counter as CounterSeries: $0.counters.remove(counter)
            case let gauge as GaugeSeries: $0.gauges.remove(gauge)
            case let histogram as HistogramSeries:
                // It is in one of the two tables; the other ignores it.
                $0.histograms.remove(histogram)
                $0.timers.remove(histogram)
            default: break
            }
        }
    }
}
