/** A proxy that keeps every byte which browsers send, and looks for secrets in it. */
import { readFile } from "node:fs/promises";
import {
  request as ask,
  createServer,
  type IncomingMessage,
  type Server,
  type ServerResponse,
} from "node:http";
import type { AddressInfo } from "node:net";
import { Decrypter } from "age-encryption";
import { decodeInfo1 } from "../../src/record/index.ts";
import { info1Info } from "../../src/roles/info1.ts";
import { decodePatientBackup } from "../../src/roles/patientBackup.ts";
import { deriveEmrKey, deriveIdSecret, deriveRecordKey, open } from "../../src/seal/index.ts";
import { en } from "../../web/src/words/en.ts";
import { type Profile, passphrase } from "./profile.ts";

/** Something that must not leave a browser. */
export type Secret = { name: string; bytes: Uint8Array };

export class Wiretap {
  private readonly server: Server;
  private readonly sent: Buffer[] = [];

  private constructor(server: Server) {
    this.server = server;
  }

  static async start(): Promise<Wiretap> {
    const server = createServer();
    const wiretap = new Wiretap(server);
    server.on("request", (asked, answer) => wiretap.pass(asked, answer));
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    return wiretap;
  }

  /** What a browser's context takes to send everything through it, this machine's own addresses included. */
  get proxy(): { server: string; bypass: string } {
    return {
      server: `http://127.0.0.1:${(this.server.address() as AddressInfo).port}`,
      bypass: "<-loopback>",
    };
  }

  get requests(): number {
    return this.sent.length;
  }

  /** Forgets what was sent so far. */
  forget(): void {
    this.sent.splice(0);
  }

  async close(): Promise<void> {
    this.server.closeAllConnections();
    await new Promise((resolve) => this.server.close(resolve));
  }

  /** Names of the secrets that were sent, as they are or in hex, base64 or a URL's escapes. */
  find(secrets: readonly Secret[]): string[] {
    const found = new Set<string>();
    for (const { name, bytes } of secrets) {
      const forms = formsOf(bytes);
      for (const each of this.sent)
        for (const form of forms)
          if (each.includes(form)) found.add(`${name} in ${each.toString("latin1", 0, 80)}`);
    }
    return [...found];
  }

  private pass(asked: IncomingMessage, answer: ServerResponse): void {
    const chunks: Buffer[] = [
      Buffer.from(`${asked.method} ${asked.url}\n${JSON.stringify(asked.rawHeaders)}\n`),
    ];
    const onward = ask(String(asked.url), { method: asked.method, headers: asked.headers }, (got) => {
      answer.writeHead(got.statusCode ?? 502, got.headers);
      got.pipe(answer);
    });
    onward.on("error", () => answer.destroy());
    answer.on("close", () => onward.destroy());
    asked.on("data", (chunk: Buffer) => {
      chunks.push(chunk);
      onward.write(chunk);
    });
    asked.on("end", () => {
      this.sent.push(Buffer.concat(chunks));
      onward.end();
    });
  }
}

/** How bytes may be written; of base64 what doesn't depend on the bytes around it, at each of its three places. */
function formsOf(bytes: Uint8Array): Buffer[] {
  const raw = Buffer.from(bytes);
  const hex = raw.toString("hex");
  const forms = [raw, Buffer.from(hex), Buffer.from(hex.toUpperCase())];
  for (let at = 0; at < 3; at++) {
    const shifted = Buffer.concat([Buffer.alloc(at), raw])
      .toString("base64")
      .replace(/=+$/, "");
    const inner = shifted.slice(at === 0 ? 0 : at + 1, shifted.length - 1);
    forms.push(Buffer.from(inner), Buffer.from(inner.replaceAll("+", "-").replaceAll("/", "_")));
  }
  const text = raw.toString("utf8");
  if (Buffer.from(text).equals(raw)) forms.push(Buffer.from(encodeURIComponent(text)));
  return forms;
}

export function textSecrets(...texts: string[]): Secret[] {
  return texts.map((name) => ({ name, bytes: Buffer.from(name) }));
}

/** A patient's seed, keys and salts, out of a back-up that is made by clicking. */
export async function secretsOf(patient: Profile): Promise<Secret[]> {
  const { backup } = en.patient.keys;
  await patient.goTo("/patient/keys");
  const form = patient.page.locator("form").filter({ has: patient.button(backup.make) });
  await form.getByLabel(en.look.passphrase.new).fill(passphrase);
  await form.getByLabel(en.look.passphrase.repeat).fill(passphrase);
  const downloading = patient.page.waitForEvent("download");
  await patient.button(backup.make).click();
  const decrypter = new Decrypter();
  decrypter.addPassphrase(passphrase);
  const file = await readFile(await (await downloading).path());
  const { seed, copies } = decodePatientBackup(await decrypter.decrypt(file));
  const { privateKey } = await deriveRecordKey(seed);
  const secrets: Secret[] = [
    { name: "the seed", bytes: seed },
    { name: "the record key", bytes: privateKey },
    { name: "the id secret", bytes: deriveIdSecret(seed) },
  ];
  for (const { invitation, info1 } of copies) {
    secrets.push({ name: "a record's own key", bytes: deriveEmrKey(seed, invitation.emrId) });
    const { extraction } = decodeInfo1(await open(privateKey, info1Info(invitation), info1));
    for (const { position, salt } of extraction.parts)
      secrets.push({ name: `the salt of part ${position}`, bytes: salt });
  }
  return secrets;
}
