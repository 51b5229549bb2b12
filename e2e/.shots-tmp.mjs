import { chromium } from "playwright";
const base = "https://bank.demo.test:4177";
const b = await chromium.launch({
  executablePath: "/usr/lib/chromium/chromium-headless-shell",
  chromiumSandbox: false,
  args: ["--host-resolver-rules=MAP bank.demo.test 127.0.0.1"],
});
for (const [name, vp] of [
  ["desk", { width: 1280, height: 720 }],
  ["phone", { width: 390, height: 760 }],
]) {
  const go = async (user) => {
    const c = await b.newContext({ viewport: vp, ignoreHTTPSErrors: true, deviceScaleFactor: 1 });
    const p = await c.newPage();
    p.on("console", (m) => console.log(user, m.type(), m.text()));
    p.on("pageerror", (e) => console.log(user, e.message));
    await p.goto(base + "/login");
    await p.getByLabel("Username").fill(user);
    await p.getByLabel("Password").fill("pass_good");
    return p;
  };
  const shot = (p, n) => p.screenshot({ path: `/tmp/shots/${name}-${n}.png` });
  const p = await go("user_good");
  await p.getByLabel("Password").fill("nope");
  await p.getByRole("button", { name: "Log in" }).click();
  await p.getByText("Incorrect username or password").waitFor();
  await shot(p, "wrong");
  await p.getByLabel("Password").fill("pass_good");
  await p.getByRole("button", { name: "Log in" }).click();
  await p.getByLabel("Security code").waitFor();
  await shot(p, "otp");
  await p.getByLabel("Security code").fill("123456");
  await p.getByRole("button", { name: "Verify" }).click();
  await p.getByText("$2,543.10").waitFor();
  await p.waitForTimeout(200);
  await shot(p, "accounts");
  await p.goto(base + "/statements");
  await shot(p, "statements");
  await p.goto(base + "/about");
  await shot(p, "about");
  for (const u of ["user_offer", "user_survey", "user_locked", "user_newpass", "user_down"]) {
    const q = await go(u);
    await q.getByRole("button", { name: "Log in" }).click();
    await q.waitForURL((x) => !x.pathname.startsWith("/login"));
    if (["user_offer", "user_survey", "user_down"].includes(u)) {
      await q.getByLabel("Security code").fill("123456");
      await q.getByRole("button", { name: "Verify" }).click();
      await q.waitForURL((x) => !x.pathname.startsWith("/otp"));
    }
    await q.waitForTimeout(300);
    await shot(q, u);
    if (u === "user_offer") {
      await q.getByRole("dialog", { name: "Special offer" }).getByRole("button", { name: "No thanks" }).click();
      await q.getByText("$2,543.10").waitFor();
    }
  }
}
await b.close();
