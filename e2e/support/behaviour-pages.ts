const head = `<!doctype html><meta charset="utf-8"><meta name="viewport" content="width=device-width"><style>
  body { margin: 0; font: 16px sans-serif }
  .at { position: absolute; left: 20px; width: 260px; height: 34px; box-sizing: border-box } .right { left: 320px }
</style><script>window.log = []; const note = (text) => log.push(text);</script>`;

/** What the user does is written into `log`, or is what a field holds. */
export const behaviourPages: Record<string, string> = {
  "/login": `${head}<h1 class="at" style="top: 0">First page</h1>
    <input class="at" style="top: 60px" id="one"><input class="at" style="top: 100px" id="two" dir="rtl">
    <input class="at" style="top: 140px" id="secret" type="password" value="hidden words">
    <textarea class="at" style="top: 180px; height: 60px" id="area"></textarea>
    <p class="at" style="top: 240px; margin: 0" id="words">Account 1234 – grüße 👋</p>
    <script>
      addEventListener("keydown", ({ key, ctrlKey, shiftKey }) => note("key " + (ctrlKey ? "Ctrl+" : "") + (shiftKey ? "Shift+" : "") + key));
      for (const type of ["compositionstart", "compositionend"]) addEventListener(type, ({ data }) => note(type + " " + data));
    </script>`,
  "/pointer": `${head}<div class="at" style="top: 20px; height: 120px; background: #def; touch-action: none" id="pad"></div>
    <div class="at" style="top: 160px; height: 60px; overflow: auto" id="list"><p style="height: 900px">long</p></div>
    <script>
      for (const type of ["click", "dblclick", "contextmenu", "touchstart", "touchend"]) pad.addEventListener(type, () => note(type));
      let dragging = 0;
      pad.onpointerdown = ({ offsetX }) => (dragging = offsetX);
      pad.onpointerup = ({ offsetX, pointerType }) => note(pointerType + " moved " + Math.round(offsetX - dragging));
    </script>`,
  "/asking": `${head}<select class="at" style="top: 20px" id="size"><option>Small<option>Large</select>
    <input class="at" style="top: 60px" id="born" type="date" value="1990-05-17">
    <input class="at" style="top: 100px" id="city" list="cities"><datalist id="cities"><option value="Bath"><option value="Bonn"></datalist>
    <button class="at" style="top: 140px" id="confirm" onclick="note('confirmed ' + confirm('Really?'))">Confirm</button>
    <input class="at" style="top: 180px" id="file" type="file" onchange="files[0].text().then((text) => note(files[0].name + ' ' + text))">
    <a class="at" style="top: 220px" id="members" href="/members">Members</a>
    <button class="at" style="top: 260px" id="sign" onclick="open('https://elsewhere.demo.test/provider', 'p', 'width=400,height=300')">Sign in with</button>
    <script>addEventListener("message", ({ data }) => note("token " + data))</script>`,
  "/members": `${head}<h1>Welcome</h1>`,
  "/provider": `${head}<button class="at" style="top: 60px" id="allow" onclick="opener.postMessage('granted', '*'); window.close()">Allow</button>`,
};
