/** `diptych patient who` and `audit`: who may read a record now, and all that happened to it on both ledgers. */
import { hex } from "../../core/bytes.ts";
import type { Side } from "../../ledger/chain.ts";
import type { AuditEvent } from "../../ledger/history.ts";
import { purposeOf } from "../../policy/index.ts";
import type { OwnReceipts } from "../../roles/ownGates.ts";
import { ledgerOf, viewNames } from "../../roles/ownRecord.ts";
import type { Result } from "../frame/acting.ts";
import type { Context } from "../frame/context.ts";
import { printable, timeInWords } from "../frame/printing.ts";
import { type Desk, openDesk, type PatientChoice, showing } from "./desk.ts";
import { chooseRecord, type RecordChoice, readNicknames, titleOf } from "./recordChoice.ts";

type WatchOptions = PatientChoice & RecordChoice;

/** The grants that are live now. */
export async function who(context: Context, options: WatchOptions): Promise<Result> {
  const desk = await openDesk(context, options);
  const emrId = await chooseRecord(desk, options);
  const grants = await desk.patient.grants(emrId);
  const rows = grants.map(({ view, requester, purpose, expiry, requestId }) => [
    view,
    requester,
    purposeInWords(purpose),
    timeInWords(expiry),
    requestId.slice(0, 10),
  ]);
  const title = titleOf(emrId, await readNicknames(desk.store));
  return {
    json: {
      emrId: hex(emrId),
      grants: grants.map((grant) => ({ ...grant, purpose: purposeOf(grant.purpose)?.code ?? null })),
    },
    text:
      rows.length === 0
        ? `Nobody has a live grant for ${title}.`
        : [
            `Live grants for ${title}:`,
            ...context.output
              .table([["view", "account", "purpose", "until", "request"], ...rows])
              .map((line) => `  ${line}`),
          ],
  };
}

function purposeInWords(number: number): string {
  const purpose = purposeOf(number);
  if (purpose !== undefined) return `${purpose.code} (${purpose.name})`;
  return number === 0 ? "no purpose stated" : `purpose ${number}`;
}

/** One receipt proves one release. */
const whatReceiptsProve = "A receipt proves a release; its absence proves nothing.";

/** All events of both ledgers, and the gates' receipts. */
export async function audit(
  context: Context,
  options: WatchOptions & { receipts?: boolean },
): Promise<Result> {
  const desk = await openDesk(context, options);
  const { patient } = desk;
  const emrId = await chooseRecord(desk, options);
  const events = await showing(context, "reading both ledgers", () => patient.audit(emrId));
  const timed = {
    storage: await withTimes(desk, "storage", events.storage),
    shared: await withTimes(desk, "shared", events.shared),
  };
  const receipts =
    options.receipts === false
      ? undefined
      : await showing(context, "asking the gates for receipts", () => patient.gates.receipts(emrId));
  return {
    json: {
      emrId: hex(emrId),
      events: timed,
      ...(receipts === undefined ? {} : { receipts: receiptsObject(receipts), note: whatReceiptsProve }),
    },
    text: viewNames.flatMap((view) => [
      `${view} view, ${ledgerOf[view]} chain:`,
      ...eventsInWords(context, timed[ledgerOf[view]]),
      ...(receipts === undefined ? [] : receiptsInWords(context, receipts[ledgerOf[view]])),
    ]),
  };
}

type Timed = AuditEvent & { time: number };

async function withTimes({ chains }: Desk, side: Side, events: readonly AuditEvent[]): Promise<Timed[]> {
  const times = new Map<number, number>();
  for (const { block } of events)
    if (!times.has(block)) times.set(block, (await chains[side].provider.getBlock(block))?.timestamp ?? 0);
  return events.map((event) => ({ ...event, time: times.get(event.block)! }));
}

function eventsInWords({ output }: Context, events: readonly Timed[]): string[] {
  if (events.length === 0) return ["  nothing happened yet"];
  return output
    .table(events.map((event) => [timeInWords(event.time), `block ${event.block}`, eventInWords(event)]))
    .map((line) => `  ${line}`);
}

/** One event as a sentence's beginning. */
export function eventInWords(event: AuditEvent): string {
  switch (event.kind) {
    case "published":
      return `published version ${event.version}, epoch ${event.epoch}${event.policy === "" ? "" : `, for ${printable(event.policy)}`}`;
    case "closed":
      return `closed epoch ${event.epoch}`;
    case "blocked":
    case "unblocked":
      return `${event.kind} ${event.account}`;
    case "grant-revoked":
      return `revoked the grant ${event.requestId.slice(0, 10)} of ${event.requester}`;
    case "transfer-offered":
      return BigInt(event.newOwner) === 0n ? "withdrew the offer" : `offered to ${event.newOwner}`;
    case "transferred":
      return `went from ${event.oldOwner} to ${event.newOwner}, epoch ${event.epoch}`;
    case "decided":
      return event.decision === "granted"
        ? `granted ${event.requester} until ${timeInWords(event.expiry)}, ${purposeInWords(event.purpose)}, request ${event.requestId.slice(0, 10)}`
        : `denied ${event.requester}: ${event.decision}, ${purposeInWords(event.purpose)}`;
  }
}

function receiptsObject(receipts: Record<Side, OwnReceipts>) {
  const plain = ({ receipts: found, failures }: OwnReceipts) => ({
    receipts: found.map(({ requestId, version, time, gate, anchored }) => ({
      requestId,
      version,
      time,
      gate,
      anchored,
    })),
    failures,
  });
  return { storage: plain(receipts.storage), shared: plain(receipts.shared) };
}

function receiptsInWords({ output }: Context, { receipts, failures }: OwnReceipts): string[] {
  const rows = receipts.map(({ time, gate, requestId, version, anchored }) => [
    timeInWords(time),
    `gate ${gate}`,
    `helped to open version ${version} for request ${requestId.slice(0, 10)}${anchored ? "" : ", not on the chain yet"}`,
  ]);
  return [
    `  receipts: ${receipts.length === 0 ? "none" : receipts.length}. ${whatReceiptsProve}`,
    ...output.table(rows).map((line) => `    ${line}`),
    ...failures.map(({ gate, message }) => `    gate ${gate} shows none: ${printable(message)}`),
  ];
}
