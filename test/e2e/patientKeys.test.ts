/** A patient's smaller matters, by clicking: parts that go together, what the timeline tells of a change, back-up, forgetting. */
import { readFile } from "node:fs/promises";
import { expect } from "chai";
import { en } from "../../web/src/words/en.ts";
import { sample } from "../world.ts";
import { castStory } from "./cast.ts";
import { sendRecord } from "./doctorOutside.ts";
import { Gallery } from "./gallery.ts";
import { changeRecord, invite, storeRecord, takeRecord } from "./patientActs.ts";
import { type Profile, passphrase } from "./profile.ts";

const { patient: words, look, welcome, parts } = en;
const recordName = "Check-up in spring";
const together = ["Symptoms", "Diagnosis", "Prescription"];

describe("page: a patient's parts, back-up and forgetting", () => {
  const cast = castStory();
  const gallery = new Gallery();
  let patient: Profile;
  const dialog = () => patient.page.getByRole("alertdialog");
  const inDialog = (name: string) => dialog().getByRole("button", { name, exact: true });
  const moveOf = (part: string, to: "private" | "shared") =>
    patient.button(new RegExp(`^${look.split.moveLabel(`.?${part}`, to)}`));

  it("an invitation that can't be withdrawn says so, and is withdrawn afterwards", async () => {
    patient = await cast.enter();
    await patient.goTo("/patient");
    await patient.settle();
    await patient.heading(words.records.empty.title).waitFor();
    await invite(patient, "Another");
    await patient.goTo("/patient");
    await patient.button(/^Withdraw/).click();
    // The browser's disk is full.
    const worker = patient.page.workers()[0]!;
    await worker.evaluate(() => {
      const { put } = IDBObjectStore.prototype;
      Object.assign(globalThis, { put });
      IDBObjectStore.prototype.put = () => {
        throw new DOMException("The disk is full.", "QuotaExceededError");
      };
    });
    await inDialog(words.invitation.withdrawConfirm).click();
    await dialog().getByRole("alert").waitFor();
    await worker.evaluate(() => {
      IDBObjectStore.prototype.put = (globalThis as unknown as { put: IDBObjectStore["put"] }).put;
    });
    await inDialog(words.invitation.withdrawConfirm).click();
    await dialog().waitFor({ state: "detached" });
    await patient.heading(words.invitation.pending).waitFor({ state: "detached" });
  });

  it("two prescriptions are two entries", async () => {
    await sendRecord(cast.stage, await invite(patient, recordName), sample());
    await takeRecord(patient, recordName);
    await patient.button(new RegExp(`^${look.split.openLabel(`.?${parts.prescription}`)}`)).click();
    const said = patient.page.getByRole("dialog");
    for (const n of [1, 2]) await said.getByRole("heading", { name: words.record.part.entry(n) }).waitFor();
    await gallery.show(patient, "patient-part");
    await patient.page.keyboard.press("Escape");
  });

  it("parts that go together are named before they move, with the reason, and stay on a no", async () => {
    await moveOf("Symptoms", "private").click();
    for (const each of together) await dialog().getByText(new RegExp(each)).first().waitFor();
    await dialog()
      .getByText(/Diagnosis.? only together with .?Symptoms/)
      .waitFor();
    await gallery.show(patient, "patient-together");
    await inDialog(words.record.together.cancel).click();
    await moveOf("Symptoms", "private").waitFor();
    expect(await moveOf("Prescription", "private").count()).to.equal(1);
    await moveOf("Symptoms", "private").click();
    await inDialog(words.record.together.confirm(3)).click();
    for (const each of together) {
      await moveOf(each, "shared").waitFor();
      await patient.page
        .getByText(new RegExp(`${each}.? now stands on the private side`))
        .waitFor({ state: "attached" });
    }
    const focused = await patient.page.evaluate(() => document.activeElement?.getAttribute("aria-label"));
    expect(focused).to.match(/^Move to shared: .?Symptoms/);
    // Back again as they came.
    await moveOf("Prescription", "shared").click();
    await inDialog(words.record.together.confirm(3)).click();
    await moveOf("Prescription", "private").waitFor();
  });

  it("a part that is taken back isn't told as a record that was closed to everybody", async () => {
    await storeRecord(patient);
    await moveOf("Gender", "private").click();
    await changeRecord(patient);
    await patient.goTo("/patient/timeline");
    await patient.says(words.timeline.ended).waitFor();
    expect(await patient.says(words.timeline.closed).count()).to.equal(0);
  });

  it("a rule that grows too long when others are let in says so", async () => {
    await patient.goTo("/patient");
    await patient.page.getByRole("link", { name: recordName }).click();
    await patient.button(words.record.rules.edit).click();
    const many = (label: string) => Array.from({ length: 300 }, (_, i) => `${label}:${i}`).join(" or ");
    for (const [side, label] of [
      ["private", "a"],
      ["shared", "b"],
    ] as const) {
      const rule = patient.page.getByRole("group", { name: words.record.rules[side], exact: true });
      await rule.getByLabel(look.rule.expert).check();
      await rule.getByLabel(look.rule.text, { exact: true }).fill(many(label));
    }
    await patient.button(words.record.rules.implyThem).click();
    await patient.says(en.errors["policy-limit"].title).waitFor();
    await patient.button(words.record.rules.cancel).click();
  });

  it("a back-up that was tried is remembered with the keys that it is of", async () => {
    const { backup } = words.keys;
    await patient.goTo("/patient/keys");
    await patient.page.getByText(backup.never).waitFor();
    const form = patient.page.locator("form").filter({ has: patient.button(backup.make) });
    await form.getByLabel(look.passphrase.new).fill(passphrase);
    await form.getByLabel(look.passphrase.repeat).fill(passphrase);
    const downloading = patient.page.waitForEvent("download");
    await patient.button(backup.make).click();
    const buffer = await readFile(await (await downloading).path());
    await patient.page
      .getByLabel(backup.file)
      .setInputFiles({ name: "back-up.age", mimeType: "application/octet-stream", buffer });
    await patient.page.getByLabel(look.passphrase.current).fill(passphrase);
    await patient.button(backup.try).click();
    await patient.says(backup.good).waitFor();
    await patient.page.reload();
    await patient.unlock();
    await patient.page.getByText(/You last tried one/).waitFor();
  });

  it("who has forgotten the passphrase has everything forgotten here: keys, ciphertext, and the wallet", async () => {
    const kept = () =>
      patient.page.evaluate(async () => {
        const open = (name: string) =>
          new Promise<IDBDatabase>((resolve, reject) => {
            const asked = indexedDB.open(name);
            asked.onsuccess = () => resolve(asked.result);
            asked.onerror = () => reject(asked.error);
          });
        let entries = 0;
        for (const { name } of await indexedDB.databases()) {
          const database = await open(name!);
          for (const each of database.objectStoreNames)
            entries += await new Promise<number>((resolve) => {
              const asked = database.transaction(each).objectStore(each).count();
              asked.onsuccess = () => resolve(asked.result);
            });
          database.close();
        }
        return { entries, wallet: localStorage.getItem("diptych/wallet") !== null };
      });
    const before = await kept();
    expect([before.entries > 3, before.wallet]).to.deep.equal([true, true]);
    await gallery.show(patient, "patient-keys-tried");
    await patient.page.reload();
    await patient.button(welcome.keys.forgotten).waitFor();
    await gallery.show(patient, "keys-locked");
    await patient.button(welcome.keys.forgotten).click();
    await dialog().getByRole("textbox").fill(welcome.keys.forgetType);
    await inDialog(welcome.keys.forgetConfirm).click();
    await patient.heading(welcome.keys.newTitle).waitFor();
    expect(await kept()).to.deep.equal({ entries: 0, wallet: false });
    await patient.settle();
    await patient.heading(words.keys.title).waitFor();
  });

  it("these screens keep axe's rules, and none is wider than a phone", () => {
    expect(gallery.violations).to.deep.equal([]);
    expect(gallery.tooWide).to.deep.equal([]);
  });
});
