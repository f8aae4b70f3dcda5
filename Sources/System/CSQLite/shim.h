// Declared here, because sqlite3.h is already part of GRDB's module.
extern int sqlite3_config(int option, ...);

// sqlite3_config(SQLITE_CONFIG_MEMSTATUS, 0): Swift cannot call functions with variable arguments.
static inline int ferry_sqlite_omit_memory_statistics(void) { return sqlite3_config(9, 0); }
