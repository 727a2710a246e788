/** Services that lie: a gate and a gateway that answer from the past. */
import { createServer, type IncomingMessage } from "node:http";
import type { AddressInfo } from "node:net";
import { parseCid } from "../../src/cloud/blocks.ts";
import { carBytes } from "../../src/cloud/car.ts";
import type { Blocks } from "../../src/cloud/gatewayClient.ts";
import { buffer } from "../../src/core/bytes.ts";

export type Liar = { url: string; close: () => Promise<void> };

async function bodyOf(request: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks).toString("utf8");
}

/** Serves what `answer` says to the JSON body of every request, on loopback. */
async function serve(answer: (body: string) => Promise<string | Uint8Array>): Promise<Liar> {
  const server = createServer(async (request, response) => {
    try {
      response.end(await answer(await bodyOf(request)));
    } catch {
      response.statusCode = 500;
      response.end("{}");
    }
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${port}`,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

/** A gate that answers whatever `answer` gives, in place of what it is asked. */
export function serveLyingGate(answer: (order: Record<string, unknown>) => Promise<object>): Promise<Liar> {
  return serve(async (body) => JSON.stringify(await answer(JSON.parse(body) as Record<string, unknown>)));
}

/** A gateway that serves these blocks as they are, under their old root or passed off as what was asked for. */
export function serveOldBlocks(blocks: Blocks, root: string, passedOff: boolean): Promise<Liar> {
  return serve(async (body) => {
    const { cid } = JSON.parse(body) as { cid: string };
    const all = [...blocks].map(([name, bytes]) => ({
      cid: parseCid(passedOff && name === root ? cid : name),
      bytes,
    }));
    return buffer(await carBytes([parseCid(passedOff ? cid : root)], all));
  });
}
