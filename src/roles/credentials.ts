/** The authority's public key and certificate, believed only when both chains anchor them (F15). */
import { PublicKey } from "../abe/index.ts";
import { equal } from "../core/bytes.ts";
import { DiptychError } from "../core/errors.ts";
import { AttributeRegistry } from "../ledger/attributeRegistry.ts";
import type { Chain } from "../ledger/chain.ts";
import { fingerprintOf, type Trust } from "../record/index.ts";
import type { AuthorityClient } from "../services/authorityClient.ts";

/** What the authority says of itself, held against the anchors on the chains. */
export type Credentials = { name: string; abePublicKey: PublicKey; trust: Trust };

/**
 * Fetches what the authority says of itself and holds it against the anchors on `chains`.
 *
 * @throws DiptychError `anchor-mismatch` when a chain anchors other keys
 */
export async function fetchCredentials(
  authority: AuthorityClient,
  chains: readonly Chain[],
): Promise<Credentials> {
  const { name, abePublicKey: encoded, certificateAuthority } = await authority.credentials();
  const abePublicKey = await PublicKey.fromBytes(encoded);
  const registries = chains.map((chain) => new AttributeRegistry(chain));
  for (const [i, registry] of registries.entries()) {
    const anchor = await registry.anchor();
    const same =
      equal(anchor.abePublicKeyHash, abePublicKey.hash) &&
      equal(anchor.caFingerprint, fingerprintOf(certificateAuthority));
    if (!same)
      throw new DiptychError(
        "anchor-mismatch",
        `The authority's keys are not those that the ${chains[i]!.side} chain anchors: don't use them, and tell the authority.`,
      );
  }
  const revoked = async (fingerprint: Uint8Array) =>
    (await Promise.all(registries.map((registry) => registry.certificateRevoked(fingerprint)))).includes(
      true,
    );
  return { name, abePublicKey, trust: { authority: certificateAuthority, revoked } };
}
