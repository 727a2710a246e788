/**
 * Letterboxes of a gateway on its disk (paper, 5.1.1: how Info1 reaches P). Anybody may put sealed letters into a box; whoever
 * knows a box's id may list, take and throw away what lies in it. The gateway learns sizes and times.
 *
 * @module
 */
import { createHash } from "node:crypto";
import { createReadStream } from "node:fs";
import { mkdir, open, readdir, rename, rm, stat, unlink } from "node:fs/promises";
import { join } from "node:path";
import { Readable } from "node:stream";
import type { FastifyInstance } from "fastify";
import { guarding, syncFolder, unlessMissing } from "../cloud/embeddedDisk.ts";
import { type Letter, letterPrefix, longestLetter } from "../cloud/letterboxClient.ts";
import { DiptychError } from "../core/errors.ts";
import { networkOf } from "./addressNetwork.ts";
import { Allowance } from "./allowance.ts";
import { body } from "./schemas.ts";

/** How much a gateway's letterboxes hold. */
export type LetterLimits = {
  /** Bytes of one letter; 64 MiB unless said. */
  letter: number;
  /** Letters in one box; 8 unless said. */
  perBox: number;
  /** Bytes of all letters; 4 GiB unless said. */
  total: number;
  /** Bytes that clients of one network put in at once, and over each day that follows; 1 GiB unless said. */
  perNetworkADay: number;
  /** Seconds after which a letter is thrown away; 30 days unless said. */
  age: number;
};

const day = 86_400;

const usualLimits: LetterLimits = {
  letter: longestLetter,
  perBox: 8,
  total: 2 ** 32,
  perNetworkADay: 2 ** 30,
  age: 30 * day,
};

/** Each letter counts for so much at least: that is what a file takes. */
const leastSize = 4096;
/** A letter that takes longer than that to come in, in milliseconds, is given up; also one of which nothing comes for a minute. */
const arrival = { whole: 600_000, pause: 60_000 };
const sweepEvery = 60;
const name = /^[0-9a-f]{64}$/;

type Kept = { size: number; time: number };

/** Letters on disk: `FOLDER/BOX.LETTER`, both in hex; a file's time is the letter's. One process at a time may use a folder. */
export class LetterFolder {
  private readonly folder: string;
  private readonly limits: LetterLimits;
  private readonly boxes: Map<string, Map<string, Kept>>;
  private readonly arriving = new Set<string>();
  private total = 0;
  private swept = 0;
  private number = 0;
  private readonly networks: Allowance;

  private constructor(folder: string, limits: LetterLimits, boxes: Map<string, Map<string, Kept>>) {
    this.folder = folder;
    this.limits = limits;
    this.boxes = boxes;
    this.networks = new Allowance(limits.perNetworkADay, day);
    for (const box of boxes.values()) for (const { size } of box.values()) this.total += room(size);
  }

  /** Opens the folder, making it if need be. @throws DiptychError `store-failed` */
  static async open(folder: string, limits: Partial<LetterLimits> = {}): Promise<LetterFolder> {
    return guarding("open the letterboxes", async () => {
      await rm(join(folder, "arriving"), { recursive: true, force: true });
      await mkdir(join(folder, "arriving"), { recursive: true, mode: 0o700 });
      return new LetterFolder(folder, { ...usualLimits, ...limits }, await readBoxes(folder));
    });
  }

  /** What lies in a box, oldest first. */
  async list(box: string): Promise<Letter[]> {
    await this.sweep();
    return [...(this.boxes.get(box) ?? [])]
      .map(([id, { size, time }]) => ({ id: `0x${id}`, size, time, until: time + this.limits.age }))
      .sort((a, b) => a.time - b.time || (a.id < b.id ? -1 : 1));
  }

  /** Takes a letter of `size` bytes in; `network` is whom it counts for. @throws DiptychError `letterbox-full`, `rate-limited`, `bytes-invalid`, `store-failed` */
  async put(box: string, id: string, size: number, network: string, bytes: Readable): Promise<void> {
    await this.sweep();
    if (this.boxes.get(box)?.has(id)) return;
    this.demandRoom(box, size, network);
    const place = `${box}/${id}/${this.number++}`;
    this.arriving.add(place);
    this.total += room(size);
    const fresh = join(this.folder, "arriving", String(this.number));
    try {
      await receive(bytes, fresh, id, size);
      await guarding("keep a letter", async () => {
        await rename(fresh, this.pathOf(box, id));
        await syncFolder(this.folder);
      });
      const letters = this.boxes.get(box) ?? new Map<string, Kept>();
      // The same letter may have come in beside this one.
      if (letters.has(id)) this.total -= room(size);
      this.boxes.set(box, letters.set(id, { size, time: now() }));
    } catch (error) {
      this.total -= room(size);
      await rm(fresh, { force: true }).catch(() => undefined);
      throw error;
    } finally {
      this.arriving.delete(place);
    }
  }

  /** A letter's size and bytes. @throws DiptychError `letter-unknown` */
  async get(box: string, id: string): Promise<{ size: number; bytes: Readable }> {
    await this.sweep();
    const kept = this.boxes.get(box)?.get(id);
    if (kept === undefined)
      throw new DiptychError(
        "letter-unknown",
        "There is no such letter in this box: it was taken out or thrown away; ask its sender to send it again.",
      );
    return { size: kept.size, bytes: createReadStream(this.pathOf(box, id)) };
  }

  /** Throws a letter away; nothing happens when it isn't there. */
  async remove(box: string, id: string): Promise<void> {
    const letters = this.boxes.get(box);
    const kept = letters?.get(id);
    if (letters === undefined || kept === undefined) return;
    letters.delete(id);
    if (letters.size === 0) this.boxes.delete(box);
    this.total -= room(kept.size);
    await guarding("throw a letter away", async () => {
      await unlink(this.pathOf(box, id)).catch(unlessMissing);
    });
  }

  private pathOf(box: string, id: string): string {
    return join(this.folder, `${box}.${id}`);
  }

  private demandRoom(box: string, size: number, network: string): void {
    const { letter, perBox, total } = this.limits;
    const coming = [...this.arriving].filter((place) => place.startsWith(`${box}/`)).length;
    if (size > letter) throw full(`letters of up to ${letter} bytes`);
    if ((this.boxes.get(box)?.size ?? 0) + coming >= perBox) throw full(`${perBox} letters a box`);
    if (this.total + room(size) > total) throw full("no more letters for now");
    // Last, since what is refused for another reason uses up nothing.
    const wait = this.networks.take(network, room(size));
    if (wait > day) throw full(`no letters of ${size} bytes`);
    if (wait > 0)
      throw new DiptychError(
        "rate-limited",
        `So much has come from this network that the gateway takes no more letters from it for now: try again in ${Math.ceil(wait / 3600)} hours.`,
      );
  }

  /** Throws away what is too old; looks once a minute at most. */
  private async sweep(): Promise<void> {
    const at = now();
    if (at - this.swept < sweepEvery) return;
    this.swept = at;
    for (const [box, letters] of this.boxes)
      for (const [id, { time }] of letters) if (time + this.limits.age <= at) await this.remove(box, id);
  }
}

/** Letters in a gateway's service. */
export function serveLetterboxes(service: FastifyInstance, letters: LetterFolder): void {
  const path = { box: { type: "string", pattern: name.source } };
  const letter = { ...path, letter: { type: "string", pattern: name.source } };
  const params = (properties: Record<string, object>) => ({
    schema: { params: { type: "object", properties, required: Object.keys(properties) } },
  });
  type Place = { Params: { box: string; letter: string } };

  service.addContentTypeParser("application/octet-stream", (_request, payload, done) => done(null, payload));

  service.get<Place>("/v1/letterboxes/:box", params(path), async ({ params: { box } }) => ({
    letters: await letters.list(box),
  }));

  service.put<Place & { Body: unknown; Querystring: { size: string } }>(
    "/v1/letterboxes/:box/:letter",
    {
      schema: {
        ...params(letter).schema,
        // Told beforehand, since bodies that are streamed come without a length.
        querystring: body({ size: { type: "string", pattern: "^[1-9][0-9]{0,14}$" } }),
      },
      bodyLimit: Number.MAX_SAFE_INTEGER,
    },
    async (request, reply) => {
      const { box, letter: id } = request.params;
      if (!(request.body instanceof Readable))
        throw new DiptychError("argument-invalid", "A letter comes as application/octet-stream.");
      try {
        await letters.put(box, id, Number(request.query.size), networkOf(request.ip), request.body);
      } catch (error) {
        // What is still coming is not read: the connection can't be used again.
        reply.header("connection", "close");
        throw error;
      }
      return { ok: true };
    },
  );

  service.get<Place>("/v1/letterboxes/:box/:letter", params(letter), async ({ params: place }, reply) => {
    const { size, bytes } = await letters.get(place.box, place.letter);
    return reply
      .header("content-length", size)
      .header("cache-control", "no-store")
      .type("application/octet-stream")
      .send(bytes);
  });

  service.delete<Place>("/v1/letterboxes/:box/:letter", params(letter), async ({ params: place }) => {
    await letters.remove(place.box, place.letter);
    return { ok: true };
  });
}

/** Writes a letter to a file, durably; it must have that size and id. */
async function receive(bytes: Readable, path: string, id: string, size: number): Promise<void> {
  const digest = createHash("sha256").update(letterPrefix(size));
  const late = () =>
    void bytes.destroy(new DiptychError("bytes-invalid", "The letter didn't come in time: send it again."));
  const whole = setTimeout(late, arrival.whole);
  let pause = setTimeout(late, arrival.pause);
  let got = 0;
  const file = await guarding("write a letter", () => open(path, "wx", 0o600));
  try {
    for await (const chunk of bytes as AsyncIterable<Uint8Array>) {
      clearTimeout(pause);
      pause = setTimeout(late, arrival.pause);
      got += chunk.length;
      if (got > size) break;
      digest.update(chunk);
      await guarding("write a letter", () => file.appendFile(chunk));
    }
    await guarding("write a letter", () => file.sync());
  } finally {
    clearTimeout(whole);
    clearTimeout(pause);
    await file.close();
  }
  if (got !== size || digest.digest("hex") !== id)
    throw new DiptychError("bytes-invalid", "The letter came in damaged: send it again.");
}

/** What lies in the folder: that is all there is to remember over a restart. */
async function readBoxes(folder: string): Promise<Map<string, Map<string, Kept>>> {
  const boxes = new Map<string, Map<string, Kept>>();
  for (const file of await readdir(folder)) {
    const [, box, id] = /^([0-9a-f]{64})\.([0-9a-f]{64})$/.exec(file) ?? [];
    if (box === undefined || id === undefined) continue;
    const { size, mtimeMs } = await stat(join(folder, file));
    const letters = boxes.get(box) ?? new Map<string, Kept>();
    boxes.set(box, letters.set(id, { size, time: Math.floor(mtimeMs / 1000) }));
  }
  return boxes;
}

function room(size: number): number {
  return Math.max(size, leastSize);
}

function now(): number {
  return Math.floor(Date.now() / 1000);
}

function full(what: string): DiptychError {
  return new DiptychError(
    "letterbox-full",
    `This gateway takes ${what}: have the patient take letters out, send it later, or hand it over as a file.`,
  );
}
