/** What goes wrong around a patient: a page that is closed half-way, a cloud that stops answering, a second window. */
import { expect } from "chai";
import { en } from "../../web/src/words/en.ts";
import { castStory } from "./cast.ts";
import { beginToStore, enterWithRecord, goOnStoring, waitForStored, waitUntilStored } from "./patientActs.ts";
import type { Profile } from "./profile.ts";
import type { Answer, Prompt } from "./testWallet.ts";

const { patient: words, look } = en;
const recordName = "Check-up in spring";

describe("page: loaded anew in the middle of storing a record", () => {
  const cast = castStory();
  let patient: Profile;

  /** Loads the page anew when the wallet asks for this, which is answered by nobody then. */
  async function reloadAt(fits: (prompt: Prompt) => boolean, begin: () => Promise<void>): Promise<void> {
    let reached: () => void = () => undefined;
    const asked = new Promise<void>((resolve) => {
      reached = resolve;
    });
    let done = false;
    patient.wallet.answer = (prompt) => {
      if (done || !fits(prompt)) return "yes";
      done = true;
      reached();
      return "no";
    };
    const beginning = begin().catch(() => undefined);
    await asked;
    await patient.page.reload();
    await beginning;
    await patient.unlock();
    await patient.heading(recordName).waitFor();
  }

  it("while gates are appointed, while it is signed, and while it is entered: it goes on", async () => {
    patient = await enterWithRecord(cast);
    const go = () => goOnStoring(patient);
    await reloadAt(
      ({ kind }) => kind === "send",
      () => beginToStore(patient),
    );
    await reloadAt(({ subject }) => subject === "Upload", go);
    let entries = 0;
    await reloadAt(({ kind }) => kind === "send" && ++entries === 2, go);
    await go();
    await waitForStored(patient);
  });

  it("keys that were locked open for their passphrase only", async () => {
    await patient.goTo("/patient/keys");
    await patient.page.getByRole("main").getByRole("button", { name: words.keys.lock.now }).click();
    await patient.page.getByLabel(look.passphrase.current).fill("not the passphrase");
    await patient.button(look.passphrase.unlock).click();
    await patient.page.getByText(en.errors["passphrase-wrong"].title).waitFor();
    await patient.unlock();
    await patient.heading(words.keys.title).waitFor();
  });
});

describe("page: the cloud stops answering in the middle", () => {
  const cast = castStory();
  let patient: Profile;

  it("the page says so, and goes on when the cloud is back", async () => {
    patient = await enterWithRecord(cast);
    patient.expect(/ERR_CONNECTION_REFUSED|Failed to load resource/);
    const { gateway } = cast.stage;
    let stopped: Promise<void> | undefined;
    patient.wallet.answer = async ({ subject }): Promise<Answer> => {
      if (subject === "Upload") await (stopped ??= gateway.stop());
      return "yes";
    };
    try {
      await beginToStore(patient);
      await patient.says(en.errors["service-unreachable"].title).first().waitFor();
    } finally {
      await gateway.start();
    }
    await patient.button(look.retry).first().click();
    await waitUntilStored(patient);
  });
});

describe("page: two windows of one patient", () => {
  const cast = castStory();
  let patient: Profile;

  it("both store the same record: it is stored once, and both show it", async () => {
    patient = await enterWithRecord(cast);
    const second = await patient.openWindow();
    await second.goto(patient.page.url());
    await patient.in(second, async () => {
      await patient.unlock();
      await patient.heading(recordName).waitFor();
      await beginToStore(patient);
    });
    await beginToStore(patient);
    await waitForStored(patient);
    await patient.in(second, () => waitForStored(patient));
    await patient.goTo("/patient/timeline");
    const stored = patient.says(words.timeline.published.first);
    await stored.first().waitFor();
    expect(await stored.count(), "entries on both ledgers").to.equal(2);
    expect(await patient.says(words.timeline.published.again).count()).to.equal(0);
  });
});
