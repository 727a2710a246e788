/** F9: the paper revokes by wrapping the same K_i anew (5.3.2): a cached key, or the old address, still opens. */
import { expect } from "chai";
import { copyStore, tryLeftovers } from "../../src/cli/demo/leftovers.ts";
import { multihashKey } from "../../src/cloud/blocks.ts";
import { decodeManifest } from "../../src/cloud/manifest.ts";
import { IndexLedger } from "../../src/ledger/index.ts";
import { fetchCredentials } from "../../src/roles/credentials.ts";
import type { DraftView } from "../../src/roles/publishing.ts";
import type { Requester } from "../../src/roles/requester.ts";
import { AuthorityClient } from "../../src/services/authorityClient.ts";
import { expectCode } from "../expectCode.ts";
import { keygen, setup, unwrap } from "./paper/abe.ts";
import { decrypt } from "./paper/aes.ts";
import { drawKey } from "./paper/rsa.ts";
import * as paper from "./paper/signature.ts";
import { Cloud, encryptRecord, rewrap } from "./paper/storage.ts";
import { bindingOf } from "./places.ts";
import { rights, type Stage, stage, storeSample } from "./world.ts";

/** What a holder of `requester`'s attribute key works with. */
async function attributeKeys({ world }: Stage, requester: Requester) {
  const client = new AuthorityClient(world.authorityUrl);
  const { abePublicKey } = await fetchCredentials(client, Object.values(world.chains));
  return { publicKey: abePublicKey, secretKey: await requester.attributeKey() };
}

/** A view of the newest version, as everybody finds it on its chain. */
async function targetOf({ chain, ledgerRecordId, root }: DraftView) {
  const record = await new IndexLedger(chain).record(ledgerRecordId);
  return { placement: bindingOf(chain, ledgerRecordId, record), root };
}

describe("F9 keys that somebody kept", () => {
  it("the paper: after the revocation, a cached K_i and the old address still open the record", async () => {
    const doctor = drawKey();
    const { publicKey, masterKey } = await setup();
    const revoked = await keygen(masterKey, ["role:government"]);
    const cloud = new Cloud(doctor);
    const before = paper.emr.map(() => rights.full);
    const after = paper.emr.map(() => "role:doctor and org:yzu-hospital");
    const { record, keys } = await encryptRecord(paper.sign(paper.emr, "", doctor), before, publicKey);
    const oldUrl = cloud.put(record);
    const cached: Uint8Array[] = [];
    for (const { key } of record.objects) cached.push((await unwrap(revoked, key))!);

    const newUrl = cloud.put(await rewrap(record, keys, after, publicKey));
    const current = cloud.records.get(newUrl)!;
    expect(await unwrap(revoked, current.objects[5]!.key), "the new C_Ki doesn't open").to.equal(undefined);
    for (const [at, { content }] of current.objects.entries())
      expect(decrypt(cached[at]!, content)).to.deep.equal(paper.emr[at]);
    const old = cloud.records.get(oldUrl)!.objects[5]!;
    expect(decrypt((await unwrap(revoked, old.key))!, old.content)).to.deep.equal(paper.emr[5]);
  });

  it("Diptych: who was revoked opens nothing of the new version with all that they kept", async () => {
    const here = await stage();
    const { world, alice, requesters } = here;
    const { physician } = requesters;
    const stored = await storeSample(here, alice);
    const { decided } = await physician.request("storage", stored.ids.storage);
    const kept = await physician.openGranted("storage", decided);
    const key = await attributeKeys(here, physician);
    const disk = await copyStore(world.storeFolder);
    const [full] = stored.draft.views;
    // The same attempt on the version that they were entitled to opens everything (the keyring with either copy of k).
    const own = await tryLeftovers([kept], key, disk, [await targetOf(full!)]);
    expect(own).to.deep.equal({ manifests: 1, capsules: 1, keyrings: 2, triedParts: 9, parts: 9 });

    const report = await alice.patient.change(stored.emrId, { block: [physician.address] });
    expect(report.plan.rotate).to.have.length(9);
    expect(report.published.map((each) => each.epoch)).to.deep.equal([2, 2]);
    const now = await copyStore(world.storeFolder);
    const targets = await Promise.all(report.draft.views.map(targetOf));
    const attempt = await tryLeftovers([kept], key, new Map([...disk, ...now]), targets);
    expect(attempt).to.deep.equal({ manifests: 2, capsules: 2, keyrings: 0, triedParts: 9, parts: 0 });

    await expectCode("grant-ended", () => physician.release("storage", decided));
    const { learned, version } = kept;
    await expectCode("grant-ended", () =>
      physician.fetch("storage", decided.requestId, learned.index, version),
    );
    const again = await physician.request("storage", stored.ids.storage);
    expect(again.decided.decision).to.equal("blocked");
    for (const old of [full!.root, ...decodeManifest(full!.manifest.bytes).parts])
      expect(now.has(multihashKey(old)), "the old blocks are gone").to.equal(false);
  });

  it("Diptych: a part taken back from the shared side is rotated, in the full view too", async () => {
    const here = await stage();
    const { world, alice, requesters } = here;
    const { researcher } = requesters;
    const stored = await storeSample(here, alice);
    const { decided } = await researcher.request("shared", stored.ids.shared);
    const kept = await researcher.openGranted("shared", decided);
    const key = await attributeKeys(here, researcher);
    const report = await alice.patient.change(stored.emrId, { shared: [2, 3, 4, 5, 6] });
    expect(report.plan.rotate).to.deep.equal([7]);
    const disk = await copyStore(world.storeFolder);
    for (const view of report.draft.views) {
      const attempt = await tryLeftovers([kept], key, disk, [await targetOf(view)]);
      // Parts 2 to 6 are still theirs, under the keys they had; 7 is not, nor is any keyring.
      expect(attempt).to.include({ manifests: 1, keyrings: 0, parts: 5 });
    }
    await expectCode("grant-ended", () => researcher.release("shared", decided));
    const next = await researcher.request("shared", stored.ids.shared);
    const opened = await researcher.openGranted("shared", next.decided);
    expect(opened.extraction.parts.map((part) => part.position)).to.deep.equal([2, 3, 4, 5, 6]);
  });

  it("Diptych: a narrower policy ends the grants of the old one before anything new is published", async () => {
    const here = await stage();
    const { alice, requesters } = here;
    const stored = await storeSample(here, alice);
    const { decided } = await requesters.researcher.request("shared", stored.ids.shared);
    await requesters.researcher.release("shared", decided);
    const narrower = { full: rights.full, shared: rights.full };
    const report = await alice.patient.change(stored.emrId, { rights: narrower });
    expect(report.closed, "close comes first").to.have.length(1);
    expect(report.plan.views).to.deep.equal({ full: "same", shared: "next" });
    expect(report.plan.rotate).to.deep.equal([2, 3, 4, 5, 6, 7]);
    await expectCode("grant-ended", () => requesters.researcher.release("shared", decided));
  });
});
