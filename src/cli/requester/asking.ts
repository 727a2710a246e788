/** `diptych requester find`, `explain`, `request`, `requests`: asking a ledger for a view (5.2.1). */
import { DiptychError } from "../../core/errors.ts";
import type { Side } from "../../ledger/chain.ts";
import { describeExplanation, type Explanation } from "../../ledger/explanation.ts";
import { IndexLedger } from "../../ledger/indexLedger.ts";
import type { Decided } from "../../ledger/request.ts";
import { purposeNumber, purposeOf } from "../../policy/index.ts";
import { memoryKeyStore } from "../../roles/keyStore.ts";
import { type FoundRecord, findRecord, printRecordLink } from "../../roles/recordLink.ts";
import { Requester } from "../../roles/requester.ts";
import type { Result } from "../frame/acting.ts";
import type { Context } from "../frame/context.ts";
import { DryRun, printEstimates } from "../frame/dryRun.ts";
import { gasInWords, shown, timeInWords } from "../frame/printing.ts";
import { demandAccount } from "../frame/typed.ts";
import { fundIfLocal } from "../up/localMoney.ts";
import { findLostGrant } from "./lostGrants.ts";
import {
  keepRequest,
  type OpenRequester,
  openRequester,
  type RequesterChoice,
  readRequests,
} from "./requesterRole.ts";

export type FindOptions = { owner?: string; side?: Side };
export type AskOptions = RequesterChoice & { side?: Side; purpose?: string };
export type RequestOptions = AskOptions & { seconds?: string; dryRun?: boolean };

const sides = ["storage", "shared"] as const;
const usualPurpose = "TREAT";
const day = 24 * 3600;
const longestGrant = 10 * 365 * day;

/** Needs no keys: everything shown stands on the chains. */
export async function find(context: Context, options: FindOptions, target?: string): Promise<Result> {
  if ((target === undefined) === (options.owner === undefined))
    throw new DiptychError("usage", "Give a ledger record id or link, or --owner with an account.");
  return target === undefined ? findOf(context, options) : findOne(context, options, target);
}

async function findOne(context: Context, { side }: FindOptions, target: string): Promise<Result> {
  const chains = await context.chains();
  const found = await findRecord(chains, target, side);
  const { record, ledgerRecordId } = found;
  const policy = await new IndexLedger(chains[found.side]).policyOf(ledgerRecordId);
  const link = printRecordLink(chains[found.side], ledgerRecordId);
  const { owner, version, epoch, closed } = record;
  return {
    json: { side: found.side, ledgerRecordId, link, owner, version, epoch, closed, policy: policy ?? null },
    text: context.output.table([
      ["ledger", found.side],
      ["record", ledgerRecordId],
      ["link", link],
      ["owner", owner],
      ["version", `${version}, epoch ${epoch}${closed ? ", closed" : ""}`],
      ["policy", policy === undefined ? "no text that was published compiles to it" : shown(policy)],
    ]),
  };
}

async function findOf(context: Context, { owner, side }: FindOptions): Promise<Result> {
  const account = demandAccount(owner!);
  const chains = await context.chains();
  const records: { side: Side; ledgerRecordId: string; link: string }[] = [];
  for (const each of side === undefined ? sides : [side])
    for await (const ledgerRecordId of new IndexLedger(chains[each]).recordsOf(account))
      records.push({ side: each, ledgerRecordId, link: printRecordLink(chains[each], ledgerRecordId) });
  return {
    json: { owner: account, records },
    text:
      records.length === 0
        ? `${account} owns no records on ${side === undefined ? "either ledger" : `the ${side} ledger`}.`
        : context.output.table(records.map((each) => [each.side, each.link])),
  };
}

export async function explain(context: Context, options: AskOptions, target: string): Promise<Result> {
  const purpose = options.purpose ?? usualPurpose;
  purposeNumber(purpose);
  const { requester, chains } = await openRequester(context, options);
  const { side, ledgerRecordId } = await findRecord(chains, target, options.side);
  const explanation = await requester.explain(side, ledgerRecordId, purpose);
  return {
    json: { side, ledgerRecordId, account: requester.address, purpose, ...explanation },
    text: explanationInLines(context, explanation),
  };
}

function explanationInLines(context: Context, explanation: Explanation): string[] {
  const { leaves, ...rest } = explanation;
  return [
    shown(describeExplanation({ ...rest, leaves: [] })),
    ...context.output.table(leaves.map(({ text, held }) => [held ? "held" : "not held", shown(text)])),
  ];
}

export async function request(context: Context, options: RequestOptions, target: string): Promise<Result> {
  const seconds = secondsOf(options.seconds);
  const purpose = options.purpose ?? usualPurpose;
  purposeNumber(purpose);
  const opened = await openRequester(context, options);
  const found = await findRecord(opened.chains, target, options.side);
  if (options.dryRun === true) return rehearseRequest(context, opened, found, { purpose, seconds });
  const { requester, store, chains } = opened;
  const { side, ledgerRecordId } = found;
  const { chainId, ledger } = chains[side];
  const lost = await findLostGrant(opened, found, purpose);
  const { decided, gas } =
    lost === undefined ? await ask(context, opened, found, { purpose, seconds }) : { decided: lost, gas: 0n };
  const facts = {
    side,
    ledgerRecordId,
    decision: decided.decision,
    requestId: decided.requestId,
    purpose,
    expiry: decided.expiry,
    transaction: decided.transaction,
    gas,
  };
  if (decided.decision !== "granted") {
    const explanation = await requester.explain(side, ledgerRecordId, purpose);
    context.failWith("not-releasable");
    return {
      json: { ...facts, explanation },
      text: [
        `Denied by the ${side} chain (${decided.decision}), for ${gasInWords(gas)}.`,
        ...explanationInLines(context, explanation),
      ],
    };
  }
  const kept = await keepRequest(store, { side, chainId, ledger, decided });
  const until = `until ${timeInWords(decided.expiry)}`;
  return {
    json: { ...facts, number: kept.number },
    text: [
      lost === undefined
        ? `Granted by the ${side} chain ${until}, for ${gasInWords(gas)}: request ${kept.number}.`
        : `The ${side} chain has granted this before, ${until}: request ${kept.number}. Nothing was sent.`,
      `  ${decided.requestId}`,
      `Next: diptych requester open ${kept.number} --out DIR`,
    ],
  };
}

async function ask(
  context: Context,
  { requester, account: { address }, chains }: OpenRequester,
  { side, ledgerRecordId }: FoundRecord,
  asked: { purpose: string; seconds: number },
): Promise<{ decided: Decided; gas: bigint }> {
  await fundIfLocal(await context.config(), chains, { storage: address, shared: address });
  const asking = context.output.progress(`Asking the ${side} chain`);
  const { decided, mined } = await requester
    .request(side, ledgerRecordId, asked)
    .finally(() => asking.done());
  return { decided, gas: mined.gas };
}

async function rehearseRequest(
  context: Context,
  { requester, chains }: OpenRequester,
  { side, ledgerRecordId }: FoundRecord,
  asked: { purpose: string; seconds: number },
): Promise<Result> {
  const explanation = await requester.explain(side, ledgerRecordId, asked.purpose);
  const [authority, gateway] = [await context.service("authority"), await context.service("gateway")];
  const run = new DryRun(chains);
  const account = run.account(requester.address);
  const rehearsing = await Requester.open({
    keyStore: memoryKeyStore(),
    chains,
    account,
    authority,
    gateway,
  });
  const transactions = await run.of(() => rehearsing.request(side, ledgerRecordId, asked));
  return {
    json: { dryRun: true, side, ledgerRecordId, decision: explanation.decision, transactions },
    text: [...printEstimates(transactions), ...explanationInLines(context, explanation)],
  };
}

export async function listGranted(context: Context, choice: RequesterChoice): Promise<Result> {
  const { store, chains } = await openRequester(context, choice);
  const requests = await Promise.all(
    (await readRequests(store)).map(async ({ number, side, ledger, decided, opened, receipts }) => {
      const here = chains[side].ledger.toLowerCase() === ledger.toLowerCase();
      return {
        number,
        side,
        ledgerRecordId: decided.ledgerRecordId,
        requestId: decided.requestId,
        purpose: purposeOf(decided.purpose)?.code ?? "",
        expiry: decided.expiry,
        status: here ? await new IndexLedger(chains[side]).status(decided.requestId) : "unknown",
        opened: opened ?? null,
        receipts: receipts.length,
      };
    }),
  );
  const rows = requests.map(({ number, side, status, purpose, expiry, ledgerRecordId }) => [
    String(number),
    side,
    status,
    purpose,
    `until ${timeInWords(expiry)}`,
    ledgerRecordId,
  ]);
  return {
    json: { requests },
    text: rows.length === 0 ? "Nothing has been granted yet." : context.output.table(rows),
  };
}

function secondsOf(text: string | undefined): number {
  if (text === undefined) return day;
  const seconds = /^\d{1,9}$/.test(text) ? Number(text) : 0;
  if (seconds >= 1 && seconds <= longestGrant) return seconds;
  throw new DiptychError(
    "usage",
    `--seconds takes a number from 1 to ${longestGrant}, not ${JSON.stringify(text.slice(0, 40))}.`,
  );
}
