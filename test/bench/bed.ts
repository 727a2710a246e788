/** One pair of chains with everything on it for all tests of the benches, opened when first asked for. */
import { type Bed, openBed } from "../../bench/paper/bed.ts";

let opening: Promise<Bed> | undefined;

export function sharedBed(): Promise<Bed> {
  opening ??= openBed();
  return opening;
}

after("the benches' chains and services end", async () => {
  const opened = await opening?.catch(() => undefined);
  await opened?.close();
});
