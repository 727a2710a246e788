/** A partial on its way from a gate to the requester's response key. */
import { Writer } from "../core/encoding.ts";
import { hash } from "../core/hash.ts";
import { demandSize } from "./binding.ts";
import { demandPoint } from "./curve.ts";
import { openFailed } from "./failures.ts";
import { open, sealTo } from "./hpke.ts";
import { decodePartial, encodePartial, type GatePartial } from "./partial.ts";

/** What a release is bound to: the request id (32 bytes), the gate's address (20), the `enc` that the chain holds (65). */
export interface ReleaseBinding {
  requestId: Uint8Array;
  gate: Uint8Array;
  enc: Uint8Array;
}

/** H(enc), 32 bytes: by it clients see that gates answered for the same version of the index. */
export function hashEnc(enc: Uint8Array): Uint8Array {
  demandPoint(enc, "encapsulated key");
  return hash("diptych/seal/enc/v1", enc);
}

/** The HPKE info of a release. */
export function releaseInfo(binding: ReleaseBinding): Uint8Array {
  return new Writer()
    .text("diptych/seal/release/v1")
    .fixed(demandSize(binding.requestId, 32, "request id"))
    .fixed(demandSize(binding.gate, 20, "gate address"))
    .fixed(hashEnc(binding.enc))
    .finish();
}

/** Seals `partial` to the request's response key (65 bytes, an HPKE public key): 221 bytes. */
export async function sealRelease(
  responseKey: Uint8Array,
  partial: GatePartial,
  binding: ReleaseBinding,
): Promise<Uint8Array> {
  return sealTo(responseKey, releaseInfo(binding), encodePartial(partial));
}

/**
 * Opens a release with the response key's private half. `index` is the place of `binding.gate` in the key set: a gate
 * that answers as another one is refused like any message that doesn't open (`seal-open-failed`).
 */
export async function openRelease(
  privateKey: Uint8Array,
  sealed: Uint8Array,
  binding: ReleaseBinding,
  index: number,
): Promise<GatePartial> {
  const opened = await open(privateKey, releaseInfo(binding), sealed);
  let partial: GatePartial;
  try {
    partial = decodePartial(opened);
  } catch {
    throw openFailed();
  }
  if (partial.index !== index) throw openFailed();
  return partial;
}
