/** The gateway as an HTTP service: CARs in, CARs out. */
import type { FetchOrder, OwnerFetchOrder, RootOrder } from "../cloud/gatewayClient.ts";
import { utf8Decode } from "../core/bytes.ts";
import { DiptychError } from "../core/errors.ts";
import type { Gateway } from "./gateway.ts";
import { body, buildService, field, listen, type Served, type ServeOptions } from "./httpServer.ts";

const carType = "application/vnd.ipld.car";

const rootFields = {
  side: field.side,
  gateway: field.text,
  cid: field.cid,
  tag: field.bytes32,
  time: field.seconds,
  nonce: field.bytes32,
  signature: field.signature,
};

const version = { type: "integer", minimum: 1, maximum: 2 ** 32 - 1 };
const uploadRoots = { type: "array", items: body(rootFields), minItems: 1, maxItems: 64 };

/** Serves a gateway; its origin, which clients sign, is `publicUrl` or the address it listens on. */
export async function serveGateway(
  gateway: Gateway,
  options: ServeOptions & { publicUrl?: string } = {},
): Promise<Served> {
  const service = await buildService({ bodyLimit: 256 * 1024 * 1024, ...options });
  service.addContentTypeParser(carType, { parseAs: "buffer" }, (_request, payload, done) =>
    done(null, payload),
  );

  service.get("/v1/gateway", async () => ({ origin: gateway.origin }));

  service.post<{ Body: Uint8Array; Headers: { "diptych-roots": string } }>(
    "/v1/uploads",
    {
      schema: {
        headers: {
          type: "object",
          properties: { "diptych-roots": { type: "string", maxLength: 65_536 } },
          required: ["diptych-roots"],
        },
      },
    },
    async (request) => {
      const roots = parseRoots(request.headers["diptych-roots"]);
      const valid = request.validateInput(roots, uploadRoots as never);
      if (!(request.body instanceof Uint8Array) || valid !== true)
        throw new DiptychError(
          "argument-invalid",
          `An upload is a ${carType} with its signed roots in the header diptych-roots.`,
        );
      await gateway.upload(request.body, roots as RootOrder[]);
      return { ok: true };
    },
  );

  service.post<{ Body: FetchOrder }>(
    "/v1/fetches",
    {
      schema: {
        body: body({
          side: field.side,
          gateway: field.text,
          requestId: field.bytes32,
          cid: field.cid,
          time: field.seconds,
          nonce: field.bytes32,
          signature: field.signature,
          index: body({ version, tag: field.bytes32, signature: field.signature }),
        }),
      },
    },
    async ({ body: order }, reply) => reply.type(carType).send(Buffer.from(await gateway.fetch(order))),
  );

  const { tag: _tag, ...ownFields } = rootFields;
  service.post<{ Body: OwnerFetchOrder }>(
    "/v1/own-fetches",
    { schema: { body: body(ownFields) } },
    async ({ body: order }, reply) => reply.type(carType).send(Buffer.from(await gateway.fetchOwn(order))),
  );

  service.post<{ Body: RootOrder }>(
    "/v1/unpins",
    { schema: { body: body(rootFields) } },
    async ({ body: order }) => {
      await gateway.unpin(order);
      return { ok: true };
    },
  );

  const served = await listen(service, options);
  gateway.origin = options.publicUrl ?? served.url;
  return served;
}

function parseRoots(header: string): unknown {
  try {
    return JSON.parse(utf8Decode(Buffer.from(header, "base64url")));
  } catch {
    return undefined;
  }
}
