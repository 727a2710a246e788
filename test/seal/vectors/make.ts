/** Makes the test vectors of src/seal from fixed randomness: `node test/seal/vectors/make.ts` writes seal.json. */
import { writeFile } from "node:fs/promises";
import { concat, hex, utf8 } from "../../../src/core/bytes.ts";
import { xof } from "../../../src/core/hash.ts";
import { keySetId } from "../../../src/seal/binding.ts";
import { integer, ORDER, parsePoint, pointBytes, reduceToScalar, scalarBytes } from "../../../src/seal/curve.ts";
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
import { encodePartial, makePartialWithNonceSeed, prepareShare } from "../../../src/seal/partial.ts";
import { hashEnc, releaseInfo } from "../../../src/seal/release.ts";
import { proveSealing, type ShareBinding, sealShareWithEphemeral, shareInfo } from "../../../src/seal/sealedShare.ts";
import { proveOpening } from "../../../src/seal/shareComplaint.ts";
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
  const partials = await Promise.all(
    dealing.shares.map(async (share, at) =>
      makePartialWithNonceSeed(
        at + 1,
        await prepareShare(share),
        index.enc,
        { requestId, keySet, generation: 4n },
        fixed(`nonce ${at + 1}`),
      ),
    ),
  );
  const gate = await deriveKeyPair(fixed("gate 2"));
  const shareBinding: ShareBinding = {
    chainId,
    contract,
    dealer,
    keySet,
    generation: 4n,
    gateKey: gate.publicKey,
    index: 2,
    count: 3,
    commitments: dealing.commitments,
  };
  const shareEphemeral = integer((await deriveKeyPair(fixed("share ephemeral"))).privateKey);
  const sealedShare = await sealShareWithEphemeral(
    scalarBytes(dealing.shares[1]!),
    shareBinding,
    shareEphemeral,
    fixed("share proof nonce"),
  );
  const lock = {
    sigma: plaintext.sigma,
    k: fixed("k"),
    capsule: fixed("capsule", 300),
    binding: { chainId, contract, ledgerRecordId: binding.ledgerRecordId, version: 7n },
  };
  const owner = fixed("owner");
  const ownerIndexKey = deriveOwnerIndexKey(owner, chainId, contract, dealer);
  const nextIndexKey = deriveOwnerIndexKey(owner, chainId, contract, dealer, 1);
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
      shareInfo: hex(shareInfo(shareBinding)),
      sealedShare: hex(sealedShare),
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
    complaints: await makeComplaints(gate.privateKey, sealedShare, dealing.shares[1]!, shareBinding),
    mustFail: mustFail(encodeIndex(index), encodePartial(partials[0]!), indexKey.publicKey),
  };
}

/** A sealed share whose proof holds, and whose ct is no message. */
async function sealNoise(binding: ShareBinding): Promise<Uint8Array> {
  const secret = scalar("noise");
  const enc = (await prepareShare(secret)).publicKey;
  const ct = fixed("noise", 48);
  return concat(enc, ct, await proveSealing(secret, { enc, ct }, binding, fixed("noise's nonce")));
}

/** Complaints about shares sealed to gate 2 of the dealing: {what, sealed, evidence, verdict}. */
async function makeComplaints(
  privateKey: Uint8Array,
  good: Uint8Array,
  share: bigint,
  binding: ShareBinding,
) {
  const seal = (plaintext: Uint8Array, name: string, under = binding) =>
    sealShareWithEphemeral(plaintext, under, scalar(name), fixed(`${name}'s nonce`));
  const show = (sealed: Uint8Array, under = binding) =>
    proveOpening(privateKey, sealed, under, fixed("complaint nonce"));
  const bad = await seal(scalarBytes((share % (ORDER - 1n)) + 1n), "bad share");
  const zero = await seal(new Uint8Array(32), "zero share");
  const order = await seal(new Uint8Array(Buffer.from(ORDER.toString(16), "hex")), "share not reduced");
  const undecryptable = await sealNoise(binding);
  const borrowed = concat(good.slice(0, 65), bad.slice(65));
  const older = await seal(scalarBytes(share), "older share", { ...binding, generation: 3n });
  const evidence = await show(bad);
  const change = (at: number, patch: Uint8Array | number) => {
    const changed = evidence.slice();
    if (typeof patch === "number") changed[at] = changed[at]! ^ patch;
    else changed.set(patch, at);
    return changed;
  };
  const inPublic = Uint8Array.of(1, 0);
  const mirrored = pointBytes(parsePoint(evidence.slice(2, 67))!.negate());
  const all: [string, Uint8Array, Uint8Array, string][] = [
    ["a share that doesn't match its commitments", bad, evidence, "share-bad"],
    ["a share of 0", zero, await show(zero), "share-bad"],
    ["a share equal to the order", order, await show(order), "share-bad"],
    ["a message that doesn't decrypt", undecryptable, await show(undecryptable), "share-bad"],
    ["somebody else's enc, without their proof", borrowed, inPublic, "share-bad"],
    ["a share sealed under another generation", older, inPublic, "share-bad"],
    ["a sealed share of 113 bytes", good.slice(0, 113), inPublic, "share-bad"],
    ["no sealed share at all", new Uint8Array(), inPublic, "share-bad"],
    ["a good share", good, await show(good), "share-good"],
    ["no evidence", bad, new Uint8Array(), "evidence-invalid"],
    ["evidence of form 0 where none sees a fault", bad, inPublic, "evidence-invalid"],
    ["evidence of form 0 about a good share", good, inPublic, "evidence-invalid"],
    ["evidence of another share", bad, await show(good), "evidence-invalid"],
    ["evidence of another share the other way round", good, evidence, "evidence-invalid"],
    ["version 2", bad, change(0, 3), "evidence-invalid"],
    ["form 2", bad, change(1, 3), "evidence-invalid"],
    ["a byte missing", bad, evidence.slice(0, -1), "evidence-invalid"],
    ["a byte too many", bad, concat(evidence, Uint8Array.of(0)), "evidence-invalid"],
    ["a point off the curve", bad, change(66, 1), "evidence-invalid"],
    ["the point mirrored", bad, change(2, mirrored), "evidence-invalid"],
    ["enc for a point", bad, change(2, bad.slice(0, 65)), "evidence-invalid"],
    ["challenge changed", bad, change(67, 1), "evidence-invalid"],
    ["challenge 0", bad, change(67, new Uint8Array(32)), "evidence-invalid"],
    ["response changed", bad, change(130, 1), "evidence-invalid"],
    ["response 0", bad, change(99, new Uint8Array(32)), "evidence-invalid"],
  ];
  return all.map(([what, sealed, given, verdict]) => ({
    what,
    sealed: hex(sealed),
    evidence: hex(given),
    verdict,
  }));
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
