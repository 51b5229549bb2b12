import { render } from "preact";
import { App } from "./app.tsx";
import { createDesk } from "./desk.ts";

const root = document.querySelector<HTMLElement>("#verifier");
if (root) {
  const single = "single" in root.dataset;
  const draw = () => render(<App desk={desk} home={window} single={single} />, root);
  const desk = createDesk({ home: window, now: () => new Date(), onChange: draw });
  draw();
  // A file of its own shares its store with all other files.
  if (!single) void desk.resume();
}
