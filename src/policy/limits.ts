/** What a policy may hold at most. Both locks share all but the second; the contract takes fewer leaves. */
export const POLICY_LIMITS = {
  /** Rows of the ABE's matrix: one for each mention of an attribute, up to 32 for a comparison. */
  leaves: 512,
  /** Leaves of a policy that goes on chain; a comparison is one. */
  chainLeaves: 32,
  /** Gates above a leaf, and brackets open at one time. */
  depth: 32,
  /** Bytes of one attribute in UTF-8. */
  attributeBytes: 256,
  /** Bytes of a number's label: with any value the attribute stays under its limit. */
  labelBytes: 243,
  /** Bytes of a policy's text in UTF-8. */
  textBytes: 65_536,
} as const;
