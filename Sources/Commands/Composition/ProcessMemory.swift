import CMalloc
import Foundation

/// How the process gets memory from the system and returns it.
public enum ProcessMemory {
    /// Lets threads share glibc's arenas, half as many as there are processors.
    ///
    /// Batches are built on one thread and freed on another. With an arena for each thread, the memory of several batches
    /// would be retained. It is effective for threads that do not exist yet, so it is the first call of the program.
    public static func shareArenas() {
        _ = mallopt(M_ARENA_MAX, Int32(max(1, ProcessInfo.processInfo.activeProcessorCount / 2)))
    }

    /// Returns freed memory to the system.
    static func returnFreed() { _ = malloc_trim(0) }
}
