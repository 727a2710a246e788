/** Makes the test vectors of src/seal from fixed randomness: `node test/seal/vectors/make.ts` writes seal.json. */
import { writeFile } from "node:fs/promises";
import { hex, utf8 } from "../../../src/core/bytes.ts";
import { xof } from "../../../src/core/hash.ts";
import { keySetId } from "../../../src/seal/binding.ts";
import { reduceToScalar } from "../../../src/seal/curve.ts";
import { deriveKeyPair, sealToWithEphemeral } from "../../../src/seal/hpke.ts";
import { deriveIndexKey } from "../../../src/seal/indexKey.ts";
import { encodeIndexPlaintext } from "../../../src/seal/indexPlaintext.ts";
import { encodeIndex, indexInfo, sealIndexWithEphemeral } from "../../../src/seal/indexSeal.ts";
import { sealKeyring } from "../../../src/seal/keyringSeal.ts";
import {
  deriveAccountKey,
  deriveEmrKey,
  deriveIdSecret,
  deriveOwnerIndexKey,
  deriveRecordKey,
} from "../../../src/seal/ownerKeys.ts";
import { encodePartial, makePartialWithNonceSeed } from "../../../src/seal/partial.ts";
import { hashEnc, releaseInfo } from "../../../src/seal/release.ts";
import { shareInfo } from "../../../src/seal/sealedShare.ts";
import { dealWithCoefficients, hashCommitments } from "../../../src/seal/sharing.ts";
import { encrypt } from "../../../src/seal/stream.ts";

/** Fixed bytes under a name: what the vectors take for randomness. */
export function fixed(name: string, size = 32): Uint8Array {
  return xof(size, "diptych/test/seal-vectors/v1", utf8(name));
}

const chainId = 31338n;
const contract = fixed("contract", 20);
const dealer = fixed("dealer", 20);
const scalar = (name: string) => reduceToScalar(fixed(name, 48));

const URL = "ipfs://bafyreigdyrzt5sfp7udm7hu76uh7y26nf3efuylqabf3oclgtqy55fbzdi";

export async function makeVectors() {
  const indexKey = deriveIndexKey(fixed("index key"));
  const keySet = keySetId(dealer, indexKey.publicKey);
  const dealing = dealWithCoefficients([indexKey.secret, scalar("coefficient 1")], 3);
  const binding = { chainId, contract, ledgerRecordId: fixed("ledger record"), version: 7n, keySet };
  const plaintext = { url: URL, tag: fixed("tag"), sigma: fixed("sigma"), dIndex: fixed("d", 65) };
  const index = await sealIndexWithEphemeral(
    indexKey.publicKey,
    plaintext,
    binding,
    scalar("ephemeral"),
    fixed("proof nonce"),
  );
  const requestId = fixed("request");
  const partials = dealing.shares.map((share, at) =>
    makePartialWithNonceSeed(
      at + 1,
      share,
      index.enc,
      { requestId, keySet, generation: 4n },
      fixed(`nonce ${at + 1}`),
    ),
  );
  const gate = await deriveKeyPair(fixed("gate 2"));
  const info = shareInfo({
    chainId,
    contract,
    dealer,
    keySet,
    generation: 4n,
    gateKey: gate.publicKey,
    index: 2,
    count: 3,
    commitments: dealing.commitments,
  });
  const share = dealing.shares[1]!.toString(16).padStart(64, "0");
  const lock = {
    sigma: plaintext.sigma,
    k: fixed("k"),
    capsule: fixed("capsule", 300),
    binding: { chainId, contract, ledgerRecordId: binding.ledgerRecordId, version: 7n },
  };
  const owner = fixed("owner");
  const ownerIndexKey = deriveOwnerIndexKey(owner, chainId, contract);
  const nextIndexKey = deriveOwnerIndexKey(owner, chainId, contract, 1);
  const recordKey = await deriveRecordKey(owner);
  return {
    stream: {
      key: hex(fixed("stream key")),
      associatedData: hex(utf8("EMR 1, part 2")),
      messages: await Promise.all(
        [0, 1, 100].map(async (size) => ({
          plaintext: hex(fixed("plaintext", size || 1).subarray(0, size)),
          message: hex(
            await encrypt(
              fixed("stream key"),
              utf8("EMR 1, part 2"),
              fixed("plaintext", size || 1).subarray(0, size),
            ),
          ),
        })),
      ),
    },
    hpke: {
      seed: hex(fixed("gate 2")),
      publicKey: hex(gate.publicKey),
      privateKey: hex(gate.privateKey),
      info: hex(utf8("info")),
      aad: hex(utf8("aad")),
      plaintext: hex(utf8("plaintext")),
      ephemeralSeed: hex(fixed("hpke ephemeral")),
      sealed: hex(
        await sealToWithEphemeral(
          gate.publicKey,
          utf8("info"),
          utf8("plaintext"),
          utf8("aad"),
          fixed("hpke ephemeral"),
        ),
      ),
    },
    dealing: {
      chainId: Number(chainId),
      contract: hex(contract),
      dealer: hex(dealer),
      indexSecret: indexKey.secret.toString(16).padStart(64, "0"),
      indexKey: hex(indexKey.publicKey),
      keySet: hex(keySet),
      generation: 4,
      commitments: dealing.commitments.map(hex),
      commitmentsHash: hex(hashCommitments(dealing.commitments)),
      shares: dealing.shares.map((s) => s.toString(16).padStart(64, "0")),
      gateIndex: 2,
      shareInfo: hex(info),
      sealedShare: hex(
        await sealToWithEphemeral(
          gate.publicKey,
          info,
          new Uint8Array(Buffer.from(share, "hex")),
          new Uint8Array(),
          fixed("share ephemeral"),
        ),
      ),
    },
    index: {
      ledgerRecordId: hex(binding.ledgerRecordId),
      version: 7,
      url: URL,
      tag: hex(plaintext.tag),
      sigma: hex(plaintext.sigma),
      dIndex: hex(plaintext.dIndex),
      plaintext: hex(encodeIndexPlaintext(plaintext)),
      info: hex(indexInfo(binding)),
      index: hex(encodeIndex(index)),
    },
    release: {
      requestId: hex(requestId),
      gate: hex(fixed("gate address", 20)),
      encHash: hex(hashEnc(index.enc)),
      info: hex(releaseInfo({ requestId, gate: fixed("gate address", 20), enc: index.enc })),
      partials: partials.map((partial) => hex(encodePartial(partial))),
    },
    keyring: {
      k: hex(lock.k),
      sigma: hex(lock.sigma),
      capsule: hex(lock.capsule),
      keyring: hex(fixed("keyring", 260)),
      sealed: hex(await sealKeyring(lock, fixed("keyring", 260))),
    },
    ownerKeys: {
      seed: hex(owner),
      recordKey: hex(recordKey.publicKey),
      indexKey: hex(ownerIndexKey.publicKey),
      nextIndexKey: hex(nextIndexKey.publicKey),
      emrId: hex(fixed("EMR id")),
      emrKey: hex(deriveEmrKey(owner, fixed("EMR id"))),
      idSecret: hex(deriveIdSecret(owner)),
      accountKey: hex(deriveAccountKey(owner, chainId)),
    },
    mustFail: mustFail(encodeIndex(index), encodePartial(partials[0]!), indexKey.publicKey),
  };
}

/** Changes that a reader has to refuse: {what it reads, what was done, bytes, code}. */
function mustFail(index: Uint8Array, partial: Uint8Array, indexKey: Uint8Array) {
  const change = (bytes: Uint8Array, at: number, patch: Uint8Array | number) => {
    const changed = bytes.slice();
    if (typeof patch === "number") changed[at] = changed[at]! ^ patch;
    else changed.set(patch, at);
    return hex(changed);
  };
  const order = new Uint8Array(
    Buffer.from("ffffffff00000000ffffffffffffffffbce6faada7179e84f3b9cac2fc632551", "hex"),
  );
  const prime = new Uint8Array(
    Buffer.from("ffffffff00000001000000000000000000000000ffffffffffffffffffffffff", "hex"),
  );
  return [
    { reads: "index", what: "version 2", bytes: change(index, 0, 3), code: "encoding-invalid" },
    { reads: "index", what: "a byte too many", bytes: `${hex(index)}00`, code: "encoding-invalid" },
    { reads: "index", what: "a byte missing", bytes: hex(index.slice(0, -1)), code: "encoding-invalid" },
    { reads: "index", what: "enc off the curve", bytes: change(index, 65, 1), code: "proof-invalid" },
    { reads: "index", what: "enc compressed", bytes: change(index, 1, 6), code: "proof-invalid" },
    { reads: "index", what: "enc with x = p", bytes: change(index, 2, prime), code: "proof-invalid" },
    { reads: "index", what: "another enc", bytes: change(index, 1, indexKey), code: "proof-invalid" },
    { reads: "index", what: "challenge changed", bytes: change(index, 66, 1), code: "proof-invalid" },
    { reads: "index", what: "response changed", bytes: change(index, 129, 1), code: "proof-invalid" },
    { reads: "index", what: "response = order", bytes: change(index, 98, order), code: "proof-invalid" },
    { reads: "index", what: "ct changed", bytes: change(index, 348, 1), code: "proof-invalid" },
    { reads: "partial", what: "version 2", bytes: change(partial, 0, 3), code: "encoding-invalid" },
    { reads: "partial", what: "gate 0", bytes: change(partial, 10, 1), code: "encoding-invalid" },
    { reads: "partial", what: "a byte too many", bytes: `${hex(partial)}00`, code: "encoding-invalid" },
    { reads: "partial", what: "another gate", bytes: change(partial, 10, 3), code: "proof-invalid" },
    { reads: "partial", what: "another generation", bytes: change(partial, 8, 1), code: "proof-invalid" },
    { reads: "partial", what: "point off the curve", bytes: change(partial, 75, 1), code: "proof-invalid" },
    { reads: "partial", what: "another point", bytes: change(partial, 11, indexKey), code: "proof-invalid" },
    { reads: "partial", what: "challenge changed", bytes: change(partial, 76, 1), code: "proof-invalid" },
    { reads: "partial", what: "response = order", bytes: change(partial, 108, order), code: "proof-invalid" },
  ];
}

if (import.meta.main) {
  const file = new globalThis.URL("./seal.json", import.meta.url);
  await writeFile(file, `${JSON.stringify(await makeVectors(), undefined, 2)}\n`);
}
