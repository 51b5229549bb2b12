// Runs in every document of the viewer's browser, ours and the peer's, before anything else there. It only
// looks: when the pointer or a key went down, what came over WebSockets, and what the canvas shows when.
(() => {
  const received = { messages: 0, bytes: 0, pictures: 0, sent: 0, sentBytes: 0 };
  const keys = { latencies: [], pending: [] };
  let pressedAt = null;
  let watch = null;
  let cameAt = 0;

  function countPicture() {
    received.pictures += 1;
    const now = performance.now();
    cameAt = now;
    for (const pressed of keys.pending.splice(0)) keys.latencies.push(now - pressed);
  }

  // What comes may be sealed: only its length is seen. The peer's JSON is told by its first letters.
  const PlainSocket = WebSocket;
  globalThis.WebSocket = class extends PlainSocket {
    constructor(...parameters) {
      super(...parameters);
      this.addEventListener("message", ({ data }) => {
        const isText = typeof data === "string";
        received.messages += 1;
        received.bytes += isText ? data.length : (data.byteLength ?? data.size);
        if (isText && data.startsWith('{"type":"frame"')) countPicture();
      });
    }

    send(data) {
      received.sent += 1;
      received.sentBytes += typeof data === "string" ? data.length : (data.byteLength ?? data.size);
      super.send(data);
    }
  };

  // A picture that has come is decoded at once, all its parts in one turn.
  let decoding = false;
  function countDecoding() {
    if (decoding) return;
    decoding = true;
    queueMicrotask(() => (decoding = false));
    countPicture();
  }
  const plainDecode = createImageBitmap;
  globalThis.createImageBitmap = (...parameters) => {
    countDecoding();
    return plainDecode(...parameters);
  };
  const PlainDecoder = globalThis.ImageDecoder;
  if (PlainDecoder)
    globalThis.ImageDecoder = class extends PlainDecoder {
      constructor(...parameters) {
        super(...parameters);
        countDecoding();
      }
    };

  addEventListener("pointerdown", (event) => (pressedAt ??= event.timeStamp), true);
  addEventListener("keydown", (event) => keys.pending.push(event.timeStamp), true);

  // A canvas of our own: reading the shown one would change how the browser keeps it.
  const glass = document.createElement("canvas");
  const context = glass.getContext("2d", { willReadFrequently: true });
  const shownCanvas = () => document.querySelector("canvas.screen");

  // Looked at when something is drawn onto it, and not in between: looking all the time would take processor from what
  // is measured, and keep awake a browser that sleeps before a user's eyes, too.
  const { drawImage } = CanvasRenderingContext2D.prototype;
  let onDrawn = () => {};
  CanvasRenderingContext2D.prototype.drawImage = function (...parameters) {
    drawImage.apply(this, parameters);
    if (this !== context) onDrawn();
  };

  function read(canvas, { x, y, width, height }) {
    if (glass.width < width || glass.height < height) Object.assign(glass, { width, height });
    context.drawImage(canvas, x, y, width, height, 0, 0, width, height);
    return context.getImageData(0, 0, width, height).data;
  }

  function markerState(point) {
    const canvas = shownCanvas();
    if (!canvas || canvas.width <= point.x) return null;
    const [red, green, blue] = read(canvas, { ...point, width: 1, height: 1 });
    return (red > 127 ? 1 : 0) + (green > 127 ? 2 : 0) + (blue > 127 ? 4 : 0);
  }

  function checksum(bytes) {
    let sum = 0;
    for (let at = 0; at < bytes.length; at += 4)
      sum = (sum * 31 + bytes[at] + bytes[at + 1] * 7 + bytes[at + 2] * 13) | 0;
    return sum;
  }

  globalThis.benchProbe = {
    markerState,

    /** Begins to look for a state of the marker, in the animation frame after each drawing. */
    watchFor(point, state, lostAfterMs) {
      pressedAt = null;
      const settled = Promise.withResolvers();
      const settle = (drawn) => {
        clearTimeout(givingUp);
        onDrawn = () => {};
        settled.resolve(drawn);
      };
      const givingUp = setTimeout(() => settle(null), lostAfterMs);
      let awaited = false;
      const look = () => {
        awaited = false;
        const now = performance.now();
        if (markerState(point) === state)
          settle(pressedAt && { drawnMs: now - pressedAt, cameMs: Math.max(0, cameAt - pressedAt) });
      };
      onDrawn = () => {
        if (awaited) return;
        awaited = true;
        requestAnimationFrame(look);
      };
      // It may be there already.
      onDrawn();
      watch = settled.promise;
    },

    /** Milliseconds from the press: to the first animation frame that had it on the canvas, and to the picture that came last before. Null: never. */
    drawn: () => watch,

    /** Counts the animation frames in which an area looks otherwise than before, until told to stop. */
    countPictures(area) {
      const counted = { pictures: 0, since: performance.now(), on: true };
      let before = null;
      const look = () => {
        const canvas = shownCanvas();
        if (canvas) {
          const sum = checksum(read(canvas, area));
          if (before !== null && sum !== before) counted.pictures += 1;
          before = sum;
        }
        if (counted.on) requestAnimationFrame(look);
      };
      look();
      globalThis.benchProbe.stopCounting = () => {
        counted.on = false;
        return (counted.pictures / (performance.now() - counted.since)) * 1000;
      };
    },
    stopCounting: () => 0,

    received: () => ({ ...received, at: performance.now() }),
    /** Keys after which no picture has come yet. */
    pendingKeys: () => keys.pending.length,
    takeKeyLatencies: () => keys.latencies.splice(0),
    canvasSize: () => {
      const canvas = shownCanvas();
      return canvas
        ? { width: canvas.width, height: canvas.height, shown: canvas.clientWidth, tall: canvas.clientHeight }
        : null;
    },
  };
})();
