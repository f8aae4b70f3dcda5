#include "COpenAPI.h"

// Package manifests have no setting for C23, and the extension is what this file is for.
#pragma clang diagnostic ignored "-Wc23-extensions"

static const unsigned char document[] = {
#embed "openapi.json"
};

const unsigned char *ferry_openapi_document(void) { return document; }

size_t ferry_openapi_document_size(void) { return sizeof document; }

static const unsigned char document_30[] = {
#embed "openapi-3.0.json"
};

const unsigned char *ferry_openapi_30_document(void) { return document_30; }

size_t ferry_openapi_30_document_size(void) { return sizeof document_30; }
