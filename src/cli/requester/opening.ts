/** `diptych requester open`, `receipts`: from a grant to parts on disk (5.2.2, 5.2.3). */
import { mkdir, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { hex } from "../../core/bytes.ts";
import { DiptychError } from "../../core/errors.ts";
import { checkReceipt } from "../../ledger/receipts.ts";
import { encodeExtractionFile } from "../../record/index.ts";
import type { Opened } from "../../roles/opened.ts";
import type { ActOptions } from "../../roles/progress.ts";
import { prepareOutput } from "../demo/outputs.ts";
import type { Result } from "../frame/acting.ts";
import type { Context } from "../frame/context.ts";
import { cannotWrite } from "../frame/outputFile.ts";
import { shown, timeInWords } from "../frame/printing.ts";
import { fromCaller } from "../frame/settings.ts";
import {
  chooseRequest,
  type KeptRequest,
  noteOpened,
  openRequester,
  type RequesterChoice,
  readRequests,
} from "./requesterRole.ts";

export type OpenOptions = RequesterChoice & { out: string };

/** What is written for a view, relative to the folder that was asked for. */
type Written = { position: number; label: string; bytes: number; file: string };

const longestName = 40;

export async function openRequest(context: Context, options: OpenOptions, text: string): Promise<Result> {
  const { requester, store, chains } = await openRequester(context, options);
  const kept = await chooseRequest(store, text);
  const { side, decided, ledger } = kept;
  if (chains[side].ledger.toLowerCase() !== ledger.toLowerCase())
    throw new DiptychError(
      "chain-mismatch",
      `Request ${kept.number} was granted by another ledger, ${ledger}: ask the one that this home uses now.`,
    );
  const folder = fromCaller(options.out);
  await prepareOutput(folder);
  const working = context.output.progress("Opening");
  let opened: Opened;
  try {
    const how: ActOptions = { progress: (progress) => working.step(progress), signal: context.signal };
    const released = await requester.release(side, decided, how);
    await noteOpened(store, kept.number, (await released.receipts).good);
    const { plaintext, record } = released;
    const blocks = await requester.fetch(side, decided.requestId, plaintext, record.version, how);
    opened = await requester.decrypt(side, decided.ledgerRecordId, released, blocks, how);
  } finally {
    working.done();
  }
  const parts = await writeView(folder, opened);
  for (const { gate, message } of opened.gateFailures) context.output.warn(`gate ${gate}: ${shown(message)}`);
  return report(context, options.out, kept, opened, parts);
}

function report(
  context: Context,
  out: string,
  { number, side, decided }: KeptRequest,
  opened: Opened,
  parts: readonly Written[],
): Result {
  const { header, signedBy, version, gates, gateFailures } = opened;
  const whole = opened.file !== undefined;
  return {
    json: {
      number,
      side,
      requestId: decided.requestId,
      ledgerRecordId: decided.ledgerRecordId,
      version,
      emrId: hex(header.emrId),
      schema: header.schema,
      revision: header.revision,
      signedBy,
      signedAt: header.time,
      n: header.n,
      whole,
      parts,
      extraction: "record.extraction",
      file: whole ? "record.json" : null,
      gates,
      gateFailures,
      out,
    },
    text: [
      ...context.output.table(
        parts.map(({ position, label, bytes, file }) => [
          String(position),
          shown(label, 60),
          `${bytes} bytes`,
          file,
        ]),
      ),
      `${whole ? `The whole record, ${header.n} parts` : `${parts.length} of ${header.n} parts`}, revision ${header.revision}, signed by ${shown(signedBy)} on ${timeInWords(header.time)}, unchanged.`,
      ...(whole ? ["record.json is the file that the doctor signed, byte for byte."] : []),
      `Written to ${out}. Anybody can check it: diptych verify ${join(out, "record.extraction")}`,
    ],
  };
}

/** Parts, the extraction that proves them, and the file where the view holds all of it. Labels are a doctor's words: only plain characters of them name files. */
async function writeView(folder: string, opened: Opened): Promise<Written[]> {
  const { extraction, file, learned } = opened;
  const width = String(opened.header.n).length;
  const written: Written[] = [];
  try {
    await mkdir(join(folder, "parts"));
    for (const { position, label, content } of extraction.parts) {
      const plain = label
        .replace(/[^A-Za-z0-9_-]+/g, "-")
        .replace(/^-+|-+$/g, "")
        .slice(0, longestName);
      const name = join("parts", `${String(position).padStart(width, "0")}-${plain || "part"}.json`);
      await writeFile(join(folder, name), content);
      written.push({ position, label, bytes: content.length, file: name });
    }
    const { certificateChain } = learned.keyring;
    await writeFile(
      join(folder, "record.extraction"),
      encodeExtractionFile({ extraction, certificateChain }),
    );
    if (file !== undefined) await writeFile(join(folder, "record.json"), file);
  } catch (cause) {
    // The same command again wants the folder as empty as it was.
    for (const name of ["parts", "record.extraction", "record.json"])
      await rm(join(folder, name), { recursive: true, force: true }).catch(() => undefined);
    throw cannotWrite(`into ${folder}`, cause, "choose another folder for --out");
  }
  return written;
}

export async function listReceipts(
  context: Context,
  choice: RequesterChoice,
  text: string | undefined,
): Promise<Result> {
  const { store, chains } = await openRequester(context, choice);
  const requests = text === undefined ? await readRequests(store) : [await chooseRequest(store, text)];
  const receipts = requests.flatMap(({ number, side, receipts: own }) =>
    own.map((receipt) => ({ number, side, ...receipt })),
  );
  for (const receipt of receipts) checkReceipt(chains[receipt.side], receipt);
  const rows = receipts.map(({ number, side, gate, version, time }) => [
    String(number),
    side,
    gate,
    `version ${version}`,
    timeInWords(time),
  ]);
  const meaning = "A receipt proves a release; its absence proves nothing.";
  return {
    json: { receipts, meaning },
    text: [...(rows.length === 0 ? ["No receipts yet."] : context.output.table(rows)), meaning],
  };
}
