/** What a service has worked out before, as far as it has room for it. */

/** Keeps so many values and no more: what wasn't used for longest goes first. */
export class BoundedCache<Value> {
  private readonly values = new Map<string, Value>();
  private readonly most: number;

  constructor(most: number) {
    this.most = most;
  }

  get size(): number {
    return this.values.size;
  }

  get(name: string): Value | undefined {
    const value = this.values.get(name);
    if (value !== undefined) this.set(name, value);
    return value;
  }

  set(name: string, value: Value): void {
    this.values.delete(name);
    this.values.set(name, value);
    if (this.values.size > this.most) this.values.delete(this.values.keys().next().value!);
  }

  delete(name: string): void {
    this.values.delete(name);
  }

  /** All values, the one not used for longest first. */
  list(): Value[] {
    return [...this.values.values()];
  }

  clear(): void {
    this.values.clear();
  }
}

/** The value of that name, made by `make` if there is none yet; who asks meanwhile waits for the same. Failures aren't kept. */
export function cached<Value>(
  cache: BoundedCache<Promise<Value>>,
  name: string,
  make: () => Promise<Value>,
): Promise<Value> {
  const known = cache.get(name);
  if (known !== undefined) return known;
  const made = make();
  cache.set(name, made);
  made.catch(() => {
    if (cache.get(name) === made) cache.delete(name);
  });
  return made;
}
