#ifndef FERRY_ADMIN_PAGE_H
#define FERRY_ADMIN_PAGE_H

#include <stddef.h>

/// A file of the admin page, embedded by the compiler.
struct ferry_page_file {
    /// The path below `page`, such as `views/imports.js`.
    const char *path;
    /// The bytes; not terminated by a zero.
    const unsigned char *bytes;
    /// How many bytes the file has.
    size_t size;
};

/// The files of the page.
const struct ferry_page_file *ferry_page_files(void);

/// How many files the page has.
size_t ferry_page_file_count(void);

#endif
