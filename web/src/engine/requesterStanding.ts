/** Who a requester is to the ledgers: what was applied for, what the authority attests, and what the key holds. */
import { isDiptychError, type Side } from "diptych";
import { AttributeRegistry } from "diptych/ledger";
import { demandOneValue, parseAttribute, parseAttributes } from "diptych/policy";
import { AuthorityClient } from "diptych/services";
import { sides } from "./config.ts";
import type { KeptApplication, KeptApplying } from "./requesterNotes.ts";
import type { RequesterPractice } from "./requesterPractice.ts";

/** How an application stands; the authority can have forgotten it. */
export type Application = KeptApplication & {
  state: "pending" | "approved" | "refused" | "unknown";
  reason: string;
};

/** What stands attested: until when on each ledger, in Unix seconds. */
export type HeldAttribute = { attribute: string; until: Partial<Record<Side, number>> };

export type Standing = {
  account: string;
  /** The newest first. */
  applications: Application[];
  /** What was filled in and not handed in yet. */
  applying?: KeptApplying;
  held: HeldAttribute[];
  /** What the key in this browser holds; missing without one. */
  key?: string[];
  /** Attested and not in the key: collect it anew. */
  missing: string[];
};

export async function standingOf(practice: RequesterPractice): Promise<Standing> {
  const { requester, notes } = practice;
  const [applications, held, key, applying] = await Promise.all([
    applicationsOf(practice),
    attributesOf(practice),
    keyOf(practice),
    notes.applying(),
  ]);
  const now = Date.now() / 1000;
  const live = held.filter(({ until }) => sides.some((side) => (until[side] ?? 0) > now));
  return {
    account: requester.address,
    applications,
    held,
    ...(applying === undefined ? {} : { applying }),
    ...(key === undefined ? {} : { key: key.filter((each) => !each.startsWith("id:")) }),
    missing: live.map(({ attribute }) => attribute).filter((each) => !(key ?? []).includes(each)),
  };
}

/** Hands in an application. @throws DiptychError `attribute-invalid` before anything is signed */
export async function applyFor(
  { requester, notes }: RequesterPractice,
  wanted: readonly string[],
  evidence: string,
): Promise<string> {
  const attributes = [...parseAttributes(wanted)];
  demandOneValue(attributes);
  const id = await requester.apply(attributes, evidence);
  await notes.keepApplication({ id, attributes, time: Math.floor(Date.now() / 1000) });
  await notes.forgetApplying();
  return id;
}

async function applicationsOf({ notes, authority }: RequesterPractice): Promise<Application[]> {
  const client = new AuthorityClient(authority);
  return Promise.all(
    (await notes.applications()).map(async (application): Promise<Application> => {
      try {
        return { ...application, ...(await client.application(application.id)) };
      } catch (error) {
        if (!isDiptychError(error, "application-unknown")) throw error;
        return { ...application, state: "unknown", reason: "" };
      }
    }),
  );
}

async function attributesOf({ chains, requester }: RequesterPractice): Promise<HeldAttribute[]> {
  const held = new Map<string, HeldAttribute>();
  for (const side of sides)
    for (const { text, expiry } of await new AttributeRegistry(chains[side]).attestations(
      requester.address,
    )) {
      const attribute: string = parseAttribute(text);
      const known = held.get(attribute) ?? { attribute, until: {} };
      held.set(attribute, { attribute, until: { ...known.until, [side]: expiry } });
    }
  return [...held.values()];
}

async function keyOf({ requester }: RequesterPractice): Promise<string[] | undefined> {
  try {
    return [...(await requester.attributeKey()).attributes];
  } catch (error) {
    if (isDiptychError(error, "key-missing")) return undefined;
    throw error;
  }
}
