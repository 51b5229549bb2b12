import type { Page } from "puppeteer-core";

/** Channel differences of the worst tile, of 255: on the average, and of the hundredth part that differs most. */
export interface Difference {
  mean: number;
  high: number;
}

// A text, because it runs in the page: its names are not known here.
const compare = `async (base64) => {
  const canvas = document.querySelector("canvas.screen");
  const bytes = Uint8Array.from(atob(base64), (letter) => letter.charCodeAt(0));
  const image = await createImageBitmap(new Blob([bytes], { type: "image/png" }), { colorSpaceConversion: "none" });
  if (image.width !== canvas.width || image.height !== canvas.height)
    return "The page has " + image.width + "x" + image.height + ", the canvas " + canvas.width + "x" + canvas.height;
  const wanted = new OffscreenCanvas(image.width, image.height).getContext("2d");
  wanted.drawImage(image, 0, 0);
  const shown = canvas.getContext("2d");
  const worst = { mean: 0, high: 0 };
  for (let top = 0; top < image.height; top += 32) {
    for (let left = 0; left < image.width; left += 32) {
      const [width, height] = [Math.min(32, image.width - left), Math.min(32, image.height - top)];
      const one = wanted.getImageData(left, top, width, height).data;
      const other = shown.getImageData(left, top, width, height).data;
      if (one.every((value, at) => value === other[at])) continue;
      const differences = [...one.keys()].filter((at) => at % 4 !== 3).map((at) => Math.abs(one[at] - other[at]));
      differences.sort((a, b) => a - b);
      worst.mean = Math.max(worst.mean, differences.reduce((sum, value) => sum + value, 0) / differences.length);
      worst.high = Math.max(worst.high, differences[Math.floor(differences.length * 0.99)]);
    }
  }
  return worst;
}`;

/** What the viewer's canvas shows against a screenshot of the page, by tiles of 32 x 32. Words: they are not of one size. */
export async function compareWithCanvas(page: Page, screenshot: Buffer): Promise<Difference | string> {
  return (await page.evaluate(`(${compare})("${screenshot.toString("base64")}")`)) as Difference | string;
}
