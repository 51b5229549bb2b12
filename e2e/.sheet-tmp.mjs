import { chromium } from "playwright";
import fs from "node:fs";
const [out, w, ...files] = process.argv.slice(2);
const b = await chromium.launch({
  executablePath: "/usr/lib/chromium/chromium-headless-shell",
  chromiumSandbox: false,
});
const p = await b.newPage({ viewport: { width: 1640, height: 600 } });
await p.setContent(
  `<body style="margin:0;background:#888;display:flex;flex-wrap:wrap;gap:8px">${files.map((f) => `<img width=${w} src="data:image/png;base64,${fs.readFileSync(f).toString("base64")}">`).join("")}`,
);
await p.screenshot({ path: out, fullPage: true });
await b.close();
