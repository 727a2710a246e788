/** One byte changed in each object of a published record: each is refused with the code that says what it is, nothing opens. */
import { expect } from "chai";
import { capsulePolicy } from "../../src/abe/index.ts";
import { decodeExtraction, encodeExtraction } from "../../src/ces/index.ts";
import { GatewayClient } from "../../src/cloud/gatewayClient.ts";
import {
  type Block,
  carBytes,
  decodeManifest,
  encodeManifest,
  MemoryBlockStore,
  makeBlock,
  multihashKey,
  parseCid,
  parseManifestUrl,
  type StoreBackend,
  VerifyingBlockStore,
} from "../../src/cloud/index.ts";
import { buffer, hex } from "../../src/core/bytes.ts";
import type { ErrorCode } from "../../src/core/errors.ts";
import { checkRecord, encodeInfo1, encodeKeyring } from "../../src/record/index.ts";
import { info1Info } from "../../src/roles/info1.ts";
import { openView } from "../../src/roles/openView.ts";
import {
  checkIndexProof,
  decodeIndex,
  openIndexWithPoint,
  sealKeyring,
  sealTo,
} from "../../src/seal/index.ts";
import { random32 } from "../world.ts";
import { flipped, outcomeOf, placesIn, refuses, type Story, serveBytes, theStory } from "./tampering.ts";

describe("hostile bytes: one byte changed in what is stored", function () {
  this.timeout(180_000);
  let story: Story;
  let root: string;
  /** The archive's blocks in order: the manifest first. */
  let all: Block[];

  before(async () => {
    story = await theStory();
    root = parseManifestUrl(story.released.plaintext.url).toString();
    all = [...story.blocks].map(([cid, bytes]) => ({ cid: parseCid(cid), bytes }));
  });

  const decrypt = (blocks: Map<string, Uint8Array>) =>
    story.requester.decrypt("storage", story.ledgerRecordId, story.released, blocks);

  it("the untouched view opens", async () => {
    // The manifest, nine parts and the own copy.
    expect(all).to.have.length(11);
    expect((await decrypt(story.blocks)).extraction.parts).to.have.length(9);
  });

  it("each block on the store's disk: block-mismatch", async () => {
    const held = new Map(all.map(({ cid, bytes }) => [multihashKey(cid), bytes]));
    const unused = async () => undefined;
    const backend: StoreBackend = {
      read: async (key) => held.get(key),
      has: async (key) => held.has(key),
      write: unused,
      remove: unused,
      keys: () => held.keys(),
      flush: unused,
      writePin: unused,
      removePin: unused,
      readPins: async () => [],
    };
    const store = new VerifyingBlockStore(backend);
    for (const { cid, bytes } of all) {
      expect(await store.get(cid)).to.deep.equal(bytes);
      await refuses(
        bytes,
        ["block-mismatch"],
        (tampered) => {
          held.set(multihashKey(cid), tampered);
          return store.get(cid);
        },
        5,
      );
      held.set(multihashKey(cid), bytes);
    }
  });

  it("each block on its way up: block-mismatch", async () => {
    for (const { cid, bytes } of all)
      await refuses(
        bytes,
        ["block-mismatch"],
        (tampered) => new MemoryBlockStore().put({ cid, bytes: tampered }),
        5,
      );
  });

  it("the gateway's answer: each block, and the archive around them", async () => {
    const liar = await serveBytes();
    try {
      const client = new GatewayClient(liar.url);
      const order = {
        ...{ side: "storage" as const, gateway: client.origin, cid: root, time: 1, nonce: random32() },
        ...{
          signature: "0x",
          requestId: story.decided.requestId,
          index: { version: 1, tag: "0x", signature: "0x" },
        },
      };
      const archive = await carBytes([parseCid(root)], all);
      liar.say(archive);
      expect([...(await client.fetch(order)).keys()]).to.deep.equal([...story.blocks.keys()]);
      for (const [which, { bytes }] of all.entries())
        await refuses(
          bytes,
          ["block-mismatch"],
          async (tampered) => {
            const changed = all.map((block, at) => (at === which ? { ...block, bytes: tampered } : block));
            liar.say(buffer(await carBytes([parseCid(root)], changed)));
            return client.fetch(order);
          },
          3,
        );
      const codes: ErrorCode[] = ["encoding-invalid", "block-mismatch", "block-unexpected", "block-missing"];
      const met = await refuses(
        archive,
        codes,
        (tampered) => {
          liar.say(tampered);
          return client.fetch(order);
        },
        40,
      );
      expect(met).to.include("block-mismatch");
    } finally {
      await liar.close();
    }
  });

  it("the manifest, under the CID that it should have", async () => {
    const { bytes } = all[0]!;
    await refuses(
      bytes,
      [
        "manifest-invalid",
        "abe-decapsulation-failed",
        "abe-not-satisfied",
        "seal-open-failed",
        "block-missing",
      ],
      (tampered) => decrypt(new Map([...story.blocks, [root, tampered]])),
      10,
    );
  });

  /** The view with another capsule, keyring or parts in its manifest, the CID made to fit. */
  const withManifest = async (change: object, blocks: Block[] = []) => {
    const manifest = await encodeManifest({ ...decodeManifest(all[0]!.bytes), ...change });
    return decrypt(
      new Map([
        ...story.blocks,
        ...blocks.map(({ cid, bytes }) => [String(cid), bytes] as const),
        [root, manifest.bytes],
      ]),
    );
  };

  it("the capsule: abe-decapsulation-failed, or abe-not-satisfied where its policy is another", async () => {
    const { capsule } = decodeManifest(all[0]!.bytes);
    const met = await refuses(
      capsule,
      ["abe-decapsulation-failed", "abe-not-satisfied"],
      (tampered) => withManifest({ capsule: tampered }),
      10,
    );
    expect(met).to.include("abe-decapsulation-failed");
    expect(capsulePolicy(capsule)).to.equal("role:doctor");
  });

  it("the sealed keyring, and each encrypted part: seal-open-failed", async () => {
    const { keyring, parts } = decodeManifest(all[0]!.bytes);
    await refuses(keyring, ["seal-open-failed"], (tampered) => withManifest({ keyring: tampered }), 3);
    for (const [which, cid] of parts.entries())
      await refuses(
        story.blocks.get(String(cid))!,
        ["seal-open-failed"],
        async (tampered) => {
          const block = await makeBlock(cid.code, tampered);
          return withManifest({ parts: parts.with(which, block.cid) }, [block]);
        },
        1,
      );
  });

  it("two parts in each other's place: seal-open-failed", async () => {
    const { parts } = decodeManifest(all[0]!.bytes);
    const exchanged = parts.with(0, parts[1]!).with(1, parts[0]!);
    expect(await outcomeOf(() => withManifest({ parts: exchanged }))).to.equal("seal-open-failed");
  });

  it("the keyring inside, by its own maker: nothing of the view opens", async () => {
    const { index, k, keyring, manifest } = story.opened.learned;
    const { placement, trust } = story;
    const lock = { k, sigma: index.sigma, capsule: manifest.capsule, binding: placement };
    const secrets = { k, sigma: index.sigma };
    const open = async (plain: Uint8Array) =>
      openView(
        { ...manifest, keyring: await sealKeyring(lock, plain) },
        story.blocks,
        secrets,
        placement,
        trust,
      );
    const plain = encodeKeyring(keyring);
    expect((await open(plain)).extraction.parts).to.have.length(9);
    const met = await refuses(
      plain,
      [
        "keyring-invalid",
        "seal-open-failed",
        "encoding-invalid",
        "ces-header-invalid",
        "certificate-invalid",
        "ces-verification-failed",
      ],
      open,
      16,
    );
    for (const code of ["keyring-invalid", "seal-open-failed", "certificate-invalid"])
      expect(met, `a keyring that is refused with ${code}`).to.include(code);
  });

  it("the index on the chain: proof-invalid, and it doesn't open", async () => {
    const { index } = story.onChain;
    const { binding } = story;
    await checkIndexProof(decodeIndex(index), binding);
    await refuses(
      index,
      ["encoding-invalid", "proof-invalid"],
      (tampered) => checkIndexProof(decodeIndex(tampered), binding),
      30,
    );
    const indexKey = story.keySet.commitments[0]!;
    // Whatever point the gates' partials would give.
    await refuses(
      index,
      ["encoding-invalid", "seal-open-failed"],
      (tampered) => openIndexWithPoint(indexKey, indexKey, decodeIndex(tampered), binding),
      10,
    );
  });

  it("the index under any other place or version: proof-invalid", async () => {
    const { binding } = story;
    const index = decodeIndex(story.onChain.index);
    const others = [
      { ...binding, chainId: binding.chainId + 1n },
      { ...binding, version: binding.version + 1n },
      ...(["contract", "ledgerRecordId", "keySet"] as const).map((name) => ({
        ...binding,
        [name]: flipped(binding[name], 7),
      })),
    ];
    for (const other of others)
      expect(await outcomeOf(() => checkIndexProof(index, other))).to.equal("proof-invalid");
  });

  it("Info1, sealed and inside: the patient doesn't take it", async () => {
    const { patient, invitation, info1, opened } = story;
    await refuses(info1, ["seal-open-failed"], (tampered) => patient.accept(tampered, invitation), 4);
    const { certificateChain } = opened.learned.keyring;
    const plain = encodeInfo1({ extraction: opened.extraction, certificateChain });
    const seal = (bytes: Uint8Array) => sealTo(invitation.recordKey, info1Info(invitation), bytes);
    const met = await refuses(
      plain,
      [
        "info1-invalid",
        "encoding-invalid",
        "ces-header-invalid",
        "certificate-invalid",
        "ces-verification-failed",
      ],
      async (tampered) => patient.accept(await seal(tampered), invitation),
      14,
    );
    for (const code of ["info1-invalid", "certificate-invalid", "ces-verification-failed"])
      expect(met).to.include(code);
  });

  it("the extraction that a verifier gets", async () => {
    const { opened, trust } = story;
    const { certificateChain } = opened.learned.keyring;
    const bytes = encodeExtraction(opened.extraction);
    const check = (given: Uint8Array) =>
      checkRecord({ extraction: decodeExtraction(given), certificateChain }, trust);
    expect((await check(bytes)).header.n).to.equal(9);
    const met = await refuses(
      bytes,
      ["encoding-invalid", "ces-header-invalid", "certificate-invalid", "ces-verification-failed"],
      check,
      60,
    );
    expect(met).to.include("ces-verification-failed");
  });

  it("the doctor's certificate: certificate-invalid", async () => {
    const { opened, trust } = story;
    const [certificate] = opened.learned.keyring.certificateChain;
    await refuses(
      certificate!,
      ["certificate-invalid"],
      (tampered) => checkRecord({ extraction: opened.extraction, certificateChain: [tampered] }, trust),
      40,
    );
    await refuses(
      trust.authority,
      ["certificate-invalid"],
      (tampered) =>
        checkRecord(
          { extraction: opened.extraction, certificateChain: [certificate!] },
          { ...trust, authority: tampered },
        ),
      20,
    );
    expect(placesIn(3, 3).map((at) => hex(flipped(Uint8Array.of(0, 0, 0), at)))).to.deep.equal([
      "0x010000",
      "0x000100",
      "0x000001",
    ]);
  });
});
