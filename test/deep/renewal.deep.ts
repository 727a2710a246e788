/** Renewing an index key, stopped before each of its acts in turn. */
import { expect } from "chai";
import { renewStopping } from "../roles/stoppedRenewal.ts";
import { enrolPatient, issueAndPublish, theRequester } from "../world.ts";

describe("deep: a renewal of the index key that is stopped", () => {
  it("before any of its acts, goes on where it was at the next start", async () => {
    const owner = await enrolPatient();
    const published = await issueAndPublish(owner.patient);
    let acts = 0;
    while (await renewStopping(owner, acts, published, acts + 1)) acts += 1;
    // The note, the dealing, closing, the change's own notes and its two publishes, and forgetting the notes.
    expect(acts).to.be.at.least(8);
    const requester = await theRequester("role:researcher");
    const { decided } = await requester.request("shared", published.ledgerRecordIds.shared);
    expect((await requester.openGranted("shared", decided)).extraction.parts).to.have.length(6);
  }).timeout(300_000);
});
