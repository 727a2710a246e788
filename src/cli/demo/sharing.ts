/** 5.2: requesters ask the chains; those who are granted open their view, those who are denied get nothing anywhere. */

import { equal } from "../../core/bytes.ts";
import type { Side as Ledger } from "../../ledger/chain.ts";
import type { Decided } from "../../ledger/request.ts";
import type { Mined } from "../../ledger/transactions.ts";
import { sharedPositions } from "../../record/index.ts";
import type { Opened } from "../../roles/opened.ts";
import { Patient } from "../../roles/patient.ts";
import { type RequesterName, requesterAttributes } from "./cast.ts";
import { enrol, waitUntil } from "./enrolling.ts";
import { claim, refused } from "./expectations.ts";
import { askForPurposes } from "./purposes.ts";
import type { Party, PartyName, PurposeRequest } from "./report.ts";
import { narrated, type Scene, type Stored, sum } from "./storing.ts";

/** Whose request a party's line in the report is about. */
const asking: Record<
  Exclude<PartyName, "patient">,
  { who: RequesterName; ledger: Ledger; purpose: "TREAT" | "HRESCH" }
> = {
  privileged: { who: "privileged", ledger: "storage", purpose: "TREAT" },
  general: { who: "general", ledger: "shared", purpose: "HRESCH" },
  "general-on-storage": { who: "general", ledger: "storage", purpose: "TREAT" },
  stranger: { who: "stranger", ledger: "shared", purpose: "TREAT" },
  expired: { who: "expired", ledger: "shared", purpose: "TREAT" },
};
type Asking = keyof typeof asking;
export const askingNames = Object.keys(asking) as Asking[];

export type Requests = Record<Asking, { decided: Decided; mined: Mined }>;

export type Shared = {
  requests: Requests;
  privileged: Opened;
  general: Opened;
  government: Opened;
  patientFile: Uint8Array;
  parties: Party[];
  purposes: PurposeRequest[];
};

export async function share(scene: Scene & { file: Uint8Array }, stored: Stored): Promise<Shared> {
  const { narrator, cast, split, file } = scene;
  const attestedUntil = await enrol(scene);
  const requests = await narrated(
    narrator,
    "5.2.1",
    "Requesters ask the two chains; the contracts decide",
    async (tell) => {
      await waitUntil(scene, attestedUntil);
      const made = await askAll(scene, stored);
      for (const name of askingNames)
        tell(
          `${name.padEnd(18)} ${asking[name].ledger.padEnd(7)} ${asking[name].purpose.padEnd(6)} ${words(made[name].decided)}`,
        );
      return { value: made, gas: sum(askingNames.map((name) => made[name].mined.gas)) };
    },
  );
  for (const name of askingNames) {
    const expected = name === "privileged" || name === "general";
    claim(
      (requests[name].decided.decision === "granted") === expected,
      `${name} is ${expected ? "granted" : "denied"}`,
    );
  }

  const purposes = await askForPurposes(scene, stored, requests.general);

  const privileged = await openStory(scene, "privileged", requests.privileged.decided);
  claim(
    privileged.file !== undefined && equal(privileged.file, file),
    "the privileged requester holds the file byte for byte",
  );
  const general = await openStory(scene, "general", requests.general.decided);
  const expected = sharedPositions(split);
  claim(
    String(general.extraction.parts.map((part) => part.position)) === String(expected),
    "the general requester holds exactly the shared parts",
  );

  await narrator.step(
    "5.2.2",
    "Whoever was denied goes on without the chain's word, and gets nothing",
    async () => {
      const lines: string[] = [];
      for (const name of ["general-on-storage", "stranger", "expired"] as const) {
        const { who, ledger } = asking[name];
        const requester = cast.requesters[who];
        const { decided } = requests[name];
        await refused(["not-releasable"], `${name} at the gates`, () => requester.release(ledger, decided));
        const leaked = ledger === "storage" ? privileged : general;
        await refused(["not-releasable"], `${name} at the gateway`, () =>
          requester.fetch(ledger, decided.requestId, leaked.learned.index, leaked.version),
        );
        lines.push(`${name}: gates refuse; the gateway refuses too, even with a leaked url, Tag and d_Index`);
      }
      const { requestId } = requests.privileged.decided;
      await refused(["signature-invalid"], "another's grant at the gateway", () =>
        cast.requesters.stranger.fetch("storage", requestId, privileged.learned.index, privileged.version),
      );
      lines.push(
        "the stranger shows the gateway somebody else's live grant: refused, the signature isn't theirs",
      );
      return { lines };
    },
  );

  const government = await narrated(
    narrator,
    "5.2.2",
    "A government inspector opens the whole record too",
    async () => {
      const { decided, mined } = await cast.requesters.government.request(
        "storage",
        stored.ledgerRecordIds.storage,
        { purpose: "HOPERAT" },
      );
      claim(decided.decision === "granted", "the inspector is granted");
      const opened = await cast.requesters.government.openGranted("storage", decided);
      return {
        value: opened,
        lines: [`${opened.extraction.parts.length} parts, signed by ${opened.signedBy}`],
        gas: mined.gas,
      };
    },
  );

  const patientFile = await narrated(
    narrator,
    "5.2.2",
    "The patient loses every device and restores from the seed alone",
    async () => {
      const { chains, authorityUrl: authority, gatewayUrl: gateway } = scene.world;
      const restored = await Patient.open({ keyStore: cast.seedStore, chains, authority, gateway });
      const [emrId] = (await restored.restore()).restored;
      claim(emrId !== undefined && equal(emrId, stored.emrId), "the record is found again");
      const bytes = await restored.readFile(emrId);
      claim(equal(bytes, file), "the patient gets the file back byte for byte");
      return {
        value: bytes,
        lines: ["The whole record, byte for byte, through the gateway."],
        bytes: bytes.length,
      };
    },
  );

  const parties = partiesOf(scene, stored, requests, { privileged, general });
  return { requests, privileged, general, government, patientFile, parties, purposes };
}

/** Every requester of the report asks its ledger, one after the other. */
export async function askAll({ cast }: Pick<Scene, "cast">, stored: Stored): Promise<Requests> {
  const made: Partial<Requests> = {};
  for (const name of askingNames) {
    const { who, ledger, purpose } = asking[name];
    made[name] = await cast.requesters[who].request(ledger, stored.ledgerRecordIds[ledger], { purpose });
  }
  return made as Requests;
}

/** Release, fetch, decrypt and verify, told as two steps. */
export async function openStory(
  scene: Scene,
  name: Asking,
  decided: Decided,
  sections = { fetch: "5.2.2", decrypt: "5.2.3" },
): Promise<Opened> {
  const { narrator, cast } = scene;
  const { who, ledger } = asking[name];
  const requester = cast.requesters[who];
  const fetched = await narrated(
    narrator,
    sections.fetch,
    `${capital(name)} has the index released and fetches the ciphertext`,
    async () => {
      const released = await requester.release(ledger, decided);
      const blocks = await requester.fetch(
        ledger,
        decided.requestId,
        released.plaintext,
        released.record.version,
      );
      const bytes = [...blocks.values()].reduce((total, block) => total + block.length, 0);
      const count = scene.world.gates[ledger].length;
      return {
        value: { released, blocks },
        lines: [
          `${released.gates.length} of ${count} gates released it; the gateway sent ${blocks.size} blocks, each checked against its CID.`,
        ],
        bytes,
      };
    },
  );
  return narrated(
    narrator,
    sections.decrypt,
    `${capital(name)} decrypts and verifies the doctor's signature`,
    async () => {
      const opened = await requester.decrypt(
        ledger,
        decided.ledgerRecordId,
        fetched.released,
        fetched.blocks,
      );
      const { parts } = opened.extraction;
      const what =
        opened.file === undefined
          ? `parts ${parts.map((part) => part.position).join(", ")} of ${opened.header.n}`
          : `the whole record, ${opened.header.n} parts`;
      return {
        value: opened,
        lines: [`${capital(what)}: signed by ${opened.signedBy}, unchanged.`],
        bytes: parts.reduce((total, part) => total + part.content.length, 0),
      };
    },
  );
}

export function partiesOf(
  scene: Scene,
  stored: Stored,
  requests: Requests,
  opened: Partial<Record<Asking, Opened>>,
): Party[] {
  const { cast, split } = scene;
  const publish = stored.published.find((each) => each.ledger === "storage")!;
  const patient: Party = {
    name: "patient",
    ledger: "storage",
    attributes: [],
    decision: "owner",
    transaction: publish.mined.hash,
    parts: split.parts.map((part) => part.position),
    verified: true,
  };
  const others = askingNames.map((name): Party => {
    const { who, ledger } = asking[name];
    const { decision, transaction } = requests[name].decided;
    const got = opened[name];
    return {
      name,
      ledger,
      attributes: [...requesterAttributes[who], `id:${cast.requesters[who].address.toLowerCase()}`],
      decision: decision === "granted" ? "granted" : "denied",
      ...(decision === "granted" ? {} : { reason: decision }),
      transaction,
      parts: got?.extraction.parts.map((part) => part.position) ?? [],
      verified: got !== undefined,
    };
  });
  return [patient, ...others];
}

export function words({ decision }: Pick<Decided, "decision">): string {
  return decision === "granted" ? "granted" : `denied: ${decision.replaceAll("-", " ")}`;
}

function capital(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1);
}
