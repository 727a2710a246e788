/** Diptych itself, by the product's own code: on two chains, and with both ledgers on one. */
import { commit, decodeHeader } from "../../src/ces/index.ts";
import type { Block, CID } from "../../src/cloud/blocks.ts";
import { objectToBlocks } from "../../src/cloud/objects.ts";
import type { Side } from "../../src/ledger/chain.ts";
import { capsuleContext, ownCopyInfo } from "../../src/record/index.ts";
import { openView } from "../../src/roles/openView.ts";
import { type OwnRecord, ownCopyOf, type ViewName, viewNames } from "../../src/roles/ownRecord.ts";
import { draftView, encryptPart } from "../../src/roles/publishing.ts";
import { type Plan, planChange } from "../../src/roles/redefinition.ts";
import { sealTo } from "../../src/seal/index.ts";
import type { Kinds, Maker, Scheme, Sealed, SignedRecord, Step, View } from "./scheme.ts";
import { sizeOf } from "./sealing.ts";

/** The record as its patient keeps it before anything is encrypted. */
async function ownRecord({ emrId, whole, shared }: SignedRecord, maker: Maker): Promise<OwnRecord> {
  return {
    header: decodeHeader(whole.header),
    headerBytes: whole.header,
    signature: whole.signature,
    certificateChain: [maker.doctor.certificate],
    parts: await Promise.all(
      whole.parts.map(async ({ position, label, salt, content }) => ({
        position,
        label,
        commitment: await commit(emrId, position, { label, salt, content }),
        plaintext: { label, salt, content },
      })),
    ),
    shared,
    rights: maker.rights,
    views: {},
  };
}

/** Encrypts the parts at `rotate` and makes the views that the plan names, as the patient's role does. */
async function draft(
  before: OwnRecord,
  plan: Pick<Plan, "rotate" | "views">,
  standing: Partial<Record<ViewName, View>>,
  maker: Maker,
  sideOf: Record<ViewName, Side>,
): Promise<{ record: OwnRecord; views: View[] }> {
  const { emrId } = before.header;
  const record = { ...before, parts: before.parts.map((part) => ({ ...part })) };
  const contents: Block[] = [];
  for (const position of plan.rotate) {
    const part = record.parts[position - 1]!;
    const { stored, blocks } = await encryptPart(part, emrId);
    part.stored = stored;
    contents.push(...blocks);
  }
  let own: { cid: CID; blocks: Block[] } | undefined;
  if (plan.views.full !== undefined)
    own = await objectToBlocks(await sealTo(maker.keys.record.publicKey, ownCopyInfo, ownCopyOf(record)));
  const views: View[] = [];
  for (const name of viewNames) {
    const rule = plan.views[name];
    if (rule === undefined) continue;
    const last = standing[name];
    const place = {
      ...(await maker.place(sideOf[name], emrId, name)),
      version: (last?.version ?? 0) + 1,
      epoch: (last?.epoch ?? 0) + (last === undefined || rule === "next" ? 1 : 0),
    };
    const secrets = { keys: maker.keys, emrKey: maker.keys.emr(emrId) };
    const made = await draftView(
      name,
      record,
      place,
      secrets,
      maker.abePublicKey,
      name === "full" ? own?.cid : undefined,
    );
    const first = views.length === 0;
    const blocks = [...(first ? contents : []), ...(name === "full" ? own!.blocks : [])];
    const { tag, sigma, manifest, sizes } = made;
    const signatures = signatureBytes(record);
    const keys = sizes.capsule + sizes.keyring - signatures;
    const kinds: Kinds = {
      content: first ? sizeOf(contents) : 0,
      keys,
      signatures,
      manifests: sizes.manifest - keys - signatures,
      ownCopy: name === "full" ? sizeOf(own!.blocks) : 0,
    };
    views.push({
      name,
      emrId,
      ...place,
      policy: record.rights[name],
      tag,
      sigma,
      manifest,
      blocks,
      kinds,
      capsules: 1,
    });
  }
  return { record, views };
}

/** What a keyring holds of the doctor's signature: header, signature and certificate. */
function signatureBytes({ headerBytes, signature, certificateChain }: OwnRecord): number {
  return headerBytes.length + signature.length + certificateChain.reduce((sum, each) => sum + each.length, 0);
}

function sealed(
  record: OwnRecord,
  standing: Record<ViewName, View>,
  maker: Maker,
  sideOf: Record<ViewName, Side>,
  rotates: boolean,
): Sealed {
  const change = async (wish: { shared?: number[]; rights?: Maker["rights"] }): Promise<Step> => {
    const planned = planChange(record, wish, record);
    const plan = rotates ? planned : { ...planned, rotate: [] };
    const goal = { ...record, shared: plan.shared, rights: plan.rights };
    const made = await draft(goal, plan, standing, maker, sideOf);
    const after = { ...standing, ...Object.fromEntries(made.views.map((view) => [view.name, view])) };
    const closes = viewNames.filter((name) => plan.views[name] === "next").map((name) => standing[name]);
    return { closes, views: made.views, next: sealed(made.record, after, maker, sideOf, rotates) };
  };
  return {
    views: viewNames.map((name) => standing[name]),
    full: ["full"],
    shared: ["shared"],
    move: (shared) => change({ shared }),
    regrant: (rights) => change({ rights }),
  };
}

function diptychOn(name: Scheme["name"], sideOf: Record<ViewName, Side>, rotates = true): Scheme {
  return {
    name,
    sides: [...new Set(Object.values(sideOf))],
    batched: false,
    oneUpload: true,
    async seal(signed, maker) {
      const all = signed.whole.parts.map(({ position }) => position);
      const plan = { rotate: all, views: { full: "same", shared: "same" } } as const;
      const { record, views } = await draft(
        await ownRecord(signed, maker),
        { ...plan, rotate: all },
        {},
        maker,
        sideOf,
      );
      const [full, shared] = views as [View, View];
      return sealed(record, { full, shared }, maker, sideOf, rotates);
    },
    async open({ manifest, blocks, sigma, placement, trust, decapsulate }) {
      const k = await decapsulate(manifest.capsule, capsuleContext(placement));
      return (await openView(manifest, blocks, { k, sigma }, placement, trust)).extraction.parts;
    },
  };
}

export const diptych: Scheme = diptychOn("diptych", { full: "storage", shared: "shared" });
export const diptychOneChain: Scheme = diptychOn("diptych-one-chain", { full: "storage", shared: "storage" });
/** What Diptych would cost if it left keys as they are when someone loses a part; for measuring that only. */
export const diptychWithoutRotation: Scheme = diptychOn(
  "diptych-without-rotation",
  { full: "storage", shared: "shared" },
  false,
);
