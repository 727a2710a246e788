/**
 * The authority as an HTTP service (paper, 5.1.1 and 5.2.3): certificates for doctors, attributes and keys for requesters.
 *
 * @module
 */
import { hex, unhex } from "../core/bytes.ts";
import { serveDesk } from "./deskServer.ts";
import { body, buildService, field, listen, type Served, type ServeOptions } from "./httpServer.ts";
import type { Officers } from "./officers.ts";
import type { AuthorityDesk } from "./wire.ts";

export type { Served, ServeOptions } from "./httpServer.ts";
export type { LogOptions, LogStream } from "./serviceLog.ts";

/** Serves a desk; what it decides, and when, is the desk's. With `officers` these decide over HTTP, too. */
export async function serveAuthority(
  desk: AuthorityDesk,
  options: ServeOptions & { officers?: Officers } = {},
): Promise<Served> {
  const { officers } = options;
  const service = await buildService(
    options,
    officers === undefined ? {} : { cors: { methods: ["DELETE"], headers: ["authorization"] } },
  );
  if (officers !== undefined) serveDesk(service, officers);

  service.get("/v1/authority", async () => {
    const { name, abePublicKey, certificateAuthority } = desk.credentials();
    return { name, abePublicKey: hex(abePublicKey), certificateAuthority: hex(certificateAuthority) };
  });

  service.post<{ Body: { request: string; evidence: string } }>(
    "/v1/enrolments",
    { schema: { body: body({ request: field.hex, evidence: field.text }) } },
    async ({ body: { request, evidence } }) => ({ id: await desk.enrol(unhex(request), evidence) }),
  );

  service.get<{ Params: { id: string } }>("/v1/enrolments/:id", async ({ params }) => {
    const { state, reason, certificate } = desk.enrolment(params.id);
    return { state, reason, ...(certificate === undefined ? {} : { certificate: hex(certificate) }) };
  });

  service.post<{ Body: Parameters<AuthorityDesk["apply"]>[0] }>(
    "/v1/applications",
    {
      schema: {
        body: body({
          side: field.side,
          account: field.address,
          authority: field.text,
          attributes: { type: "array", items: field.text, minItems: 1, maxItems: 64 },
          evidence: field.text,
          nonce: field.bytes32,
          expiry: field.seconds,
          signature: field.signature,
        }),
      },
    },
    async ({ body: application }) => ({ id: await desk.apply(application) }),
  );

  service.get<{ Params: { id: string } }>("/v1/applications/:id", async ({ params }) =>
    desk.application(params.id),
  );

  service.post<{ Body: Parameters<AuthorityDesk["issueKey"]>[0] }>(
    "/v1/keys",
    {
      schema: {
        body: body({
          side: field.side,
          account: field.address,
          authority: field.text,
          nonce: field.bytes32,
          hpkeKey: field.point,
          expiry: field.seconds,
          signature: field.signature,
        }),
      },
    },
    async ({ body: request }) => ({ sealedKey: hex(await desk.issueKey(request)) }),
  );

  return listen(service, options);
}
