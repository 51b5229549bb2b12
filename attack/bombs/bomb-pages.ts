import type { SitePage } from "../site/site-page.ts";

const bomb = (name: string, script: string): SitePage => ({
  html: () => `<!doctype html><meta charset="utf-8"><title>${name}</title><h1>${name}</h1><script>
    const busy = URL.createObjectURL(new Blob(["for (;;) Math.sqrt(Math.random());"]));
    fetch("told", { method: "POST", body: "begun" }).then(() => { ${script} });
  </script>`,
});

/** What one page can take, as fast as it can. Bounded where a machine without limits would not come back. */
export const bombPages = {
  "bomb-memory": bomb(
    "memory",
    `const held = []; const step = () => {
      if (held.length >= 40) return;
      held.push(new Uint8Array(100 * 2 ** 20).fill(held.length + 1)); setTimeout(step, 20); };
    step();`,
  ),
  "bomb-processes": bomb(
    "processes",
    `const step = (count) => {
      if (count >= 400) return;
      new Worker(URL.createObjectURL(new Blob(["setInterval(() => {}, 1000)"])));
      const frame = document.createElement("iframe"); frame.sandbox = "allow-scripts"; frame.srcdoc = "<p>x"; document.body.append(frame);
      setTimeout(step, 10, count + 1); };
    step(0);`,
  ),
  "bomb-disk": bomb(
    "disk",
    `const chunk = crypto.getRandomValues(new Uint8Array(65536));
    const block = () => new Blob(Array.from({ length: 160 }, () => chunk.slice()));
    const opened = indexedDB.open("x"); opened.onupgradeneeded = () => opened.result.createObjectStore("x");
    opened.onsuccess = () => { let key = 0; const step = () => {
      const store = opened.result.transaction("x", "readwrite").objectStore("x");
      const put = store.put(block(), key++); put.onsuccess = put.onerror = () => setTimeout(step, 0); }; step(); };
    const caching = async () => { const cache = await caches.open("x");
      for (let key = 0; ; key++) await cache.put("/x" + key, new Response(block())).catch(() => new Promise((resolve) => setTimeout(resolve, 50))); };
    caching();
    setInterval(() => { const link = document.createElement("a"); link.href = URL.createObjectURL(block()); link.download = "x"; link.click(); }, 200);`,
  ),
  "bomb-cpu": bomb(
    "cpu",
    `for (let count = 0; count < 16; count++) new Worker(busy); setTimeout(() => { for (;;); }, 500);`,
  ),
} satisfies Record<string, SitePage>;
