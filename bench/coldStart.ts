/**
 * Bundled and run in a fresh process with a public key in hex: prints, as lines of JSON, how long it takes from before
 * the library's code to the first capsule, and the second capsule.
 */
import { argv } from "node:process";
import { time } from "./timing.ts";

const publicKeyBytes = Uint8Array.from(Buffer.from(argv[2]!, "hex"));
const policy = "role:doctor and org:yzu-hospital or role:government";

const first = await time(async () => {
  const { encapsulate, PublicKey } = await import("../src/abe/index.ts");
  await encapsulate(await PublicKey.fromBytes(publicKeyBytes), policy);
});
const second = await time(async () => {
  const { encapsulate, PublicKey } = await import("../src/abe/index.ts");
  await encapsulate(await PublicKey.fromBytes(publicKeyBytes), policy);
});
process.stdout.write(`${JSON.stringify(first)}\n${JSON.stringify(second)}\n`);
