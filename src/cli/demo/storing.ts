/** 5.1: the doctor signs, the patient verifies, extracts, encrypts, uploads and publishes on both chains. */
import type { SplitRecord } from "../../record/index.ts";
import { sharedPositions } from "../../record/index.ts";
import { purposesOf } from "../../roles/redefinition.ts";
import type { PublishedView } from "../../roles/settling.ts";
import type { World } from "../world.ts";
import { type Cast, rightsBefore } from "./cast.ts";
import { claim, refused } from "./expectations.ts";
import { bytesInWords, type Narrator } from "./narrator.ts";

export type Scene = { world: World; cast: Cast; split: SplitRecord; narrator: Narrator };

export type Stored = {
  emrId: Uint8Array;
  ledgerRecordIds: Record<"storage" | "shared", string>;
  published: PublishedView[];
};

export async function storeRecord({ world, cast, split, narrator }: Scene): Promise<Stored> {
  const { doctor, patient } = cast;
  const invitation = patient.invite();
  let info1: Uint8Array = new Uint8Array();

  await narrator.step("5.1.1", "The doctor makes a key, the authority certifies it", async () => {
    const anchored = await world.authority.anchor();
    const enrolment = await doctor.enrol("hospital staff card 0001 (synthetic)");
    await world.authority.certify(enrolment);
    const certificate = await doctor.collectCertificate(enrolment);
    return {
      lines: [
        "RSA-PSS 3072; the private key never left the doctor. PKCS#10 in, X.509 out.",
        "Both chains now anchor the authority's public key and certificate.",
      ],
      gas: sum(anchored.map((each) => each.gas)),
      bytes: certificate.length,
    };
  });

  await narrator.step("5.1.1", "The doctor signs the record once and sends Info1", async () => {
    info1 = await doctor.issue(split, invitation);
    return {
      lines: [
        `One signature over the header and ${split.parts.length} salted commitments; sealed to the patient's record key (HPKE).`,
      ],
      bytes: info1.length,
    };
  });

  await narrator.step("5.1.2", "The patient verifies everything in it", async () => {
    await patient.accept(info1, invitation);
    return {
      lines: [
        "Certificate and revocation, commitments, signature, CEAS, and that it is this patient's: all hold.",
      ],
    };
  });

  await narrator.step(
    "5.1.2",
    "The patient extracts the shared parts; a forbidden extraction is refused",
    async () => {
      const shared = sharedPositions(split);
      const extraction = await patient.extract(invitation.emrId, shared);
      const forbidden = forbiddenSubset(split);
      const lines = [
        `Parts ${shared.join(", ")} extracted: no hash, salt or label of a hidden part goes along.`,
      ];
      if (forbidden !== undefined) {
        const refusal = await refused(["ces-subset-forbidden"], "a forbidden extraction", () =>
          patient.extract(invitation.emrId, forbidden),
        );
        lines.push(`Parts ${forbidden.join(", ")} alone: refused. ${refusal.message}`);
      }
      return { lines, bytes: extraction.parts.reduce((total, part) => total + part.content.length, 0) };
    },
  );

  await narrator.step("5.1.4", "The patient shares the index keys out to each chain's gates", async () => {
    const dealt = await Promise.all(
      (["storage", "shared"] as const).map((side) =>
        patient.gates.set(side, { gates: world.gates[side], threshold: 2 }),
      ),
    );
    return {
      lines: [
        `One index key a chain, over ${world.gates.storage.length} gates; any 2 open an index together, none alone.`,
      ],
      gas: sum(dealt.map((each) => each.gas)),
    };
  });

  const draft = await narrated(
    narrator,
    "5.1.3",
    "Each part is encrypted; one capsule and keyring a view",
    async (tell) => {
      const made = await patient.encrypt(invitation.emrId, sharedPositions(split), rightsBefore);
      for (const view of made.views)
        tell(
          `${view.name}: capsule ${bytesInWords(view.sizes.capsule)}, keyring ${bytesInWords(view.sizes.keyring)}, for ${made.record.rights[view.name]}; purposes ${purposesOf(made.record.rights, view.name).join(", ")}`,
        );
      return { value: made, bytes: made.encrypted.bytes };
    },
  );

  await narrator.step("5.1.3", "The ciphertext goes to IPFS, one CAR with two manifests", async () => {
    const bytes = await patient.upload(draft);
    return { lines: draft.views.map((view) => `${view.name}: ipfs://${view.root}`), bytes };
  });

  const calls = await narrated(
    narrator,
    "5.1.4",
    "The indexes are encrypted to the gates' keys and signed",
    async () => {
      const made = await patient.index(draft);
      return {
        value: made,
        lines: [
          "Index_full and Index_share: url, Tag, sigma and the owner's signature, with a proof that nobody copied them.",
        ],
        bytes: [...made.values()].reduce((total, call) => total + call.index.length, 0),
      };
    },
  );

  const published = await narrated(narrator, "5.1.5", "One publish transaction a chain", async () => {
    const views = await patient.publish(draft, calls);
    return {
      value: views,
      lines: views.map(
        ({ view, ledger, version, mined }) =>
          `${view}: version ${version} on the ${ledger} chain, ${mined.gas.toLocaleString("en")} gas`,
      ),
      gas: sum(views.map((each) => each.mined.gas)),
      bytes: views.reduce((total, each) => total + each.indexBytes, 0),
    };
  });
  claim(published.length === 2, "both chains took a publish transaction");

  const { ledgerRecordIds } = await patient.show(invitation.emrId);
  return { emrId: invitation.emrId, ledgerRecordIds, published };
}

/** A step that makes something. */
export async function narrated<T>(
  narrator: Narrator,
  section: string,
  name: string,
  act: (
    tell: (text: string) => void,
  ) => Promise<{ value: T; lines?: string[]; gas?: bigint; bytes?: number }>,
): Promise<T> {
  let made: { value: T } | undefined;
  await narrator.step(section, name, async (tell) => {
    const { value, ...outcome } = await act(tell);
    made = { value };
    return outcome;
  });
  return made!.value;
}

export function sum(values: readonly bigint[]): bigint {
  return values.reduce((total, value) => total + value, 0n);
}

/** Positions that the doctor's rule forbids to show by themselves; undefined where it forbids nothing. */
function forbiddenSubset({ ceas }: SplitRecord): number[] | undefined {
  const implication = ceas.implications[0];
  if (implication !== undefined) return [implication.position];
  const never = ceas.never[0];
  return never === undefined ? undefined : [never];
}
