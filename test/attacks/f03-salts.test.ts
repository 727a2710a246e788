/** F3: the paper's d_ext contains d_full, so every r_i, and lies in clear in the cloud (5.1.2, 5.1.3). */
import { expect } from "chai";
import { commit } from "../../src/ces/commitment.ts";
import { decodeHeader, encodeExtraction, extract } from "../../src/ces/index.ts";
import { equal, utf8 } from "../../src/core/bytes.ts";
import { expectCode } from "../expectCode.ts";
import { sampleSigned } from "./clinic.ts";
import { setup } from "./paper/abe.ts";
import { drawKey } from "./paper/rsa.ts";
import * as paper from "./paper/signature.ts";
import { Cloud, encryptRecord } from "./paper/storage.ts";
import { contains } from "./publicBytes.ts";
import { rights } from "./world.ts";

const genders = ["female", "male", "other", "unknown"];
const dates = Array.from({ length: 80 * 366 }, (_, day) =>
  new Date(Date.UTC(1940, 0, 1 + day)).toISOString().slice(0, 10),
);

describe("F3 salts of hidden parts", () => {
  it("the paper: a cloud that never decrypts anything reads gender and birth date of hidden parts", async () => {
    const key = drawKey();
    const { publicKey } = await setup();
    const full = paper.sign(paper.emr, "7 needs 6", key);
    const policies = paper.emr.map(() => rights.full);
    const { record } = await encryptRecord(full, policies, publicKey);
    // P shares the findings only; d of that extraction lies beside the ciphertext.
    const d = paper.extract(full, [5, 6, 7]);
    const cloud = new Cloud(key);
    const url = cloud.put({ ...record, d });

    const seen = cloud.records.get(url)!.d;
    const guess = (position: number, candidates: readonly string[]) =>
      candidates.find((each) =>
        equal(paper.hashPart(utf8(each), seen.salts[position - 1]!, seen.ceas), seen.hashes.get(position)!),
      );
    expect(seen.revealed.has(2) || seen.revealed.has(3)).to.equal(false);
    expect(guess(2, genders)).to.equal("female");
    expect(guess(3, dates)).to.equal("1970-01-01");
  });

  it("Diptych: the extraction has neither salt nor hash of a hidden part to try guesses on", async () => {
    const { whole } = await sampleSigned();
    const { emrId } = decodeHeader(whole.header);
    // The worst case: all others are revealed, so the hidden part's own commitment is in the proof.
    const hidden = whole.parts[1]!;
    const extraction = await extract(
      whole,
      whole.parts.map((part) => part.position).filter((position) => position !== 2),
    );
    const sent = encodeExtraction(extraction);
    expect(contains(sent, hidden.salt)).to.equal(false);
    for (const part of extraction.parts) expect(contains(sent, part.salt)).to.equal(true);

    const find = async (salts: readonly Uint8Array[]) => {
      for (const salt of salts)
        for (const gender of genders) {
          const guess = { label: hidden.label, salt, content: utf8(JSON.stringify(gender)) };
          const commitment = await commit(emrId, 2, guess);
          if (extraction.proof.some((node) => equal(node, commitment))) return gender;
        }
      return undefined;
    };
    const known = [...extraction.parts.map((part) => part.salt), new Uint8Array(32), emrId];
    expect(await find(known)).to.equal(undefined);
    // With the salt, the very same search finds it: nothing but the salt hides the part.
    expect(await find([hidden.salt])).to.equal("female");
    await expectCode("argument-invalid", () => extract(extraction, [2]));
  });
});
