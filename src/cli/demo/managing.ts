/** 5.3: a part changes sides, rights change, one user is revoked, and the audit trail tells it all. */

import { equal, unhex } from "../../core/bytes.ts";
import type { AuditEvent } from "../../ledger/history.ts";
import { movablePart, type Placement, sharedPositions } from "../../record/index.ts";
import type { ChangeReport } from "../../roles/carrying.ts";
import { fetchCredentials } from "../../roles/credentials.ts";
import { openView } from "../../roles/openView.ts";
import { AuthorityClient } from "../../services/authorityClient.ts";
import { rightsAfter } from "./cast.ts";
import { claim, refused } from "./expectations.ts";
import { copyStore, tryLeftovers } from "./leftovers.ts";
import { bytesInWords } from "./narrator.ts";
import type { Party } from "./report.ts";
import { askAll, askingNames, openStory, partiesOf, type Shared, words } from "./sharing.ts";
import { narrated, type Scene, type Stored, sum } from "./storing.ts";

export async function manage(
  scene: Scene & { file: Uint8Array },
  stored: Stored,
  shared: Shared,
): Promise<Party[]> {
  const sharedNow = await movePart(scene, stored, shared);
  const before = await copyStore(scene.world.storeFolder);
  const change = await swapRights(scene, stored);
  await revokedUserTries(scene, stored, shared, change, before);
  const after = await everyoneAsksAgain(scene, stored, sharedNow);
  await tellAudit(scene, stored);
  return after;
}

/** 5.3.1: one private part becomes shared, and nothing but the shared view is touched. */
async function movePart(scene: Scene, { emrId }: Stored, { requests, general }: Shared): Promise<number[]> {
  const { narrator, cast, split, world } = scene;
  const shared = sharedPositions(split);
  const position = movablePart(split);
  if (position === undefined) {
    await narrator.step("5.3.1", "No part can move to the shared side", async () => ({
      skipped: true,
      lines: ["skipped: the rest is the envelope or the Patient resource."],
    }));
    return shared;
  }
  const { label } = split.parts[position - 1]!;
  const grown = [...shared, position].sort((a, b) => a - b);
  await narrator.step("5.3.1", `Part ${position} (${label}) moves from private to shared`, async () => {
    const storageTransactions = async () =>
      world.chains.storage.provider.getTransactionCount(await cast.patient.address("storage"));
    const [transactions, blocks] = [await storageTransactions(), await copyStore(world.storeFolder)];
    const report = await cast.patient.change(emrId, { shared: grown });
    const stays = [...(await copyStore(world.storeFolder)).keys()].filter((key) => !blocks.has(key));
    const view = report.draft.views[0]!;
    claim(
      report.published.length === 1 && report.published[0]!.ledger === "shared",
      "only the shared ledger got a transaction",
    );
    claim((await storageTransactions()) === transactions, "the storage ledger has no transaction");
    claim(
      report.draft.encrypted.positions.length === 0 && stays.length === 1,
      "no C_mi was written, just one manifest",
    );
    return {
      lines: [
        `New: capsule ${bytesInWords(view.sizes.capsule)}, keyring ${bytesInWords(view.sizes.keyring)}, manifest ${bytesInWords(view.sizes.manifest)} with both inside, index ${bytesInWords(report.published[0]!.indexBytes)}.`,
        "Storage ledger: no transaction. C_mi written: 0 bytes. Same epoch, so grants live on.",
      ],
      gas: sum(report.published.map((each) => each.mined.gas)),
      bytes: report.uploadedBytes,
    };
  });
  await narrator.step("5.3.1", "The general requester's old grant now gives it", async () => {
    const opened = await cast.requesters.general.openGranted("shared", requests.general.decided);
    claim(
      String(opened.extraction.parts.map((part) => part.position)) === String(grown),
      "the old grant gives the moved part",
    );
    return {
      lines: [
        `Version ${opened.version} instead of ${general.version}: parts ${grown.join(", ")}, verified.`,
      ],
    };
  });
  return grown;
}

/** 5.3.2: government and researchers swap rights, the privileged doctor is revoked. */
async function swapRights({ narrator, cast }: Scene, { emrId }: Stored): Promise<ChangeReport> {
  return narrated(
    narrator,
    "5.3.2",
    "Government and researchers swap rights; one doctor is revoked",
    async (tell) => {
      const revoked = cast.requesters.privileged.address;
      const report = await cast.patient.change(emrId, { rights: rightsAfter, block: [revoked] });
      tell(`full    ${rightsAfter.full}`);
      tell(`shared  ${rightsAfter.shared}`);
      tell(`blocked ${revoked} on both ledgers, then both epochs closed`);
      tell(
        `${report.plan.rotate.length} parts encrypted again under new keys; the old roots were forgotten once the new ones were final`,
      );
      const mined = [...report.blocked, ...report.closed, ...report.published.map((each) => each.mined)];
      return { value: report, gas: sum(mined.map((each) => each.gas)), bytes: report.uploadedBytes };
    },
  );
}

/** The revoked user has kept everything and tries it on the new version; what they had before stays theirs. */
async function revokedUserTries(
  scene: Scene,
  stored: Stored,
  { privileged, requests }: Shared,
  change: ChangeReport,
  before: Map<string, Uint8Array>,
): Promise<void> {
  const { narrator, cast, world } = scene;
  await narrator.step("5.3.2", "The revoked doctor tries all they kept", async () => {
    const requester = cast.requesters.privileged;
    const placements = change.published.map(
      (view): Placement => ({
        chainId: world.chains[view.ledger].chainId,
        contract: unhex(world.chains[view.ledger].ledger),
        ledgerRecordId: unhex(view.ledgerRecordId),
        version: view.version,
      }),
    );
    const targets = placements.map((placement, i) => {
      const root = change.draft.views.find((view) => view.name === change.published[i]!.view)!.root;
      return { placement, root };
    });
    const copy = new Map([...before, ...(await copyStore(world.storeFolder))]);
    const { abePublicKey: publicKey, trust } = await fetchCredentials(
      new AuthorityClient(world.authorityUrl),
      Object.values(world.chains),
    );
    const attempt = await tryLeftovers(
      [privileged],
      { publicKey, secretKey: await requester.attributeKey() },
      copy,
      targets,
    );
    claim(
      attempt.manifests === placements.length && attempt.triedParts > 0,
      "the thief found the new manifests",
    );
    claim(attempt.keyrings === 0 && attempt.parts === 0, "nothing of the new version opens");
    await refused(["grant-ended"], "the revoked grant at the gates", () =>
      requester.release("storage", requests.privileged.decided),
    );
    await refused(["grant-ended"], "the revoked grant at the gateway", () =>
      requester.fetch(
        "storage",
        requests.privileged.decided.requestId,
        privileged.learned.index,
        privileged.version,
      ),
    );
    const { learned, version } = privileged;
    const placement = {
      chainId: world.chains.storage.chainId,
      contract: unhex(world.chains.storage.ledger),
      ledgerRecordId: unhex(stored.ledgerRecordIds.storage),
      version,
    };
    const old = await openView(
      learned.manifest,
      learned.blocks,
      { k: learned.k, sigma: learned.index.sigma },
      placement,
      trust,
    );
    return {
      lines: [
        `Whole block store, old index, attribute key, ${learned.keyring.parts.length} cached keys: ${attempt.keyrings} of ${attempt.manifests} new keyrings and ${attempt.parts} of ${attempt.triedParts} new parts open.`,
        `Their attribute key still opens ${attempt.capsules} new capsules (the policy admits doctors of that hospital): it is sigma that no longer comes.`,
        `What they were entitled to before stays theirs: ${old.extraction.parts.length} parts of version ${version} still open from their own copy. No one can take that back.`,
      ],
    };
  });
}

/** Opening under the new rights belongs to 5.3.2. */
const inManaging = { fetch: "5.3.2", decrypt: "5.3.2" };

/** The decisions as of the end of 5.3. */
async function everyoneAsksAgain(
  scene: Scene & { file: Uint8Array },
  stored: Stored,
  sharedNow: number[],
): Promise<Party[]> {
  const { narrator, cast, file } = scene;
  const requests = await narrated(
    narrator,
    "5.3.2",
    "Everybody asks again under the new rights",
    async (tell) => {
      const made = await askAll(scene, stored);
      for (const name of askingNames) tell(`${name.padEnd(18)} ${words(made[name].decided)}`);
      const government = cast.requesters.government;
      const onStorage = await government.request("storage", stored.ledgerRecordIds.storage);
      const onShared = await government.request("shared", stored.ledgerRecordIds.shared);
      tell(
        `${"government".padEnd(18)} storage: ${words(onStorage.decided)}; shared: ${words(onShared.decided)}`,
      );
      claim(
        onStorage.decided.decision !== "granted" && onShared.decided.decision === "granted",
        "government may open the shared side only",
      );
      const opened = await government.openGranted("shared", onShared.decided);
      claim(
        String(opened.extraction.parts.map((part) => part.position)) === String(sharedNow),
        "government opens exactly the shared parts",
      );
      return { value: made, gas: sum(askingNames.map((name) => made[name].mined.gas)) };
    },
  );
  const expected = {
    privileged: "blocked",
    general: "granted",
    "general-on-storage": "granted",
    stranger: "policy-not-satisfied",
    expired: "policy-not-satisfied",
  };
  for (const name of askingNames)
    claim(requests[name].decided.decision === expected[name], `${name} is ${expected[name]} now`);
  const general = await openStory(scene, "general", requests.general.decided, inManaging);
  claim(
    String(general.extraction.parts.map((part) => part.position)) === String(sharedNow),
    "researchers keep the shared parts",
  );
  const onStorage = await openStory(
    scene,
    "general-on-storage",
    requests["general-on-storage"].decided,
    inManaging,
  );
  claim(
    onStorage.file !== undefined && equal(onStorage.file, file),
    "researchers now open the whole record, byte for byte",
  );
  return partiesOf(scene, stored, requests, { general, "general-on-storage": onStorage });
}

/** The record's history, read back from both chains. */
async function tellAudit({ narrator, cast }: Scene, { emrId }: Stored): Promise<void> {
  await narrator.step("5.3", "The audit trail, read back from both chains", async (tell) => {
    const trail = await cast.patient.audit(emrId);
    for (const ledger of ["storage", "shared"] as const)
      for (const event of trail[ledger])
        tell(`${ledger.padEnd(7)} block ${String(event.block).padStart(4)}  ${auditWords(event)}`);
    claim(
      trail.storage.some((event) => event.kind === "decided") &&
        trail.shared.some((event) => event.kind === "closed"),
      "the trail holds decisions and the close",
    );
    return {};
  });
}

function auditWords(event: AuditEvent): string {
  switch (event.kind) {
    case "published":
      return `version ${event.version} published, epoch ${event.epoch}`;
    case "closed":
      return `epoch ${event.epoch} closed`;
    case "decided":
      return `${event.requester.slice(0, 10)} asked: ${words(event)}`;
    case "grant-revoked":
      return `a grant of ${event.requester.slice(0, 10)} revoked`;
    case "transfer-offered":
      return `offered to ${event.newOwner.slice(0, 10)}`;
    case "transferred":
      return `taken over by ${event.newOwner.slice(0, 10)}, epoch ${event.epoch} closed`;
    default:
      return `${event.account.slice(0, 10)} ${event.kind}`;
  }
}
