import { expect } from "chai";
import fc from "fast-check";
import { concat, utf8 } from "../../src/core/bytes.ts";
import {
  decrypt,
  decryptStream,
  encrypt,
  encryptStream,
  SEGMENT_SIZE,
  sealedSize,
} from "../../src/seal/index.ts";
import { expectCode } from "../expectCode.ts";
import { fixed } from "./vectors/make.ts";

const key = fixed("stream test key");
const data = utf8("record 1, part 3, generation 2");
const CIPHER_SEGMENT = SEGMENT_SIZE + 16;

/** Bytes in which no two segments are alike. */
function numbered(size: number): Uint8Array {
  const bytes = new Uint8Array(size);
  for (let i = 0; i < size; i += 4096) bytes.set([(i >> 12) & 255, (i >> 20) & 255].slice(0, size - i), i);
  return bytes;
}

async function* inPieces(bytes: Uint8Array, size: number) {
  for (let i = 0; i < bytes.length; i += size) yield bytes.subarray(i, i + size);
}

async function gather(source: AsyncIterable<Uint8Array>): Promise<Uint8Array[]> {
  const all: Uint8Array[] = [];
  for await (const chunk of source) all.push(chunk);
  return all;
}

describe("seal: streaming AES-256-GCM", () => {
  for (const size of [
    0,
    1,
    SEGMENT_SIZE - 1,
    SEGMENT_SIZE,
    SEGMENT_SIZE + 1,
    2 * SEGMENT_SIZE,
    2 * SEGMENT_SIZE + 5,
  ])
    it(`round trips ${size} bytes, and sealedSize says how long the message is`, async () => {
      const message = await encrypt(key, data, numbered(size));
      expect(message.length).to.equal(sealedSize(size));
      expect(Buffer.compare(await decrypt(key, data, message), numbered(size))).to.equal(0);
    });

  it("gives the same message however the plaintext is cut, and opens it however that is cut", async () => {
    const plaintext = numbered(SEGMENT_SIZE + 1000);
    const whole = await encrypt(key, data, plaintext);
    for (const size of [777_777, SEGMENT_SIZE, SEGMENT_SIZE + 1000]) {
      const chunks = await gather(encryptStream(key, data, inPieces(plaintext, size)));
      expect(Buffer.compare(concat(...chunks), whole)).to.equal(0);
      const opened = await gather(decryptStream(key, data, inPieces(whole, size)));
      expect(Buffer.compare(concat(...opened), plaintext)).to.equal(0);
    }
  });

  it("refuses every truncation, extension and changed byte of a short message", async () => {
    const message = await encrypt(key, data, utf8("blood pressure"));
    for (let size = 0; size < message.length; size++)
      await expectCode("seal-open-failed", () => decrypt(key, data, message.slice(0, size)));
    for (let at = 0; at < message.length; at++) {
      const changed = message.slice();
      changed[at]! ^= 0x40;
      await expectCode("seal-open-failed", () => decrypt(key, data, changed));
    }
    await expectCode("seal-open-failed", () => decrypt(key, data, concat(message, Uint8Array.of(0))));
  });

  it("refuses segments dropped, reordered, repeated or appended, and says the same of all", async () => {
    const message = await encrypt(key, data, numbered(3 * SEGMENT_SIZE));
    const head = message.slice(0, 1);
    const [one, two, three] = [0, 1, 2].map((n) =>
      message.slice(1 + n * CIPHER_SEGMENT, 1 + (n + 1) * CIPHER_SEGMENT),
    ) as [Uint8Array, Uint8Array, Uint8Array];
    const wrong = [
      [one],
      [one, two],
      [one, three],
      [two, one, three],
      [one, two, two],
      [one, two, three, three],
      [three],
      [one, two, three.slice(0, -1)],
    ];
    const messages = new Set<string>();
    for (const segments of wrong)
      messages.add(
        (await expectCode("seal-open-failed", () => decrypt(key, data, concat(head, ...segments)))).message,
      );
    expect(messages.size).to.equal(1);
  });

  it("hands out nothing of a wrong segment, and all before it", async () => {
    const message = await encrypt(key, data, numbered(2 * SEGMENT_SIZE + 9));
    message[1 + CIPHER_SEGMENT + 100]! ^= 1;
    const seen: Uint8Array[] = [];
    await expectCode("seal-open-failed", async () => {
      for await (const segment of decryptStream(key, data, message)) seen.push(segment);
    });
    expect(seen.map((segment) => segment.length)).to.deep.equal([SEGMENT_SIZE]);
  });

  it("refuses an empty last segment after a full one, which would be a second encoding", async () => {
    // Made by hand: the first segment of a longer message, then an empty one marked last.
    const long = await encrypt(key, data, numbered(SEGMENT_SIZE + 1));
    const aead = await crypto.subtle.importKey("raw", new Uint8Array(key), "AES-GCM", false, ["encrypt"]);
    const iv = new Uint8Array(12);
    iv[10] = 1;
    iv[11] = 1;
    const domain = utf8("diptych/seal/stream/v1");
    const additionalData = concat(
      Uint8Array.of(0, 0, 0, domain.length),
      domain,
      Uint8Array.of(0, 0, 0, data.length),
      data,
    );
    const seal = async (bytes: Uint8Array) =>
      new Uint8Array(
        await crypto.subtle.encrypt(
          { name: "AES-GCM", iv, additionalData: new Uint8Array(additionalData) },
          aead,
          new Uint8Array(bytes),
        ),
      );
    const first = long.slice(0, 1 + CIPHER_SEGMENT);
    const oneByte = concat(first, await seal(Uint8Array.of(7)));
    expect((await decrypt(key, data, oneByte)).length).to.equal(SEGMENT_SIZE + 1);
    await expectCode("seal-open-failed", async () =>
      decrypt(key, data, concat(first, await seal(new Uint8Array()))),
    );
  });

  it("is bound to its key and associated data", async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.uint8Array({ maxLength: 200 }),
        fc.uint8Array({ maxLength: 40 }),
        async (text, aad) => {
          const message = await encrypt(key, aad, text);
          expect(await decrypt(key, aad, message)).to.deep.equal(text);
          await expectCode("seal-open-failed", () => decrypt(key, concat(aad, Uint8Array.of(0)), message));
          await expectCode("seal-open-failed", () => decrypt(fixed("another key"), aad, message));
        },
      ),
      { numRuns: 40 },
    );
  });

  it("passes on what its source throws, and refuses keys of another size", async () => {
    const broken = (async function* () {
      yield Uint8Array.of(1);
      throw new RangeError("the network went away");
    })();
    let thrown: unknown;
    await gather(decryptStream(key, data, broken)).catch((error: unknown) => {
      thrown = error;
    });
    expect(thrown).to.be.instanceOf(RangeError);
    await expectCode("argument-invalid", () => encrypt(key.slice(1), data, data));
  });
});
