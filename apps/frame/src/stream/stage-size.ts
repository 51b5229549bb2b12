import { pageSize } from "./page-size.ts";
import type { Size } from "./pointer-mapping.ts";

const settleMs = 150;

export interface StageSizeOptions {
  /** The box that shows the canvas. */
  holder: HTMLElement;
  canvas: HTMLCanvasElement;
  /** While a phone's keyboard is open, less height means only that it covers the page. */
  keyboardOpen: () => boolean;
  /** Height that a form of ours takes for a moment, CSS pixels: the page keeps its layout and is shown smaller. */
  covered: () => number;
  onSize(size: Size): void;
}

/** Tells the size at which the remote page should be laid out, once it stands still. Ends with `signal`. */
export function watchStageSize(options: StageSizeOptions, signal: AbortSignal): void {
  const { holder, canvas, keyboardOpen, covered, onSize } = options;
  let told: Size | null = null;
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
    const size = pageSize({ width, height });
    if (!size || (told && told.width === size.width && told.height === size.height)) return;
    told = size;
    onSize(size);
  }

  const observer = new ResizeObserver(() => {
    clearTimeout(timer);
    timer = setTimeout(settle, settleMs);
  });
  observer.observe(holder);
  signal.addEventListener("abort", () => {
    observer.disconnect();
    clearTimeout(timer);
    canvas.style.height = "";
  });
}
