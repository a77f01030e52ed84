// Written by `govties extension build` (app/packaging.py); this copy serves tests and the type check.

/** The service that packaged this extension, without a slash at the end. */
export const BACKEND = "http://127.0.0.1:8000";

/** The version of the build. */
export const BUILD = "0.0.0";

/**
 * The public keys that a release may be signed with: the current one and the next, raw, in base64.
 * These belong to tests/vectors/make_releases.py, where everybody can read the private ones.
 * @type {readonly string[]}
 */
export const KEYS = ["u1YVY56nYd6VfsUsMzDTWaMC2FZq7dfBor9eqgfrVX8=", "f1Mv7yA3yXsa0CKp6H4fEQ6XWVUbJ5UL9JwKm4fjOu8="];
