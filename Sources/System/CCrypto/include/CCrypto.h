#ifndef FERRY_CCRYPTO_H
#define FERRY_CCRYPTO_H

#include <stddef.h>
#include <stdint.h>

/// Writes the SHA-256 of `count` bytes. Returns 0 if the system's libcrypto cannot compute it.
int ferry_sha256(const void *bytes, size_t count, uint8_t digest[32]);

#endif
