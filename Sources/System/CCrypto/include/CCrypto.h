#ifndef FERRY_CCRYPTO_H
#define FERRY_CCRYPTO_H

#include <stddef.h>
#include <stdint.h>

/// Writes the SHA-256 of `count` bytes. Returns 0 if the system's libcrypto cannot compute it.
int ferry_sha256(const void *bytes, size_t count, uint8_t digest[32]);

/// Begins a SHA-256 of bytes that arrive in chunks. Returns NULL without memory.
struct evp_md_ctx_st *ferry_sha256_begin(void);

/// Adds a chunk.
void ferry_sha256_update(struct evp_md_ctx_st *context, const void *bytes, size_t count);

/// Writes the SHA-256 of all chunks. Returns 0 if the system's libcrypto cannot compute it.
int ferry_sha256_end(struct evp_md_ctx_st *context, uint8_t digest[32]);

/// Frees what `ferry_sha256_begin` returned.
void ferry_sha256_free(struct evp_md_ctx_st *context);

#endif
