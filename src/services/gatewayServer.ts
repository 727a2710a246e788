/**
 * The gateway as an HTTP service: CARs in, CARs out.
 *
 * @module
 */
import type { FetchOrder, KeepOrder, OwnerFetchOrder, UploadOrder } from "../cloud/gatewayClient.ts";
import { utf8Decode } from "../core/bytes.ts";
import { DiptychError } from "../core/errors.ts";
import type { Gateway } from "./gateway.ts";
import { body, buildService, field, listen, type Served, type ServeOptions } from "./httpServer.ts";
import { type LetterFolder, serveLetterboxes } from "./letterboxServer.ts";

export type { Served, ServeOptions } from "./httpServer.ts";
export { LetterFolder, type LetterLimits } from "./letterboxServer.ts";
export type { LogOptions, LogStream } from "./serviceLog.ts";

const carType = "application/vnd.ipld.car";

/** Bytes of one upload: 256 MiB. */
const longestUpload = 1 << 28;
/** Roots of one upload: their orders must fit into a header. */
const mostRoots = 16;

const rootFields = {
  side: field.side,
  gateway: field.text,
  cid: field.cid,
  tag: field.bytes32,
  time: field.seconds,
  nonce: field.bytes32,
  signature: field.accountSignature,
};

const version = { type: "integer", minimum: 1, maximum: 2 ** 32 - 1 };
const owners = { type: "array", items: field.address, minItems: 1, maxItems: mostRoots };
const uploadRoots = {
  type: "array",
  items: body({ ...rootFields, owners }),
  minItems: 1,
  maxItems: mostRoots,
};

/**
 * Serves a gateway; its origin, which clients sign, is `publicUrl` or the address it listens on. With `letters` it has letterboxes,
 * too.
 */
export async function serveGateway(
  gateway: Gateway,
  options: ServeOptions & { publicUrl?: string; letters?: LetterFolder } = {},
): Promise<Served> {
  const service = await buildService(
    { ...options, bodyLimit: undefined },
    { cors: { methods: ["PUT", "DELETE"], headers: ["diptych-roots"] } },
  );
  service.addContentTypeParser(carType, { parseAs: "buffer" }, (_request, payload, done) =>
    done(null, payload),
  );

  service.get("/v1/gateway", async () => ({ origin: gateway.origin }));

  // Signatures are checked before a byte of the body is taken: a slow line has all the time it needs, a stranger none.
  const checked = new WeakMap<object, { orders: UploadOrder[]; owners: string[] }>();
  service.post<{ Body: Uint8Array }>(
    "/v1/uploads",
    {
      bodyLimit: options.bodyLimit ?? longestUpload,
      // Before parsing, and after the rate limit, which comes with onRequest.
      preParsing: async (request, _reply, payload) => {
        const orders = parseRoots(request.headers["diptych-roots"]);
        if (
          request.headers["content-type"] !== carType ||
          request.validateInput(orders, uploadRoots as never) !== true
        )
          throw new DiptychError(
            "argument-invalid",
            `An upload is a ${carType} with its signed roots, at most ${mostRoots}, in the header diptych-roots.`,
          );
        const owners = await gateway.checkUpload(orders as UploadOrder[]);
        checked.set(request, { orders: orders as UploadOrder[], owners });
        return payload;
      },
    },
    async (request) => {
      const { orders, owners } = checked.get(request)!;
      await gateway.upload(request.body, orders, owners);
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
  const takenOver = body({
    ledgerRecordId: field.bytes32,
    version,
    tag: field.bytes32,
    signature: field.signature,
  });
  service.post<{ Body: OwnerFetchOrder }>(
    "/v1/own-fetches",
    { schema: { body: body({ ...ownFields, owner: field.address }, { index: takenOver }) } },
    async ({ body: order }, reply) => reply.type(carType).send(Buffer.from(await gateway.fetchOwn(order))),
  );

  service.post<{ Body: KeepOrder }>(
    "/v1/keeps",
    { schema: { body: body({ ...rootFields, owner: field.address }) } },
    async ({ body: order }) => {
      await gateway.keepOnly(order);
      return { ok: true };
    },
  );

  if (options.letters !== undefined) serveLetterboxes(service, options.letters);

  const served = await listen(service, options);
  gateway.origin = options.publicUrl ?? served.url;
  return served;
}

function parseRoots(header: unknown): unknown {
  if (typeof header !== "string") return undefined;
  try {
    return JSON.parse(utf8Decode(Buffer.from(header, "base64url")));
  } catch {
    return undefined;
  }
}
