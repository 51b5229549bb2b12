import type { CDPSession } from "playwright";

export interface PageSize {
  /** CSS pixels. */
  width: number;
  height: number;
  /** Pixels of the picture per CSS pixel. */
  scale: number;
}

const sizeBounds = { minWidth: 320, minHeight: 320, maxWidth: 1920, maxHeight: 1440 } as const;

/** What a fine picture may have, pixels: some more than 1280 x 720. Decision 0006 has the figures. */
const mostFinePixels = 1_500_000;
const finest = 2;
const step = 0.25;

/** The size for a viewer with this room and so many device pixels per CSS pixel: as fine as its screen, within bounds. */
export function pageSizeFor(viewer: { width: number; height: number; ratio?: number | undefined }): PageSize {
  const width = Math.min(Math.max(viewer.width, sizeBounds.minWidth), sizeBounds.maxWidth);
  const height = Math.min(Math.max(viewer.height, sizeBounds.minHeight), sizeBounds.maxHeight);
  const affordable = Math.sqrt(mostFinePixels / (width * height));
  const scale = Math.min(viewer.ratio ?? 1, finest, affordable);
  return { width, height, scale: Math.max(1, Math.floor(scale / step) * step) };
}

export function isSameSize(one: PageSize, other: PageSize): boolean {
  return one.width === other.width && one.height === other.height && one.scale === other.scale;
}

/**
 * Lays the page out in `width` x `height` and has it drawn `scale` times as large, as on a screen with so many
 * pixels: what the screencast captures is then crisp. Everything that points at the page must be magnified
 * likewise. The first command alone would cut the picture off at its CSS size, and clicks beyond it would be lost.
 */
export async function applyPageSize(client: CDPSession, { width, height, scale }: PageSize): Promise<void> {
  await Promise.all([
    client.send("Emulation.setDeviceMetricsOverride", {
      width,
      height,
      screenWidth: width,
      screenHeight: height,
      deviceScaleFactor: scale,
      scale,
      mobile: false,
      dontSetVisibleSize: true,
      screenOrientation: { type: width > height ? "landscapePrimary" : "portraitPrimary", angle: 0 },
    }),
    client.send("Emulation.setVisibleSize", { width: Math.round(width * scale), height: Math.round(height * scale) }),
  ]);
}
