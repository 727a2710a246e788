/** The page stays responsive while its worker encrypts, signs and opens: no task of its main thread takes 50 ms of its processor. */
import { expect } from "chai";
import { splitRecord } from "../../src/record/index.ts";
import { en } from "../../web/src/words/en.ts";
import { castStory } from "./cast.ts";
import { enterWithRecord, storeRecord } from "./patientActs.ts";
import type { Profile } from "./profile.ts";

const { look, patient: words } = en;
const bound = 50;

type TraceEvent = {
  name: string;
  ph: string;
  pid: number;
  tid: number;
  tdur?: number;
  args?: { name?: string };
};

/** What took the main thread of a page longest while something was done, in milliseconds of its processor: a busy machine adds nothing. */
async function longestTasks({ stage, page }: Profile, act: () => Promise<void>): Promise<number[]> {
  await stage.browser.startTracing(page, {
    categories: ["toplevel", "disabled-by-default-devtools.timeline"],
  });
  await act();
  const traced = await stage.browser.stopTracing();
  const { traceEvents } = JSON.parse(traced.toString()) as { traceEvents: TraceEvent[] };
  const mains = new Set(
    traceEvents
      .filter(({ name, args }) => name === "thread_name" && args?.name === "CrRendererMain")
      .map(({ pid, tid }) => `${pid} ${tid}`),
  );
  return traceEvents
    .filter(({ name, pid, tid }) => name.endsWith("RunTask") && mains.has(`${pid} ${tid}`))
    .map(({ tdur = 0 }) => tdur / 1000)
    .sort((a, b) => b - a);
}

describe("page: long work beside a page that answers", () => {
  const cast = castStory();
  let patient: Profile;

  it("storing a record of 150 parts", async () => {
    const entry = Array.from({ length: 150 }, (_, n) => ({
      resource: { resourceType: n === 0 ? "Patient" : "Observation", id: `r${n}`, note: "x".repeat(2_000) },
    }));
    const bundle = { resourceType: "Bundle", type: "collection", entry };
    const record = splitRecord(new TextEncoder().encode(JSON.stringify(bundle)));
    patient = await enterWithRecord(cast, { record });
    const tasks = await longestTasks(patient, () => storeRecord(patient));
    expect(tasks.length, "tasks that were seen").to.be.above(100);
    expect(tasks[0], "processor time that was told").to.be.above(0).and.below(bound);
  });

  it("opening it again", async () => {
    await patient.goTo("/patient");
    await patient.page.reload();
    await patient.unlock();
    const link = patient.page.getByRole("link", { name: "Check-up in spring" });
    await link.waitFor();
    const tasks = await longestTasks(patient, async () => {
      await link.click();
      await patient.says(look.signed.unchanged).waitFor();
      await patient.heading(words.record.links.title).waitFor();
    });
    expect(tasks.length, "tasks that were seen").to.be.above(20);
    expect(tasks[0], "processor time that was told").to.be.above(0).and.below(bound);
  });
});
