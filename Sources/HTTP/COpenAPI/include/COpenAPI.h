#ifndef FERRY_OPENAPI_H
#define FERRY_OPENAPI_H

#include <stddef.h>

/// The bytes of the OpenAPI document `openapi.json`; not terminated by a zero.
///
/// The compiler embeds the file: a Swift array literal of this size takes it minutes.
const unsigned char *ferry_openapi_document(void);

/// How many bytes the document has.
size_t ferry_openapi_document_size(void);

/// The bytes of `openapi-3.0.json`, the same document for generators of clients; not terminated by a zero.
const unsigned char *ferry_openapi_30_document(void);

/// How many bytes that document has.
size_t ferry_openapi_30_document_size(void);

#endif
