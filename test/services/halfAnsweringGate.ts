/** Program: an honest gate whose answers stop at their half, for its starter to kill it there. */
import { once } from "node:events";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { unhex } from "../../src/core/bytes.ts";
import { type ChainAddresses, openChain } from "../../src/ledger/chain.ts";
import { Gate } from "../../src/services/gate.ts";

type Start = { seed: string; addresses: ChainAddresses; node: string };

const [{ seed, addresses, node }] = (await once(process, "message")) as [Start];
const gate = await Gate.open(await openChain(addresses, node), unhex(seed), 0);
const server = createServer(async (asked, answer) => {
  const chunks: Buffer[] = [];
  for await (const chunk of asked) chunks.push(chunk as Buffer);
  const whole = Buffer.from(JSON.stringify(await gate.release(JSON.parse(String(Buffer.concat(chunks))))));
  answer.writeHead(200, { "content-type": "application/json", "content-length": whole.length });
  answer.write(whole.subarray(0, whole.length / 2), () => process.send!("halfway"));
});
server.listen(0, "127.0.0.1", () => {
  process.send!({ url: `http://127.0.0.1:${(server.address() as AddressInfo).port}` });
});
// Whoever started it may be gone.
process.on("disconnect", () => process.exit());
