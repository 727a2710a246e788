/** Parsers of record, cloud and ledger, and of files, as in parsers.ts. */
import * as dagPb from "@ipld/dag-pb";
import { Wallet } from "ethers";
import {
  type CID,
  carBytes,
  decodeManifest,
  encodeManifest,
  linksOf,
  makeBlock,
  manifestUrl,
  objectToBlocks,
  parseCid,
  parseManifestUrl,
  readCar,
  readObject,
  walkDag,
} from "../../src/cloud/index.ts";
import { hex, randomBytes, utf8 } from "../../src/core/bytes.ts";
import {
  checkReceipt,
  checkReceiptProof,
  checkSigner,
  keyRequestMessage,
  type Receipt,
  receiptLeaf,
  receiptTree,
  signMessage,
  signReceipt,
} from "../../src/ledger/index.ts";
import {
  checkCertificate,
  createCertificateAuthority,
  decodeAmendmentInvitation,
  decodeAmendmentRequest,
  decodeInfo1,
  decodeKeyring,
  decodeOwnCopy,
  decodePartPlaintext,
  emrPublicKey,
  encodeAmendmentInvitation,
  encodeAmendmentRequest,
  encodeInfo1,
  encodeKeyring,
  encodeOwnCopy,
  encodePartPlaintext,
  issueCertificate,
  makeAmendmentRequest,
  type OwnCopy,
  pseudonymOf,
  readRequest,
  requestCertificate,
  signPlacement,
  verifyAmendmentRequest,
  verifyPlacement,
} from "../../src/record/index.ts";
import { doctor, inventRecord } from "../ces/invented.ts";
import { gather, makeUpload } from "../cloud/world.ts";
import { fileParsers } from "./fileParsers.ts";
import { asText, jsonOf, type Parser } from "./parsers.ts";

let known: Promise<Parser[]> | undefined;

/** Parsers of record, cloud and ledger, and of files; made once. */
export function outerParsers(): Promise<Parser[]> {
  known ??= makeParsers();
  return known;
}

async function makeParsers(): Promise<Parser[]> {
  return [
    ...fileParsers(),
    ...(await recordParsers()),
    ...(await certificateParsers()),
    ...(await cloudParsers()),
    ...(await ledgerParsers()),
  ];
}

async function recordParsers(): Promise<Parser[]> {
  const extraction = await inventRecord(4);
  const { header, signature } = extraction;
  const certificateChain = [randomBytes(600), randomBytes(500)];
  const emrSecret = randomBytes(32);
  const pseudonym = pseudonymOf(emrPublicKey(emrSecret));
  const placement = {
    chainId: 31337n,
    contract: randomBytes(20),
    ledgerRecordId: randomBytes(32),
    version: 1n,
  };
  const keyring = {
    parts: [
      { position: 2, key: randomBytes(32), generation: 1, link: 1 },
      { position: 4, key: randomBytes(32), generation: 7, link: 0 },
    ],
    header,
    signature,
    certificateChain,
    proof: [randomBytes(32)],
    emrPublicKey: emrPublicKey(emrSecret),
    emrSignature: signPlacement(emrSecret, placement, header),
  };
  const own: OwnCopy = {
    emrId: randomBytes(32),
    header,
    signature,
    certificateChain,
    parts: extraction.parts.map(({ position, label }) => ({
      position,
      label,
      side: position === 1 ? "private" : "shared",
      key: randomBytes(32),
      generation: 1,
      cid: randomBytes(36),
      commitment: randomBytes(32),
    })),
    views: [
      { name: "full", ledger: "storage", policy: "a:b", positions: [1, 2, 3, 4], tag: randomBytes(32) },
      { name: "shared", ledger: "shared", policy: "a:b or c:d", purposes: ["TREAT"], positions: [2, 3, 4] },
    ],
  };
  const takenOver = { emrKey: randomBytes(32), ledgerRecordIds: [randomBytes(32), randomBytes(32)] };
  const copies = [
    own,
    { ...own, takenOver },
    { ...own, since: [3, 2] },
    { ...own, takenOver, since: [3, 2] },
  ];
  const requestKey = randomBytes(65);
  const asked = makeAmendmentRequest(emrSecret, requestKey, {
    info1: { extraction, certificateChain },
    recordKey: randomBytes(65),
  });
  const invited = encodeAmendmentInvitation({ requestKey, certificateChain, signature });
  return [
    { name: "Info1", samples: [encodeInfo1({ extraction, certificateChain })], read: decodeInfo1, cost: 2 },
    {
      name: "keyring, placed",
      samples: [encodeKeyring(keyring)],
      read: (bytes) => verifyPlacement(decodeKeyring(bytes), pseudonym, placement),
      cost: 100,
    },
    { name: "own copy", samples: copies.map(encodeOwnCopy), read: decodeOwnCopy, cost: 2 },
    { name: "invitation to amend", samples: [invited], read: decodeAmendmentInvitation },
    {
      name: "request to amend",
      samples: [encodeAmendmentRequest(asked)],
      read: (bytes) => verifyAmendmentRequest(decodeAmendmentRequest(bytes), requestKey, pseudonym),
      cost: 100,
    },
    {
      name: "plaintext of a part",
      samples: [encodePartPlaintext({ label: "name", salt: randomBytes(32), content: randomBytes(60) })],
      read: decodePartPlaintext,
    },
  ];
}

async function certificateParsers(): Promise<Parser[]> {
  const authority = await createCertificateAuthority({ commonName: "Test Authority" });
  const request = await requestCertificate(doctor, { commonName: "Dr. Ä", organization: "医院" });
  const now = Date.now();
  const validity = { notBefore: new Date(now - 1000), notAfter: new Date(now + 86_400_000) };
  const certificate = await issueCertificate(authority, request, validity);
  const check = (chain: Uint8Array[], anchor: Uint8Array) =>
    checkCertificate({ chain, authority: anchor, at: new Date(now), revoked: () => false });
  return [
    { name: "certificate request", samples: [request], read: readRequest, cost: 100 },
    {
      name: "doctor's certificate",
      samples: [certificate],
      read: (bytes) => check([bytes], authority.certificate),
      cost: 200,
    },
    {
      name: "authority's certificate",
      samples: [authority.certificate],
      read: (bytes) => check([certificate], bytes),
      cost: 200,
    },
  ];
}

async function cloudParsers(): Promise<Parser[]> {
  const upload = await makeUpload();
  const small = await objectToBlocks(randomBytes(200));
  const manifest = await encodeManifest({
    capsule: randomBytes(80),
    keyring: randomBytes(60),
    parts: [small.cid],
    own: (await objectToBlocks(randomBytes(50))).cid,
  });
  const view = await encodeManifest({ capsule: randomBytes(9), keyring: randomBytes(9), parts: [small.cid] });
  const car = await carBytes([view.cid], [view, ...small.blocks]);
  const file = upload.parts[2]!.blocks.find((block) => block.cid.code === dagPb.code)!;
  const url = manifestUrl(manifest.cid);
  /** As if the block stood under the CID that it has: what a store full of hostile blocks hands out. */
  const linksOfBytes = async (codec: number, bytes: Uint8Array) => linksOf(await makeBlock(codec, bytes));
  const walked = async (codec: number, bytes: Uint8Array) => {
    const block = await makeBlock(codec, bytes);
    const get = async (cid: CID) => (cid.equals(block.cid) ? bytes : upload.get(cid));
    await gather(walkDag(block.cid, get));
    await readObject(block.cid, get, 1 << 24);
  };
  return [
    { name: "manifest", samples: [manifest.bytes, view.bytes], read: decodeManifest, cost: 4 },
    {
      name: "url of a manifest",
      samples: [utf8(url)],
      read: (bytes) => parseManifestUrl(asText(bytes)),
      cost: 2,
    },
    {
      name: "CID",
      samples: [utf8(String(small.cid)), utf8(String(file.cid))],
      read: (bytes) => parseCid(asText(bytes)),
      cost: 2,
    },
    {
      name: "CAR archive",
      samples: [car],
      read: async (bytes) => gather((await readCar(bytes)).blocks),
      cost: 40,
    },
    {
      name: "links of a UnixFS node",
      samples: [file.bytes],
      read: (bytes) => linksOfBytes(dagPb.code, bytes),
      cost: 20,
    },
    {
      name: "objects under a UnixFS node",
      samples: [file.bytes],
      read: (bytes) => walked(dagPb.code, bytes),
      cost: 200,
    },
  ];
}

async function ledgerParsers(): Promise<Parser[]> {
  const chain = {
    side: "storage" as const,
    chainId: 31338,
    ledger: hex(randomBytes(20)),
    attributeRegistry: hex(randomBytes(20)),
    keyRegistry: hex(randomBytes(20)),
  };
  const wallet = new Wallet(hex(randomBytes(32)));
  const order = { authority: "A", nonce: hex(randomBytes(32)), hpkeKey: "0x04", expiry: 1 };
  const signature = await signMessage(wallet, keyRequestMessage, chain, order);
  const fields = {
    requestId: hex(randomBytes(32)),
    ledgerRecordId: hex(randomBytes(32)),
    version: 1,
    time: 2,
  };
  const receipt = await signReceipt(wallet, chain, fields);
  const tree = receiptTree([receiptLeaf(chain, receipt), hex(randomBytes(32)), hex(randomBytes(32))]);
  const kept = JSON.stringify({ receipt, root: tree.root, proof: tree.proofOf(0) });
  return [
    {
      name: "EIP-712 signature",
      samples: [utf8(signature)],
      read: (bytes) => checkSigner(keyRequestMessage, chain, order, asText(bytes), wallet.address),
      cost: 200,
    },
    {
      name: "signed order",
      samples: [utf8(JSON.stringify(order))],
      read: (bytes) =>
        checkSigner(keyRequestMessage, chain, jsonOf(bytes) as never, signature, wallet.address),
      cost: 200,
    },
    {
      name: "receipt under a root",
      samples: [utf8(kept)],
      read: (bytes) => {
        const { receipt: said, root, proof } = Object(jsonOf(bytes)) as Record<string, unknown>;
        const given = { ...(said as Receipt) };
        checkReceipt(chain, given);
        checkReceiptProof(chain, given, root as string, proof as string[]);
      },
      cost: 200,
    },
  ];
}
