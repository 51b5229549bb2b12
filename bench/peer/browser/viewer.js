// The other end of a caster: draws what comes, says what the user does. `json`: pictures as data URLs in JSON, as
// they come. `binary`: pictures as they are; acknowledged once drawn.
const { port, codec, page } = Object.fromEntries(new URLSearchParams(location.search));
const canvas = document.querySelector("canvas");
const context = canvas.getContext("2d", { alpha: false });
const socket = new WebSocket(`ws://127.0.0.1:${port}/?codec=${codec}&page=${encodeURIComponent(page)}`);
socket.binaryType = "arraybuffer";
let last = Promise.resolve();

function paint(image, width, height) {
  if (canvas.width !== width || canvas.height !== height) Object.assign(canvas, { width, height });
  context.drawImage(image, 0, 0);
}

socket.addEventListener("message", ({ data }) => {
  if (typeof data === "string") {
    const image = new Image();
    image.addEventListener("load", () => paint(image, image.naturalWidth, image.naturalHeight));
    image.src = `data:image/jpeg;base64,${JSON.parse(data).data}`;
    return;
  }
  const decoded = createImageBitmap(new Blob([data], { type: "image/jpeg" }));
  last = last.then(async () => {
    const image = await decoded;
    paint(image, image.width, image.height);
    image.close();
    send({ type: "ack" });
  });
});

function send(message) {
  if (socket.readyState === WebSocket.OPEN) socket.send(JSON.stringify(message));
}

const pointer = (action) => (event) => {
  event.preventDefault();
  canvas.focus();
  const box = canvas.getBoundingClientRect();
  send({ type: "pointer", action, x: event.clientX - box.left, y: event.clientY - box.top, buttons: event.buttons });
};
canvas.addEventListener("pointerdown", pointer("mousePressed"));
canvas.addEventListener("pointerup", pointer("mouseReleased"));
canvas.addEventListener("pointermove", pointer("mouseMoved"));
for (const [type, action] of [
  ["keydown", "keyDown"],
  ["keyup", "keyUp"],
])
  addEventListener(type, ({ key, code }) => send({ type: "key", action, key, code }));
