/**
 * A release gate as an HTTP service.
 *
 * @module
 */
import type { Gate } from "./gate.ts";
import { body, buildService, field, listen, type Served, type ServeOptions } from "./httpServer.ts";
import type { ReleaseOrder } from "./wire.ts";

export type { Served, ServeOptions } from "./httpServer.ts";

/** Serves a gate; what it releases is the gate's to decide. */
export async function serveGate(gate: Gate, options: ServeOptions = {}): Promise<Served> {
  const service = await buildService(options);
  service.get("/v1/gate", async () => ({ address: gate.address }));
  service.post<{ Body: ReleaseOrder }>(
    "/v1/releases",
    {
      schema: {
        body: body({
          ledgerRecordId: field.bytes32,
          epoch: { type: "integer", minimum: 1, maximum: 2 ** 32 - 1 },
          requester: field.address,
          nonce: field.bytes32,
          purpose: { type: "integer", minimum: 0, maximum: 255 },
          responseKey: field.point,
          expiry: field.seconds,
        }),
      },
    },
    async ({ body: order }) => gate.release(order),
  );
  return listen(service, options);
}
