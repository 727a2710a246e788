/** The keyring of a view (C_Ki in the paper, 5.1.3): the keys of its parts and all it takes to verify them. */
import type { Extraction } from "../ces/index.ts";
import { Reader, Writer } from "../core/encoding.ts";
import { DiptychError } from "../core/errors.ts";
import { readCertificateChain } from "./certificateChain.ts";

/** What a keyring holds of one part. */
export interface KeyringPart {
  position: number;
  /** K_i, 32 bytes: a secret. */
  key: Uint8Array;
  /** g_i: counts the encryptions of this part, from 1. */
  generation: number;
  /** Index into the links of the view's manifest, from 0. */
  link: number;
}

/** C_Ki opened: the keys of a view's parts, and what proves the parts when they are decrypted. */
export interface Keyring extends Pick<Extraction, "header" | "signature" | "proof"> {
  /** Ascending by position. */
  parts: KeyringPart[];
  /** DER; the doctor's certificate first. */
  certificateChain: Uint8Array[];
  /** Ed25519, 32 bytes; its hash is the header's pseudonym. */
  emrPublicKey: Uint8Array;
  /** Placement of this version of this view, 64 bytes; see `signPlacement`. */
  emrSignature: Uint8Array;
}

/**
 * u8 format version 1, list of (u16 position, key (32), u32 generation, u32 link), bytes header, bytes signature, list of
 * bytes certificate, list of 32-byte hashes (multiproof), EMR public key (32), EMR signature (64).
 */
export function encodeKeyring(keyring: Keyring): Uint8Array {
  return new Writer()
    .u8(1)
    .list(keyring.parts, (writer, part) =>
      writer.u16(part.position).fixed(part.key).u32(part.generation).u32(part.link),
    )
    .bytes(keyring.header)
    .bytes(keyring.signature)
    .list(keyring.certificateChain, (writer, certificate) => writer.bytes(certificate))
    .list(keyring.proof, (writer, node) => writer.fixed(node))
    .fixed(keyring.emrPublicKey)
    .fixed(keyring.emrSignature)
    .finish();
}

/** The keyring in these bytes, nothing of it verified; throws `keyring-invalid`. */
export function decodeKeyring(bytes: Uint8Array): Keyring {
  try {
    const reader = new Reader(bytes, "keyring").version(1);
    const parts = reader.list((each) => ({
      position: each.u16(),
      key: each.fixed(32),
      generation: each.u32(),
      link: each.u32(),
    }));
    const ascending = parts.every((part, at) => part.position > (parts[at - 1]?.position ?? 0));
    const distinct = new Set(parts.map((part) => part.link)).size === parts.length;
    if (parts.length === 0 || !ascending || !distinct || parts.some((part) => part.generation === 0))
      throw reader.invalid("its list of parts is off");
    const keyring: Keyring = {
      parts,
      header: reader.bytes(),
      signature: reader.bytes(2048),
      certificateChain: readCertificateChain(reader),
      proof: reader.list((each) => each.fixed(32)),
      emrPublicKey: reader.fixed(32),
      emrSignature: reader.fixed(64),
    };
    reader.end();
    return keyring;
  } catch (cause) {
    throw new DiptychError(
      "keyring-invalid",
      "This keyring can't be read: ask its owner to publish the view again.",
      { cause },
    );
  }
}
