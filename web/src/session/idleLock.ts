/** Keys don't stay open on a screen that nobody uses. */

/** Ten minutes. */
const idle = 10 * 60_000;
const signs = ["pointerdown", "keydown", "wheel", "touchstart", "diptych:busy"] as const;

/** Says that the page is at work for somebody: a long act isn't cut off for want of a touch. */
export function noteWork(): void {
  window.dispatchEvent(new Event("diptych:busy"));
}

/** Calls `lock` after ten minutes without a touch or key; answers how to stop watching. */
export function watchIdle(lock: () => void, patience = idle): () => void {
  let last = Date.now();
  const touched = () => {
    last = Date.now();
  };
  // A sleeping machine runs no timers: the clock is asked when it wakes.
  const timer = setInterval(() => {
    if (Date.now() - last >= patience) lock();
  }, 5_000);
  for (const each of signs) window.addEventListener(each, touched, { passive: true });
  return () => {
    clearInterval(timer);
    for (const each of signs) window.removeEventListener(each, touched);
  };
}
