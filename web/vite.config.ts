/** How the page is built: static files that any host can serve, under a strict Content-Security-Policy. */
import { fileURLToPath } from "node:url";
import react from "@vitejs/plugin-react";
import { defineConfig, type Plugin } from "vite";
import { sri } from "vite-plugin-sri3";

const root = fileURLToPath(new URL(".", import.meta.url));

/**
 * What a page may do wherever it is served. Chains and services are told at run time (diptych.json), so connections are held to
 * https and loopback here; a host that knows its own narrows them by a header, as `diptych up` does.
 */
const policy = [
  "default-src 'none'",
  "script-src 'self' 'wasm-unsafe-eval'",
  "style-src 'self'",
  "img-src 'self' data: blob:",
  "font-src 'self'",
  "worker-src 'self'",
  "manifest-src 'self'",
  "connect-src 'self' https: http://127.0.0.1:* http://localhost:*",
  "base-uri 'none'",
  "form-action 'none'",
  "require-trusted-types-for 'script'",
  "trusted-types default",
].join("; ");

const contentSecurityPolicy: Plugin = {
  name: "content-security-policy",
  apply: "build",
  transformIndexHtml: () => [
    {
      tag: "meta",
      attrs: { "http-equiv": "Content-Security-Policy", content: policy },
      injectTo: "head-prepend",
    },
  ],
};

export default defineConfig({
  root,
  base: "./",
  plugins: [react(), contentSecurityPolicy, sri()],
  resolve: { conditions: ["diptych-source", "module", "browser", "development|production"] },
  worker: { format: "es" },
  build: {
    target: "es2023",
    outDir: "dist",
    emptyOutDir: true,
    // Inlined files would be data: scripts and styles, which the policy refuses.
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    chunkSizeWarningLimit: 1500,
  },
  server: { host: "127.0.0.1" },
});
