import { pageSize, type PageSize } from "./page-size.ts";

const settleMs = 150;

export interface StageSizeOptions {
  /** The box that shows the canvas. */
  holder: HTMLElement;
  canvas: HTMLCanvasElement;
  /** While a phone's keyboard is open, less height means only that it covers the page. */
  keyboardOpen: () => boolean;
  /** Height that a form of ours takes for a moment, CSS pixels: the page keeps its layout and is shown smaller. */
  covered: () => number;
  onSize(size: PageSize): void;
}

/**
 * Tells the size at which the remote page should be laid out: at once, so that the page is not loaded in another,
 * and whenever it stands still after a change. Ends with `signal`.
 */
export function watchStageSize(options: StageSizeOptions, signal: AbortSignal): void {
  const { holder, canvas, keyboardOpen, covered, onSize } = options;
  let told: PageSize | null = null;
  let timer: ReturnType<typeof setTimeout> | undefined;

  function settle(): void {
    const { clientWidth: width } = holder;
    const height = holder.clientHeight + covered();
    if (told && keyboardOpen() && width === told.width && height < told.height) {
      // The page keeps its layout under the keyboard; the box scrolls over it instead.
      canvas.style.height = `${told.height}px`;
      return;
    }
    canvas.style.height = "";
    const size = pageSize({ width, height }, window.devicePixelRatio);
    if (!size || (told && told.width === size.width && told.height === size.height && told.ratio === size.ratio))
      return;
    told = size;
    onSize(size);
  }

  function settleSoon(): void {
    clearTimeout(timer);
    timer = setTimeout(settle, settleMs);
  }

  /** Another display, or the browser's own zoom. A query holds for one ratio only. */
  function watchRatio(): void {
    if (signal.aborted) return;
    const query = window.matchMedia(`(resolution: ${window.devicePixelRatio}dppx)`);
    const changed = () => {
      settleSoon();
      watchRatio();
    };
    query.addEventListener("change", changed, { once: true, signal });
  }

  const observer = new ResizeObserver(settleSoon);
  observer.observe(holder);
  watchRatio();
  settle();
  signal.addEventListener("abort", () => {
    observer.disconnect();
    clearTimeout(timer);
    canvas.style.height = "";
  });
}
