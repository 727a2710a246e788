/** JSON schemas of what the services take and answer. */

/** JSON schemas of the fields that several services share. */
export const field = {
  bytes32: { type: "string", pattern: "^0x[0-9a-f]{64}$" },
  address: { type: "string", pattern: "^0x[0-9a-fA-F]{40}$" },
  signature: { type: "string", pattern: "^0x[0-9a-f]{130}$" },
  /** Of an account that may be a contract: up to 1024 bytes. */
  accountSignature: { type: "string", pattern: "^0x([0-9a-f]{2}){0,1024}$" },
  point: { type: "string", pattern: "^0x04[0-9a-f]{128}$" },
  hex: { type: "string", pattern: "^0x([0-9a-f]{2})*$", maxLength: 65_536 },
  seconds: { type: "integer", minimum: 0, maximum: 2 ** 40 },
  text: { type: "string", maxLength: 4096 },
  cid: { type: "string", pattern: "^b[a-z2-7]{20,120}$" },
  side: { type: "string", enum: ["storage", "shared"] },
} as const;

/** An object schema in which every property is demanded, but for the optional ones, and none other is allowed. */
export function body(
  demanded: Record<string, unknown>,
  optional: Record<string, unknown> = {},
): Record<string, unknown> {
  const properties = { ...demanded, ...optional };
  return { type: "object", properties, required: Object.keys(demanded), additionalProperties: false };
}
