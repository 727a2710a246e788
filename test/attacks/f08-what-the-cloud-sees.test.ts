/** F8: the paper's two indexes hold the same url, Tag_share is never defined, and nothing hides sizes (5.1.3 to 5.1.5). */
import { expect } from "chai";
import { EmbeddedBlockStore } from "../../src/cloud/embedded.ts";
import { decodeManifest } from "../../src/cloud/manifest.ts";
import { hex, randomBytes, utf8, utf8Decode } from "../../src/core/bytes.ts";
import { sampleRecord, splitRecord } from "../../src/record/index.ts";
import type { Draft } from "../../src/roles/drafting.ts";
import { expectCode } from "../expectCode.ts";
import { setup } from "./paper/abe.ts";
import { drawKey } from "./paper/rsa.ts";
import * as paper from "./paper/signature.ts";
import { Cloud, encryptRecord, signIndex } from "./paper/storage.ts";
import { aliceSample, rights, sharedSide, stage } from "./world.ts";

describe("F8 what the cloud and shared users see", () => {
  it("the paper: a shared user learns where the private side lies, and the cloud reads a gender off a length", async () => {
    const key = drawKey();
    const { publicKey } = await setup();
    const cloud = new Cloud(key);
    const policies = paper.emr.map((_, at) => (sharedSide.includes(at + 1) ? rights.shared : rights.full));
    const store = async (gender: string) => {
      const contents = paper.emr.map((content, at) => (at === 1 ? utf8(gender) : content));
      const { record } = await encryptRecord(paper.sign(contents, "", key), policies, publicKey);
      return cloud.put(record);
    };
    const url = await store("female");
    const [full, share] = [randomBytes(32), randomBytes(32)].map((tag) => signIndex(url, tag, key));
    expect(share!.url).to.equal(full!.url);
    // Released to a researcher for six parts, it brings the ciphertext of all nine.
    expect(cloud.fetch(share!)!.objects).to.have.length(9);

    const genderOf = (of: string) => {
      const size = cloud.records.get(of)!.objects[1]!.content.length - 12 - 16;
      return ["female", "male"].find((each) => each.length === size);
    };
    expect([genderOf(url), genderOf(await store("male"))]).to.deep.equal(["female", "male"]);
  });

  it("Diptych: the shared view's manifest and its archive have nothing of the private side", async () => {
    const { requesters } = await stage();
    const { draft, ids } = await aliceSample();
    const [full, shared] = draft.views;
    const partsOf = (view = full!) => decodeManifest(view.manifest.bytes).parts.map(String);
    const stored = draft.record.parts.map(({ position, stored }) => [position, String(stored!.cid)] as const);
    const privateCids = stored.filter(([at]) => !sharedSide.includes(at)).map(([, cid]) => cid);
    expect(privateCids).to.have.length(3);
    expect(partsOf(full)).to.include.members(privateCids);
    expect(partsOf(shared)).to.not.include.oneOf(privateCids);
    expect(decodeManifest(full!.manifest.bytes).own).to.not.equal(undefined);
    expect(decodeManifest(shared!.manifest.bytes).own).to.equal(undefined);

    const { researcher } = requesters;
    const { decided } = await researcher.request("shared", ids.shared);
    const { plaintext, record } = await researcher.release("shared", decided);
    const blocks = await researcher.fetch("shared", decided.requestId, plaintext, record.version);
    expect([...blocks.keys()]).to.have.members([String(shared!.root), ...partsOf(shared)]);
    // Told the full view's address, a shared user still isn't served it.
    const pointed = { ...plaintext, url: `ipfs://${full!.root}` };
    await expectCode("signature-invalid", () =>
      researcher.fetch("shared", decided.requestId, pointed, record.version),
    );
  });

  it("Diptych: ids and Tags say nothing of record, view or each other", async () => {
    const { world, alice } = await stage();
    const { emrId, draft, ids } = await aliceSample();
    const [full, shared] = draft.views.map((view) => ({ tag: view.tag, root: String(view.root) }));
    expect(full!.tag).to.not.equal(shared!.tag);
    expect(full!.root).to.not.equal(shared!.root);
    // What the cloud keeps of a root, beside the blocks: its owner's account and a random handle.
    const pins = await (await EmbeddedBlockStore.open(world.storeFolder)).pins(draft.views[1]!.root);
    const kept = JSON.stringify(pins).toLowerCase();
    expect(kept).to.include(shared!.tag).and.to.include(alice.addresses.shared.toLowerCase());
    for (const secret of [hex(emrId), ids.storage, ids.shared, full!.tag, full!.root])
      expect(kept).to.not.include(secret.toLowerCase().replace("0x", ""));
  });

  it("Diptych: sizes don't tell one short value from another", async () => {
    const { alice, doctor } = await stage();
    const draftOf = async (text: string): Promise<Draft> => {
      const invitation = alice.patient.invite();
      const split = splitRecord(utf8(text));
      const emrId = await alice.patient.accept(await doctor.issue(split, invitation), invitation);
      return alice.patient.encrypt(emrId, sharedSide, rights);
    };
    const female = await draftOf(sampleRecord);
    const other = sampleRecord
      .replace('"female"', '"male"')
      .replace("tuberculosis", "x")
      .replace("Synthetic Person 1", "A longer name for a synthetic person");
    const male = await draftOf(other);
    const content = (at: number, text: string) => utf8Decode(splitRecord(utf8(text)).parts[at]!.content);
    expect(content(1, other)).to.equal('"male"').and.not.equal(content(1, sampleRecord));

    const sizes = ({ record, blocks }: Draft) =>
      record.parts.map(({ stored }) => blocks.find(({ cid }) => cid.equals(stored!.cid))!.bytes.length);
    expect(sizes(male)).to.deep.equal(sizes(female));
    expect(new Set(sizes(female)), "all nine parts look alike").to.have.property("size", 1);
    const manifests = (draft: Draft) => draft.views.map((view) => view.sizes);
    expect(manifests(male)).to.deep.equal(manifests(female));
  });
});
