/** One question, asked for many at once. */

/**
 * `ask`, shared: whoever calls while an earlier question is under way waits for the next one, together with all who come
 * meanwhile. So every caller's answer was asked for after it called, and at most one question is under way. What `gather` waits
 * for, if it is given, comes before the question: who calls until then waits for the same.
 */
export function sharing<Answer>(
  ask: () => Promise<Answer>,
  gather?: () => Promise<void>,
): () => Promise<Answer> {
  let running: Promise<unknown> | undefined;
  let next: Promise<Answer> | undefined;
  return () => {
    next ??= (async () => {
      await running?.catch(() => undefined);
      await gather?.();
      const mine = ask();
      running = mine;
      next = undefined;
      return mine;
    })();
    return next;
  };
}
