/** Reading and writing what all windows of this page keep together, one after the other: two at once would lose what one wrote. */

/** Runs `work` while no other window runs any. Not to be called within itself. */
export async function alone<T>(work: () => Promise<T>): Promise<T> {
  return navigator.locks.request("diptych/papers", work);
}
