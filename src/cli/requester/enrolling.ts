/** `diptych requester apply`, `status`, `collect`: from evidence to attributes and a key (5.2.3). */
import { DiptychError } from "../../core/errors.ts";
import { AttributeRegistry } from "../../ledger/attributeRegistry.ts";
import { demandOneValue, parseAttributes } from "../../policy/index.ts";
import { AuthorityClient } from "../../services/authorityClient.ts";
import { type EvidenceOptions, readEvidence } from "../authority/evidence.ts";
import type { Result } from "../frame/acting.ts";
import type { Context } from "../frame/context.ts";
import { shown, timeInWords } from "../frame/printing.ts";
import { keepApplication, openRequester, type RequesterChoice, readApplications } from "./requesterRole.ts";

export type ApplyOptions = RequesterChoice & EvidenceOptions;

const sides = ["storage", "shared"] as const;

export async function apply(
  context: Context,
  options: ApplyOptions,
  attributes: readonly string[],
): Promise<Result> {
  const wanted = parseAttributes(attributes);
  demandOneValue(wanted);
  const evidence = await readEvidence(options);
  const { requester, store } = await openRequester(context, options, true);
  const id = await requester.apply([...wanted], evidence);
  await keepApplication(store, { id, attributes: [...wanted], time: Math.floor(Date.now() / 1000) });
  return {
    json: { id, account: requester.address, attributes: wanted, state: "pending" },
    text: [
      `Application ${id} of ${requester.address} for ${shown(wanted.join(", "))} waits for the authority.`,
      "Next, when it has decided: diptych requester collect",
    ],
  };
}

export async function collect(context: Context, choice: RequesterChoice): Promise<Result> {
  const { requester, store } = await openRequester(context, choice);
  const collecting = context.output.progress("Collecting the attribute key");
  const attributes = await requester.collectKey().finally(() => collecting.done());
  const waiting = (await statesOf(context, await readApplications(store))).filter(
    ({ state }) => state === "pending",
  );
  const own = attributes.filter((each) => !each.startsWith("id:"));
  return {
    json: { account: requester.address, attributes, waiting: waiting.map(({ id }) => id) },
    text: [
      own.length === 0
        ? "The key holds this account's own attribute only: the authority has attested nothing to it."
        : `The key holds ${shown(own.join(", "))}; it was checked against the public key that both chains anchor.`,
      ...waiting.map(({ id }) => `Application ${id} still waits for the authority.`),
    ],
  };
}

export async function showRequester(context: Context, choice: RequesterChoice): Promise<Result> {
  const { requester, store, chains } = await openRequester(context, choice);
  const applications = await statesOf(context, await readApplications(store));
  const attested = await Promise.all(
    sides.map((side) => new AttributeRegistry(chains[side]).attestations(requester.address)),
  );
  const key = await requester.attributeKey().catch((error) => {
    if (error instanceof DiptychError && error.code === "key-missing") return undefined;
    throw error;
  });
  const { output } = context;
  return {
    json: {
      account: requester.address,
      applications,
      attested: Object.fromEntries(sides.map((side, i) => [side, attested[i]])),
      key: key?.attributes ?? null,
    },
    text: [
      `account  ${requester.address}`,
      ...output.table([
        ...applications.map(({ id, attributes, state, reason }) => [
          "applied",
          id.slice(0, 8),
          shown(attributes.join(", ")),
          state === "refused" ? `refused: ${shown(reason)}` : state,
        ]),
        ...sides.flatMap((side, i) =>
          attested[i]!.map(({ text, expiry }) => [
            "attested",
            side,
            shown(text),
            `${isPast(expiry) ? "expired" : "until"} ${timeInWords(expiry)}`,
          ]),
        ),
      ]),
      key === undefined
        ? "No attribute key yet: diptych requester collect"
        : `The attribute key holds ${shown(key.attributes.join(", "))}.`,
    ],
  };
}

type State = { id: string; attributes: string[]; time: number; state: string; reason: string };

/** How applications stand; one that the authority no longer knows is "unknown". */
async function statesOf(
  context: Context,
  applications: readonly { id: string; attributes: string[]; time: number }[],
): Promise<State[]> {
  const client = new AuthorityClient(await context.service("authority"));
  return Promise.all(
    applications.map(async (application) => {
      const { state, reason } = await client.application(application.id).catch((error) => {
        if (error instanceof DiptychError && error.code === "application-unknown")
          return { state: "unknown", reason: "" };
        throw error;
      });
      return { ...application, state, reason };
    }),
  );
}

function isPast(seconds: number): boolean {
  return seconds * 1000 < Date.now();
}
