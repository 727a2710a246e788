/** Which scripts this page may start, where the browser has Trusted Types. */
type TrustedTypes = {
  createPolicy(name: "default", rules: { createScriptURL(url: string): string }): unknown;
};

/**
 * Lets the page start files of its own origin as workers, and nothing else; texts never become HTML or code. To be called before
 * anything starts a worker, once.
 */
export function trustOwnScripts(): void {
  const { trustedTypes } = globalThis as { trustedTypes?: TrustedTypes };
  trustedTypes?.createPolicy("default", {
    createScriptURL: (url) => {
      if (new URL(url, location.href).origin === location.origin) return url;
      throw new TypeError("Scripts come from this page's own origin only.");
    },
  });
}
