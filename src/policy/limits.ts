/** What a policy may hold at most. Both locks share the first four; the contract takes fewer leaves. */
export const POLICY_LIMITS = {
  /** Leaves, each mention of an attribute counted. */
  leaves: 512,
  /** Leaves of a policy that goes on chain. */
  chainLeaves: 32,
  /** Gates above a leaf, and brackets open at one time. */
  depth: 32,
  /** Bytes of one attribute in UTF-8. */
  attributeBytes: 256,
  /** Bytes of a policy's text in UTF-8. */
  textBytes: 65_536,
} as const;
