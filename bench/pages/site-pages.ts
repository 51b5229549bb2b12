import { loginMarker } from "./marker.ts";

export const siteHost = "pages.bench.test";

/** The pages that are measured. `still`: text that stays as it is. The others have what their name says. */
export const pageNames = ["still", "spinner", "scroll", "typing", "login", "boxes", "video"] as const;
export type PageName = (typeof pageNames)[number];

export const pageUrl = (name: PageName) => `https://${siteHost}/${name}`;

/** Where something moves on the page by itself: what is looked at to count the pictures per second. */
export const movingAreas = {
  spinner: { x: 600, y: 300, width: 80, height: 80 },
  scroll: { x: 200, y: 300, width: 120, height: 120 },
  boxes: { x: 300, y: 200, width: 400, height: 300 },
  video: { x: 400, y: 200, width: 60, height: 60 },
} as const satisfies Partial<Record<PageName, { x: number; y: number; width: number; height: number }>>;

export const isPageName = (text: string): text is PageName => pageNames.some((name) => name === text);

export function sitePage(name: PageName): string {
  const { body, style = "", script = "" } = pages[name];
  return `<!doctype html>
<html lang="en">
<meta charset="utf-8">
<title>Bench: ${name}</title>
<style>
  body { margin: 0; padding: 40px 80px; font: 16px/1.5 sans-serif; background: #f4f6fa; color: #223; user-select: none; }
  .card { background: #fff; border: 1px solid #d5dbe6; border-radius: 8px; padding: 16px 24px; margin: 16px 0; max-width: 900px; }
  #marker { position: fixed; left: 0; top: 0; width: 40px; height: 40px; z-index: 9; }
  ${style}
</style>
${body}
<div id="marker"></div>
<script>
  const marker = document.querySelector("#marker");
  let state = ${name === "login" ? loginMarker : 0};
  const show = () => {
    marker.style.background = "rgb(" + [1, 2, 4].map((bit) => (state & bit ? 255 : 0)).join() + ")";
  };
  show();
  addEventListener("pointerdown", () => { state = (state + 1) % 8; show(); });
  ${script}
</script>
`;
}

interface SitePage {
  body: string;
  style?: string;
  script?: string;
}

const words =
  "account balance transfer standing order statement branch savings interest payment receipt card limit notice address details period total credit debit reference date amount holder".split(
    " ",
  );

/** Text that is the same in every run. */
function prose(seed: number, length: number): string {
  let state = seed * 2_654_435_761;
  return Array.from({ length }, () => {
    state = (state * 1_103_515_245 + 12_345) % 2_147_483_648;
    return words[state % words.length];
  }).join(" ");
}

const cards = (count: number) =>
  Array.from(
    { length: count },
    (_, index) =>
      `<div class="card" style="border-left: 12px solid hsl(${(index * 47) % 360} 60% 50%)"><b>${prose(index + 1, 3)}</b><br>${prose(index + 99, 40)}</div>`,
  ).join("\n");

const pages: Record<PageName, SitePage> = {
  still: { body: `<h1>Overview</h1>${cards(4)}` },
  spinner: {
    body: `<h1>One moment</h1>${cards(2)}<div class="spinner"></div>`,
    style: `.spinner { position: fixed; left: 608px; top: 308px; width: 48px; height: 48px; border: 8px solid #cdd6e6; border-top-color: #2457d6; border-radius: 50%; animation: turn 1s linear infinite; }
      @keyframes turn { to { transform: rotate(1turn); } }`,
  },
  scroll: {
    body: `<h1>Statements</h1>${cards(120)}`,
    // 1 px per millisecond, down and up again.
    script: `const range = 8000;
      const step = (now) => {
        const at = now % (2 * range);
        scrollTo(0, at < range ? at : 2 * range - at);
        requestAnimationFrame(step);
      };
      requestAnimationFrame(step);`,
  },
  typing: {
    body: `<h1>A message to us</h1>${cards(1)}<textarea rows="8" autofocus aria-label="Message"></textarea>`,
    style: `textarea { display: block; width: 800px; font: 18px/1.4 sans-serif; padding: 12px; }`,
  },
  login: {
    body: `<main class="card"><h1>Welcome back</h1><p>Log in to see your accounts.</p>
      <form><p><label>Username<br><input name="username" autocomplete="username" autofocus></label></p>
      <p><label>Password<br><input name="password" type="password" autocomplete="current-password"></label></p>
      <button>Log in</button></form></main>${cards(2)}`,
    style: `main { margin: 40px auto; } input { font: inherit; padding: 8px 12px; width: 320px; } button { font: inherit; padding: 8px 24px; background: #2457d6; color: #fff; border: 0; border-radius: 6px; }`,
  },
  boxes: {
    body: `<h1>Boxes</h1><div id="boxes"></div>`,
    style: `#boxes div { position: fixed; width: 90px; height: 90px; border-radius: 8px; }`,
    script: `const boxes = Array.from({ length: 12 }, (_, index) => {
        const box = document.createElement("div");
        box.style.background = "linear-gradient(45deg, hsl(" + index * 30 + " 70% 50%), #fff)";
        document.querySelector("#boxes").append(box);
        return box;
      });
      const step = (now) => {
        boxes.forEach((box, index) => {
          const angle = now / (600 + index * 70) + index;
          box.style.left = 595 + Math.cos(angle) * (120 + index * 36) + "px";
          box.style.top = 315 + Math.sin(angle * 1.3) * 260 + "px";
        });
        requestAnimationFrame(step);
      };
      requestAnimationFrame(step);`,
  },
  video: {
    body: `<h1>Film</h1><canvas width="640" height="360"></canvas>`,
    style: `canvas { display: block; margin: 40px 0 0 160px; }`,
    // Stands for a film: soft shapes under noise, all of it new 30 times a second.
    script: `const context = document.querySelector("canvas").getContext("2d");
      const grain = context.createImageData(640, 360);
      const paint = () => {
        const now = performance.now() / 400;
        for (let at = 0; at < grain.data.length; at += 4) {
          const x = (at / 4) % 640, y = (at / 2560) | 0;
          const light = 128 + 80 * Math.sin(x / 60 + now) * Math.cos(y / 50 - now) + Math.random() * 24;
          grain.data[at] = light; grain.data[at + 1] = light * 0.8; grain.data[at + 2] = 255 - light; grain.data[at + 3] = 255;
        }
        context.putImageData(grain, 0, 0);
      };
      setInterval(paint, 33);`,
  },
};
