/**
 * The gateway's letterboxes: how Info1 travels from doctor to patient (paper, 5.1.1 and 5.1.2). A letter is sealed to the patient's
 * record key before it comes here; the gateway sees its size and time, and the id of a box, which tells nothing of whose it is.
 */
import { hex } from "../core/bytes.ts";
import { Writer } from "../core/encoding.ts";
import { DiptychError } from "../core/errors.ts";
import { hash } from "../core/hash.ts";
import { exchange, exchangeJson, type Transferring } from "./http.ts";

/** A letter that waits in a box. Times in Unix seconds by the gateway's clock. */
export type Letter = {
  /** Hash of the letter, 32 bytes in hex. */
  id: string;
  /** In bytes. */
  size: number;
  time: number;
  /** When the gateway throws it away. */
  until: number;
};

/** The longest letter that gateways take: 64 MiB. */
export const longestLetter = 1 << 26;
/** A letter of the greatest length may take so long on its way, in milliseconds. */
const patience = 600_000;

/**
 * The id of the box that belongs to an invitation, 32 bytes in hex. Doctor and patient both have what it is made of, nobody else
 * can guess it; whoever knows it can look into the box, take a letter's ciphertext and throw letters away.
 */
export function letterboxOf(invitation: { emrId: Uint8Array; recordKey: Uint8Array }): string {
  return hex(hash("diptych/letterbox/v1", invitation.emrId, invitation.recordKey));
}

const letterDomain = "diptych/letter/v1";

/** What stands before a letter of that size when its id is made: `SHA-256(domain, length, letter)`. */
export function letterPrefix(size: number): Uint8Array {
  return new Writer().text(letterDomain).u32(size).finish();
}

/** The letterboxes of one gateway. Every method throws `service-unreachable`, `service-answer-invalid`, or a code that the gateway passes on. */
export class LetterboxClient {
  private readonly url: string;

  constructor(gatewayUrl: string) {
    this.url = `${gatewayUrl.replace(/\/$/, "")}/v1/letterboxes`;
  }

  /**
   * Puts a letter into a box; returns its id. The same letter again changes nothing.
   *
   * @throws DiptychError `letterbox-full` where there is no room, also for a letter of more than 64 MiB
   */
  async put(box: string, letter: Uint8Array, how: Transferring = {}): Promise<string> {
    if (letter.length > longestLetter)
      throw new DiptychError(
        "letterbox-full",
        `A letterbox takes letters of up to ${longestLetter} bytes, this has ${letter.length}: hand it over as a file.`,
      );
    const id = hex(hash(letterDomain, letter));
    await exchange({
      service: "the gateway",
      method: "PUT",
      url: `${this.at(box, id)}?size=${letter.length}`,
      headers: { "content-type": "application/octet-stream" },
      body: letter,
      timeout: patience,
      signal: how.signal,
      sent: how.progress,
    });
    return id;
  }

  /** The letters in a box, oldest first; none for a box that nobody has put anything in. */
  async list(box: string): Promise<Letter[]> {
    const { letters } = await exchangeJson({ service: "the gateway", url: this.at(box) });
    if (!Array.isArray(letters) || !letters.every(isLetter))
      throw new DiptychError(
        "service-answer-invalid",
        "The gateway's answer is no list of letters: is this a Diptych gateway?",
      );
    return letters;
  }

  /** A letter, checked against its id. @throws DiptychError `letter-unknown` when it isn't there (any more) */
  async get(box: string, id: string, how: Transferring = {}): Promise<Uint8Array> {
    const letter = await exchange({
      service: "the gateway",
      method: "GET",
      url: this.at(box, id),
      timeout: patience,
      limit: longestLetter,
      signal: how.signal,
      received: how.progress,
    });
    if (hex(hash(letterDomain, letter)) !== id)
      throw new DiptychError(
        "service-answer-invalid",
        "The gateway's letter isn't the one that was put in: ask its sender to send it again.",
      );
    return letter;
  }

  /** Takes a letter out for good; nothing happens when it isn't there. */
  async remove(box: string, id: string): Promise<void> {
    await exchange({ service: "the gateway", method: "DELETE", url: this.at(box, id) });
  }

  private at(...names: string[]): string {
    return [this.url, ...names.map((name) => name.replace(/^0x/, ""))].join("/");
  }
}

function isLetter(value: unknown): value is Letter {
  const { id, size, time, until } = (value ?? {}) as Record<string, unknown>;
  return (
    typeof id === "string" &&
    /^0x[0-9a-f]{64}$/.test(id) &&
    [size, time, until].every((each) => Number.isSafeInteger(each))
  );
}
