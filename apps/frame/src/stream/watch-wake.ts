/** Shorter than this nothing is lost that the connections do not notice by themselves, milliseconds. */
const longEnoughMs = 15_000;
const beatMs = 10_000;

/**
 * Tells when this page may have been asleep: long hidden, frozen, taken out of the back/forward cache, or
 * on a device that slept. Timers and sockets cannot be trusted to have noticed.
 */
export function watchWake(window: Window & typeof globalThis, now: () => number, onWake: () => void): void {
  const { document } = window;
  let hiddenAt: number | null = document.visibilityState === "hidden" ? now() : null;
  let beatAt = now();

  document.addEventListener("visibilitychange", () => {
    if (document.visibilityState === "hidden") {
      hiddenAt = now();
      return;
    }
    if (hiddenAt !== null && now() - hiddenAt >= longEnoughMs) woke();
    hiddenAt = null;
    beatAt = now();
  });
  document.addEventListener("resume", woke);
  window.addEventListener("pageshow", (event) => {
    if (event.persisted) woke();
  });
  // A device that sleeps with the page on its screen says nothing of it; only time has passed.
  window.setInterval(() => {
    const late = now() - beatAt - beatMs;
    beatAt = now();
    if (late >= longEnoughMs && document.visibilityState === "visible") woke();
  }, beatMs);

  function woke(): void {
    beatAt = now();
    onWake();
  }
}
