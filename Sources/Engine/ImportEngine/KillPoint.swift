#if KILL_POINTS
    import Glibc
    import Synchronization

    /// A point before or after a durable write, at which tests end the process. Debug builds only.
    ///
    /// `FERRY_KILL_AT=applyUsers.before:2` ends the process by SIGKILL when it reaches this point for the second time;
    /// without a number, for the first time. `FERRY_STOP_AT` sends SIGTERM instead, as an administrator does, and the work
    /// continues. `FERRY_KILL_LOG` is a file to which the process appends each point that it reaches.
    enum KillPoint {
        /// The side of a write.
        enum Side: String, CaseIterable {
            /// The transaction's work is done and not committed; the file is not changed yet.
            case before
            /// The write is durable, and nothing else was done yet.
            case after
        }

        /// Where the process ends.
        private struct End {
            let point: String
            let hit: Int
            let signal: Int32

            init?(_ text: String, by signal: Int32) {
                self.signal = signal
                let parts = text.split(separator: ":")
                guard let point = parts.first else { return nil }
                self.point = String(point)
                hit = parts.count > 1 ? Int(parts[1]) ?? 1 : 1
            }
        }

        // The environment is read once, before any work.
        private static let end =
            environment("FERRY_KILL_AT").flatMap { End($0, by: SIGKILL) }
            ?? environment("FERRY_STOP_AT").flatMap { End($0, by: SIGTERM) }
        private static let log = environment("FERRY_KILL_LOG").map {
            open($0, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0o600)
        }
        private static let hits = Mutex(0)

        private static func environment(_ name: String) -> String? { getenv(name).map { String(cString: $0) } }

        /// Notes that the process has reached a point, and ends it if it is to end there.
        ///
        /// - Parameter result: what the write returned; nil or an empty list if a claim found nothing.
        static func reach(_ write: DurableWrite, _ side: Side, _ result: Any = ()) {
            guard end != nil || log != nil, !write.isClaim || !isNothing(result) else { return }
            let point = "\(write.rawValue).\(side.rawValue)"
            if let log {
                let line = Array("\(point)\n".utf8)
                _ = Glibc.write(log, line, line.count)
            }
            guard let end, end.point == point else { return }
            let hit = hits.withLock { hits in
                hits += 1
                return hits
            }
            guard hit == end.hit else { return }
            kill(getpid(), end.signal)
            while end.signal == SIGKILL { pause() }
        }

        private static func isNothing(_ result: Any) -> Bool {
            if let list = result as? [Any] { return list.isEmpty }
            let mirror = Mirror(reflecting: result)
            return mirror.displayStyle == .optional && mirror.children.isEmpty
        }
    }
#endif
