/**
 * What the page may reach of the engine: its methods and those of its desks. Comlink follows every path of names that the page sends,
 * through what only TypeScript calls private and into constructors; without this a script in the page could read the vault
 * or have code of its own run here.
 */

type Call = (...args: never[]) => unknown;

/** The methods of `target`, and of what stands under the names in `desks`; nothing else of either. */
export function faceOf<T extends object>(target: T, desks: readonly (keyof T & string)[] = []): T {
  const face = Object.create(null) as T;
  const put = (name: string, value: unknown) =>
    Object.defineProperty(face, name, { value, enumerable: true });
  for (const name of Object.getOwnPropertyNames(Object.getPrototypeOf(target))) {
    const method = (target as Record<string, unknown>)[name];
    if (name === "constructor" || typeof method !== "function") continue;
    put(
      name,
      callOnly(async (...args) => demandPlain(await (method as Call).apply(target, args))),
    );
  }
  for (const desk of desks) put(desk, faceOf(target[desk] as object));
  return face;
}

/** A function that can be called, and of which nothing else can be had: its constructor would make code out of text. */
export function callOnly<F extends Call>(call: F): F {
  return new Proxy(call, {
    get: (_, name) =>
      name === "apply" ? callOnly((_self: never, args: never) => call(...(args as never[]))) : undefined,
    set: () => false,
    defineProperty: () => false,
    getPrototypeOf: () => null,
  });
}

/** A role, or what holds one, would cross over with its keys in it. */
function demandPlain(value: unknown): unknown {
  const members = isOf(value, [Object.prototype, null]) ? Object.values(value as object) : [];
  if ([value, ...members].every(isPlain)) return value;
  throw new TypeError("This doesn't leave the engine.");
}

function isPlain(value: unknown): boolean {
  if (typeof value === "function") return false;
  if (typeof value !== "object" || value === null || Array.isArray(value)) return true;
  if (ArrayBuffer.isView(value) || value instanceof Date) return true;
  return isOf(value, [Object.prototype, null]);
}

function isOf(value: unknown, prototypes: readonly unknown[]): boolean {
  return typeof value === "object" && value !== null && prototypes.includes(Object.getPrototypeOf(value));
}
