/** A bar and a menu that stay, a list that scrolls by itself, a long page, boxes, a photograph, a spinner: `change(kind, seed)` changes one of them. */
export const restlessPage = `<!doctype html><meta charset="utf-8"><title>Restless</title><style>
  body { margin: 0; font: 15px sans-serif } main { margin: 70px 20px 0 180px }
  header { position: fixed; inset: 0 0 auto; height: 57px; background: #036; color: #fff; z-index: 2 }
  nav { position: fixed; top: 57px; left: 0; bottom: 0; width: 160px; background: #eef }
  #list { height: 140px; overflow: auto; border: 1px solid #888 } #boxes { position: relative; height: 120px }
  #boxes i { position: absolute; width: 70px; height: 40px }
  #spinner { width: 34px; height: 34px; margin: 20px; border-radius: 50%; border: 6px solid #ccc; border-top-color: #036 }
  .turning { animation: turn 1s linear infinite } @keyframes turn { to { transform: rotate(1turn) } }
</style><header><h1 id="title">Bank</h1></header><nav><div id="spinner"></div></nav>
<main><div id="boxes"></div><div id="list"></div><canvas id="photo" width="300" height="160"></canvas><div id="text"></div></main>
<script>
  let state = 1;
  const random = (below) => (state = (state * 48271) % 2147483647) % below;
  const words = (count) => Array.from({ length: count }, () => "account balance pay verify transfer month".split(" ")[random(6)]).join(" ");
  let moving = 0;
  window.change = (kind, seed) => {
    state = seed;
    if (kind === "title") title.textContent = words(3);
    if (kind === "jump") scrollTo(0, random(1500));
    if (kind === "scroll") scrollBy(0, random(160) - 60);
    if (kind === "list") list.scrollTop = random(900);
    if (kind === "text") text.children[random(40)].textContent = words(40);
    if (kind === "colour") document.body.style.background = "hsl(" + random(360) + " 40% 90%)";
    if (kind === "spin") spinner.className = "turning";
    if (kind === "move") {
      boxes.innerHTML = Array.from({ length: 5 }, () => '<i style="background:hsl(' + random(360) + ' 80% 50%)"></i>').join("");
      const move = () => {
        for (const box of boxes.children) box.style.cssText += "; left: " + random(300) + "px; top: " + random(80) + "px";
        moving = requestAnimationFrame(move);
      };
      cancelAnimationFrame(moving);
      move();
    }
    if (kind === "photo") {
      const context = photo.getContext("2d");
      const data = context.createImageData(300, 160);
      for (let at = 0; at < data.data.length; at += 4) data.data.set([128 + 90 * Math.sin(at / 9000), random(50) + 90, random(30), 255], at);
      context.putImageData(data, 0, 0);
    }
  };
  window.rest = () => {
    cancelAnimationFrame(moving);
    spinner.className = "";
  };
  state = location.host.length;
  list.innerHTML = Array.from({ length: 60 }, () => "<p>" + words(9) + "</p>").join("");
  text.innerHTML = Array.from({ length: 40 }, () => "<p>" + words(60) + "</p>").join("");
  title.textContent = location.host + location.pathname;
</script>`;
