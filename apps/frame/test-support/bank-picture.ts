import type { Browser } from "playwright";

const html = `<!doctype html><meta name="viewport" content="width=device-width"><style>
body{margin:0;font:16px sans-serif;background:#eef2f8;color:#1a2740}header{background:#15336b;color:#fff;padding:14px 24px;font-weight:700}
main{max-width:340px;margin:34px auto;background:#fff;padding:24px;border-radius:8px;box-shadow:0 2px 12px #0002}h1{font-size:21px;margin:0 0 14px}
label{display:block;margin:12px 0 4px;font-size:14px}input{width:100%;box-sizing:border-box;padding:10px;border:1px solid #9aa7bf;border-radius:4px;font-size:16px}
button{margin-top:18px;width:100%;padding:12px;background:#15336b;color:#fff;border:0;border-radius:4px;font-size:16px}</style>
<header>Demo Bank</header><main><h1>Log in</h1><label>Username</label><input value="alex.morgan"><label>Password</label><input type=password value="secret-demo"><button>Log in</button></main>`;

const taken = new Map<string, Promise<Uint8Array>>();

/** A bank's login page as a JPEG of this size. */
export function renderBank(browser: Browser, width: number, height: number): Promise<Uint8Array> {
  const key = `${width}x${height}`;
  const known = taken.get(key);
  if (known) return known;
  const picture = render(browser, width, height);
  taken.set(key, picture);
  return picture;
}

async function render(browser: Browser, width: number, height: number): Promise<Uint8Array> {
  const page = await browser.newPage({ viewport: { width, height } });
  try {
    await page.setContent(html);
    return await page.screenshot({ type: "jpeg", quality: 85 });
  } finally {
    await page.close();
  }
}
