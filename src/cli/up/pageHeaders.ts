/** The headers that the web page is served with: it may load only itself, and talk to nothing but this world's chains and services. */

/** Headers of every answer; `connect` are the URLs that the page may call besides its own origin. */
export function pageHeaders(connect: readonly string[]): Record<string, string> {
  const origins = [...new Set(connect.map((url) => new URL(url).origin))];
  return {
    "content-security-policy": [
      "default-src 'none'",
      // The pairing is WebAssembly.
      "script-src 'self' 'wasm-unsafe-eval'",
      "style-src 'self'",
      "img-src 'self' data: blob:",
      "font-src 'self'",
      "manifest-src 'self'",
      "worker-src 'self'",
      `connect-src ${["'self'", ...origins].join(" ")}`,
      "base-uri 'none'",
      "form-action 'none'",
      "frame-ancestors 'none'",
      "require-trusted-types-for 'script'",
      "trusted-types default",
    ].join("; "),
    "x-content-type-options": "nosniff",
    "referrer-policy": "no-referrer",
    "permissions-policy":
      "camera=(), microphone=(), geolocation=(), payment=(), usb=(), serial=(), hid=(), display-capture=(), browsing-topics=()",
    "cross-origin-opener-policy": "same-origin",
    "cross-origin-resource-policy": "same-origin",
  };
}
