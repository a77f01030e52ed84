// Written by `govties extension build` (app/packaging.py); this copy serves tests and the type check.

/** The service that packaged this extension, without a slash at the end. */
export const BACKEND = "http://127.0.0.1:8000";

/** The version of the build. */
export const BUILD = "0.0.0";
