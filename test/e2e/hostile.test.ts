/** Records by people who mean harm, and very large ones, are shown as what they are: text. And parts move by keyboard alone. */
import { expect } from "chai";
import { splitRecord } from "../../src/record/index.ts";
import { en } from "../../web/src/words/en.ts";
import { castStory } from "./cast.ts";
import { enterWithRecord } from "./patientActs.ts";
import type { Profile } from "./profile.ts";

const { look, parts } = en;
const split = (record: unknown) => splitRecord(new TextEncoder().encode(JSON.stringify(record)));

const script = '<img src="x" onerror="document.title=\'taken\'"><script>document.title="taken"</script>';
/** Turns round how what comes after it is read, unless it is kept in. */
const override = "\u202e";
const hostile = {
  name: `${script}${override}neerG leinaD`,
  gender: "javascript:alert(1)",
  dateOfBirth: "1970-01-01",
  idNumber: `7'"><svg onload=alert(1)>`,
  symptoms: [script, `${override}ylhgih suoigatnoc`, "a".repeat(20_000)],
  diagnosis: { text: `${override}yhtlaeh`, __proto__x: "kept", constructor: "kept" },
  prescription: [{ drug: "<b>bold</b>", dose: "{{7*7}}", times: "%s%n", days: 1 }],
  examinationReport: { "<script>": script },
  medicalHistory: "=HYPERLINK(0) \u0000\u0007 \ud83c\udff4",
};

describe("page: a hostile record", () => {
  const cast = castStory();
  let patient: Profile;

  it("is shown as text, each name by itself", async () => {
    const name = `${script}${override}gnirps`;
    patient = await enterWithRecord(cast, { record: split(hostile), name: name.slice(0, 80) });
    expect(await patient.page.title()).to.not.equal("taken");
    await patient.page
      .getByRole("button", { name: look.split.openLabel(`\u2068${parts.name}\u2069`) })
      .click();
    const dialog = patient.page.getByRole("dialog");
    await dialog.getByText("onerror").first().waitFor();
    expect(await patient.page.locator("img[src='x'], svg[onload], main b").count()).to.equal(0);
    // What turns the reading round is kept within an element of its own.
    const kept = await patient.page.evaluate(() => {
      const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
      const loose: string[] = [];
      for (let node = walker.nextNode(); node !== null; node = walker.nextNode()) {
        const text = node.textContent ?? "";
        const { parentElement } = node;
        const isolated =
          parentElement?.closest("bdi, pre, input, textarea, option") !== null ||
          getComputedStyle(parentElement).unicodeBidi.includes("isolate") ||
          /\u2068[^\u2069]*\u202e/.test(text);
        if (text.includes("\u202e") && !isolated) loose.push(text.slice(0, 80));
      }
      return loose;
    });
    expect(kept).to.deep.equal([]);
    expect(await patient.page.title()).to.not.equal("taken");
  });
});

describe("page: a record of 10,000 parts", () => {
  const cast = castStory();

  it("is taken in, and a part is found among them", async () => {
    // A part is all entries of one kind: so many parts take as many kinds.
    const entry = Array.from({ length: 9_998 }, (_, n) => ({
      resource: { resourceType: `Kind${inLetters(n)}`, id: `k${n}`, code: { text: `Measurement ${n}` } },
    }));
    const person = { resource: { resourceType: "Patient", id: "p", name: [{ text: "Synthetic Person 2" }] } };
    const bundle = {
      resourceType: "Bundle",
      type: "collection",
      entry: [person, { resource: { resourceType: "Observation" } }, ...entry],
    };
    const patient = await enterWithRecord(cast, { record: split(bundle), name: "Ten thousand" });
    await patient.page.getByLabel(look.split.find).fill(parts.Patient!);
    await patient.page.getByRole("button", { name: /^Open .*Person/ }).waitFor();
    const drawn = await patient.page.locator("main *").count();
    expect(drawn, "elements that are drawn at once").to.be.below(4_000);
  });
});

describe("page: by keyboard alone", () => {
  const cast = castStory();

  it("a part is picked up, carried over and put down, and it is told", async () => {
    const patient = await enterWithRecord(cast);
    const { page } = patient;
    await page.getByRole("heading", { level: 1 }).waitFor();
    await tabTo(patient, new RegExp(`Drag .*${parts.idNumber}`));
    await page.keyboard.press("Space");
    await page.keyboard.press("ArrowLeft");
    await page.getByText(/ID number.* is over the private side/).waitFor({ state: "attached" });
    await page.keyboard.press("Space");
    await page.getByText(/ID number.* now stands on the private side/).waitFor({ state: "attached" });
    await page.getByRole("button", { name: /^Move to shared: .*ID number/ }).waitFor();
  });
});

/** Names of kinds have no digits. */
function inLetters(n: number): string {
  return [...String(n)].map((digit) => "abcdefghij"[Number(digit)]).join("");
}

/** Presses Tab until what has the focus is called this. */
async function tabTo({ page }: Profile, name: RegExp): Promise<void> {
  for (let presses = 0; presses < 120; presses++) {
    const label = await page.evaluate(() => {
      const { activeElement: element } = document;
      return element?.getAttribute("aria-label") ?? element?.textContent ?? "";
    });
    if (name.test(label)) return;
    await page.keyboard.press("Tab");
  }
  throw new Error(`Tab never came to ${name}`);
}
