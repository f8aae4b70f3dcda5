#include "CCrypto.h"

#include <openssl/crypto.h>
#include <openssl/evp.h>

static const EVP_MD *sha256;

/// libcrypto frees its state when the process exits, unless it is told otherwise before anybody else uses it. Threads
/// that still hash at that moment would crash.
__attribute__((constructor)) static void start(void) {
    OPENSSL_init_crypto(OPENSSL_INIT_NO_ATEXIT, NULL);
    sha256 = EVP_MD_fetch(NULL, "SHA256", NULL);
}

int ferry_sha256(const void *bytes, size_t count, uint8_t digest[32]) {
    return sha256 != NULL && EVP_Digest(bytes, count, digest, NULL, sha256, NULL) == 1;
}

EVP_MD_CTX *ferry_sha256_begin(void) {
    EVP_MD_CTX *context = sha256 != NULL ? EVP_MD_CTX_new() : NULL;
    if (context != NULL && EVP_DigestInit_ex2(context, sha256, NULL) == 1) return context;
    EVP_MD_CTX_free(context);
    return NULL;
}

void ferry_sha256_update(EVP_MD_CTX *context, const void *bytes, size_t count) {
    EVP_DigestUpdate(context, bytes, count);
}

int ferry_sha256_end(EVP_MD_CTX *context, uint8_t digest[32]) {
    return EVP_DigestFinal_ex(context, digest, NULL) == 1;
}

void ferry_sha256_free(EVP_MD_CTX *context) { EVP_MD_CTX_free(context); }
