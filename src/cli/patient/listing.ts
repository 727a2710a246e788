/** `diptych patient list` and `show`: which records there are, and how one stands. */
import { hex, utf8Decode } from "../../core/bytes.ts";
import type { RecordOverview } from "../../roles/overview.ts";
import { ledgerOf, type ViewName, viewNames } from "../../roles/ownRecord.ts";
import type { Unfinished } from "../../roles/unfinished.ts";
import type { Result } from "../frame/acting.ts";
import type { Context } from "../frame/context.ts";
import { writeNew } from "../frame/newFile.ts";
import { parsePositions } from "../frame/positions.ts";
import { printable, timeInWords } from "../frame/printing.ts";
import { accountsOf, type Desk, openDesk, type PatientChoice, showing } from "./desk.ts";
import { placesInWords } from "./publishing.ts";
import {
  chooseRecord,
  nameRecord,
  type RecordChoice,
  readNicknames,
  shortId,
  titleOf,
} from "./recordChoice.ts";
import { type ViewState, viewsOf } from "./views.ts";

export async function listRecords(context: Context, options: PatientChoice): Promise<Result> {
  const desk = await openDesk(context, options);
  const { patient, store } = desk;
  const names = await readNicknames(store);
  const unfinished = await patient.unfinished();
  const records = await Promise.all(
    patient.list().map(async (emrId) => {
      const overview = await patient.show(emrId);
      const begun = unfinished.filter((each) => hex(each.emrId) === hex(emrId)).map(({ act }) => act);
      return {
        emrId: hex(emrId),
        name: names[hex(emrId)] ?? null,
        schema: overview.header.schema,
        parts: overview.parts.length,
        time: overview.header.time,
        views: await viewsOf(desk, overview),
        unfinished: begun,
        distrust: overview.distrust ?? null,
      };
    }),
  );
  const rows = records.map((each) => [
    shortId(each.emrId),
    each.name ?? "-",
    `${each.schema}, ${each.parts} parts`,
    timeInWords(each.time),
    stateInWords(each.views),
  ]);
  return {
    json: { accounts: await accountsOf(patient), records },
    text: [
      ...(rows.length === 0
        ? ["No record yet: `diptych patient invite` writes what a doctor needs."]
        : context.output.table([["EMR id", "name", "record", "signed", "state"], ...rows])),
      ...unfinished.map(unfinishedInWords),
    ],
  };
}

/** What was begun and not finished, and what to do. */
function unfinishedInWords({ emrId, act }: Unfinished): string {
  return `${shortId(emrId)}: "${act}" was begun and not finished: run it again, or \`diptych patient finish\`.`;
}

function stateInWords({ full, shared }: Record<ViewName, ViewState>): string {
  if (full === undefined && shared === undefined) return "accepted, not published";
  return viewNames
    .map((view) => ({ view, state: view === "full" ? full : shared }))
    .map(({ view, state }) =>
      state === undefined
        ? `${view} not published`
        : `${view} v${state.version}${state.closed ? " CLOSED" : ""}`,
    )
    .join(", ");
}

export type ShowOptions = PatientChoice & RecordChoice & { part?: string; file?: string; as?: string };

/** How one record stands; with `part` what stands in some of them, with `file` the whole file as the doctor had it. */
export async function showRecord(context: Context, options: ShowOptions): Promise<Result> {
  const desk = await openDesk(context, options);
  const emrId = await chooseRecord(desk, options);
  const { patient, store } = desk;
  if (options.as !== undefined) await nameRecord(store, emrId, options.as);
  const overview = await patient.show(emrId);
  if (options.part !== undefined) return showParts(desk, emrId, overview, options.part);
  if (options.file !== undefined) return writeWhole(desk, emrId, options.file);
  const { header, parts, rights, ledgerRecordIds, distrust } = overview;
  const views = await viewsOf(desk, overview);
  const published = views.full !== undefined || views.shared !== undefined;
  const shared = parts.filter(({ side }) => side === "shared").map(({ position }) => position);
  const line = (view: ViewName) => {
    const state = views[view];
    if (state === undefined) return `${view.padEnd(7)} not published`;
    return `${view.padEnd(7)} version ${state.version}, epoch ${state.epoch}${state.closed ? ", CLOSED" : ""} on the ${ledgerOf[view]} chain: ${ledgerRecordIds[ledgerOf[view]]}`;
  };
  return {
    json: {
      emrId: hex(emrId),
      name: (await readNicknames(store))[hex(emrId)] ?? null,
      schema: header.schema,
      revision: header.revision,
      issuer: header.issuer,
      time: header.time,
      parts: published ? parts : parts.map(({ position, label }) => ({ position, label })),
      ...(published ? { rights } : {}),
      ledgerRecordIds,
      views: { full: views.full ?? null, shared: views.shared ?? null },
      distrust: distrust ?? null,
    },
    text: [
      `${titleOf(emrId, await readNicknames(store))}: ${header.schema}, revision ${header.revision}, signed by ${printable(header.issuer)} at ${timeInWords(header.time)}`,
      ...(published
        ? placesInWords(context, parts, shared, rights)
        : parts.map(({ position, label }) => `  ${position}  ${printable(label)}`)),
      line("full"),
      line("shared"),
      ...(distrust === undefined
        ? []
        : [`Others no longer trust the doctor's signature: ${printable(distrust)}`]),
    ],
  };
}

async function showParts(
  { context, patient }: Desk,
  emrId: Uint8Array,
  { header }: RecordOverview,
  text: string,
): Promise<Result> {
  const wanted = parsePositions(text, header.n);
  const all = Array.from({ length: header.n }, (_, i) => i + 1);
  const { parts } = await showing(context, "reading the parts", (how) => patient.extract(emrId, all, how));
  const found = parts.filter(({ position }) => wanted.includes(position));
  return {
    json: {
      emrId: hex(emrId),
      parts: found.map(({ position, label, content }) => ({ position, label, content: textOf(content) })),
    },
    text: found.flatMap(({ position, label, content }) => [
      `${position} ${printable(label)}`,
      ...textOf(content)
        .split("\n")
        .map((line) => `  ${printable(line)}`),
    ]),
  };
}

/** A content as text, or as hex where it is none. */
function textOf(content: Uint8Array): string {
  try {
    return utf8Decode(content);
  } catch {
    return hex(content);
  }
}

async function writeWhole({ context, patient }: Desk, emrId: Uint8Array, path: string): Promise<Result> {
  const bytes = await showing(context, "reading the record", (how) => patient.readFile(emrId, how));
  if (path === "-")
    return { json: { emrId: hex(emrId), content: utf8Decode(bytes) }, text: utf8Decode(bytes) };
  await writeNew(context, path, bytes);
  return {
    json: { emrId: hex(emrId), file: path, bytes: bytes.length },
    text: `${path} is the file that the record was made from, byte for byte (${bytes.length} bytes).`,
  };
}
