/** The story of `diptych demo`, stopped by a signal as soon as some words stand on the screen: it ends, and nothing is left. */
import { expect } from "chai";
import { putOff } from "./run.ts";

/** A test for each moment. */
export function describeStopped(moments: readonly [signal: NodeJS.Signals, seen: string][]): void {
  for (const [signal, seen] of moments) {
    let sent = false;
    const ended = putOff(
      async () => ["demo"],
      (all, child) => {
        if (sent || !all.includes(seen)) return;
        sent = true;
        child.kill(signal);
      },
    );
    it(`${signal} at "${seen.trim()}": ends with status 130, and nothing is left`, async function () {
      this.timeout(240_000);
      const outcome = await ended();
      expect(sent).to.equal(true);
      expect(outcome).to.include({ status: 130, signal: null, running: false, stderr: "" });
      expect(outcome.folders).to.deep.equal([]);
      expect(outcome.stdout).to.match(/\nstopping \.\.\.\n$/);
    });
  }
}
