/**
 * What everything stands on: errors, bytes, canonical encoding, domain-separated hashing.
 *
 * @module
 */
export * from "./bytes.ts";
export * from "./encoding.ts";
export * from "./errors.ts";
export * from "./hash.ts";
