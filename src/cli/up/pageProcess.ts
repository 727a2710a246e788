/** The web page of `diptych up`, in a process of its own: static files on loopback, and what this world is. */
import fastifyStatic from "@fastify/static";
import fastify from "fastify";
import type { Orders, Running } from "./messages.ts";
import { pageHeaders } from "./pageHeaders.ts";

const loopback = /^(localhost|127\.0\.0\.1|\[::1\])(:\d{1,5})?$/i;

/** Files that Vite names after their content. */
const isNamedByContent = (path: string) => /\/assets\/[^/]+-[\w-]{8,}\.\w+$/.test(path.replaceAll("\\", "/"));

export async function startPage(orders: Orders["page"]): Promise<Running<"page">> {
  const { port, folder, config, connect } = orders;
  const service = fastify({ forceCloseConnections: true });
  const headers = pageHeaders(connect);
  // A stranger's name for this machine would make the page that stranger's (DNS rebinding).
  service.addHook("onRequest", async (request, reply) => {
    reply.headers(headers);
    if (!loopback.test(request.headers.host ?? ""))
      return reply.code(421).type("text/plain").send("This page answers at 127.0.0.1 and localhost only.\n");
  });
  service.get("/diptych.json", async (_request, reply) => {
    reply.header("cache-control", "no-store");
    return config;
  });
  await service.register(fastifyStatic, {
    root: folder,
    cacheControl: false,
    dotfiles: "ignore",
    allowedPath: (path) => path !== "/diptych.json",
    setHeaders: (response, path) => {
      const cached = isNamedByContent(path) ? "public, max-age=31536000, immutable" : "no-cache";
      response.header("cache-control", cached);
    },
  });
  const url = await service.listen({ host: "127.0.0.1", port });
  return { facts: { url }, close: () => service.close() };
}
