// What a page can try to reach an address with. Each takes an https URL whose port tells which of them was seen;
// `own` is the site's own folder. Nothing of them has to succeed: that a packet arrives is enough.
globalThis.egressVectors = ({ own }) => {
  const add = (tag, attributes, parent = document.body) => {
    const element = document.createElement(tag);
    for (const [name, value] of Object.entries(attributes)) element.setAttribute(name, value);
    parent.append(element);
    return element;
  };
  const link =
    (rel, more = {}) =>
    (url) =>
      add("link", { rel, href: url, ...more }, document.head);
  const style = (text) => (add("style", {}, document.head).textContent = text);
  const frame = (attributes) => add("iframe", { width: 20, height: 20, ...attributes });
  const to = (url) => encodeURIComponent(url);
  const hostOf = (url) => new URL(url).host;
  const peer = (iceServers) => {
    const connection = new RTCPeerConnection({ iceServers });
    connection.createDataChannel("x");
    return connection.createOffer().then((offer) => connection.setLocalDescription(offer));
  };
  return {
    img: (url) => (new Image().src = url),
    script: (url) => add("script", { src: url }),
    stylesheet: link("stylesheet"),
    "css-import": (url) => style(`@import url("${url}");`),
    "css-image": (url) => (add("div", {}).style.backgroundImage = `url("${url}")`),
    "font-face": (url) => new FontFace("f", `url("${url}")`).load(),
    video: (url) => add("video", { src: url, preload: "auto" }),
    audio: (url) => add("audio", { src: url, preload: "auto" }),
    "svg-image": (url) =>
      (add("div", {}).innerHTML =
        `<svg xmlns="http://www.w3.org/2000/svg"><image href="${url}" width="9" height="9"/></svg>`),
    fetch: (url) => fetch(url, { mode: "no-cors" }),
    "fetch-keepalive": (url) => fetch(url, { mode: "no-cors", method: "POST", keepalive: true, body: "x" }),
    xhr: (url) => {
      const request = new XMLHttpRequest();
      request.open("POST", url);
      request.send("x");
    },
    beacon: (url) => navigator.sendBeacon(url, "x"),
    eventsource: (url) => new EventSource(url),
    websocket: (url) => new WebSocket(url.replace("https", "wss")),
    preload: link("preload", { as: "script" }),
    prefetch: link("prefetch"),
    preconnect: link("preconnect"),
    modulepreload: link("modulepreload"),
    "dns-prefetch": link("dns-prefetch"),
    favicon: link("icon"),
    manifest: link("manifest"),
    "speculation-rules": (url) =>
      (add("script", { type: "speculationrules" }).textContent = JSON.stringify({
        prefetch: [{ urls: [url], eagerness: "immediate" }],
        prerender: [{ urls: [url], eagerness: "immediate" }],
      })),
    "dynamic-import": (url) => import(url),
    worker: (url) => new Worker(`${own}worker.js?fetch=${to(url)}`),
    "import-scripts": (url) => new Worker(`${own}worker.js?import=${to(url)}`),
    "shared-worker": (url) => new SharedWorker(`${own}worker.js?fetch=${to(url)}`, url),
    "service-worker": async (url) => {
      await navigator.serviceWorker.register(`${own}worker.js`);
      (await navigator.serviceWorker.ready).active.postMessage(url, []);
    },
    iframe: (url) => frame({ src: url }),
    object: (url) => add("object", { data: url }),
    embed: (url) => add("embed", { src: url }),
    form: (url) => {
      const name = `form${Math.random()}`;
      frame({ name });
      add("form", { action: url, method: "post", target: name }).submit();
    },
    "window-open": (url) => window.open(url, "_blank", "noopener"),
    location: (url) => frame({ srcdoc: `<script>location.href = ${JSON.stringify(url)}</script>` }),
    "meta-refresh": (url) => frame({ srcdoc: `<meta http-equiv="refresh" content="0;url=${url}">` }),
    "redirect-image": (url) => (new Image().src = `${own}redirect?to=${to(url)}`),
    "redirect-frame": (url) => frame({ src: `${own}redirect?to=${to(url)}` }),
    ping: (url) => add("a", { href: "#x", ping: url }).click(),
    download: (url) => add("a", { href: url, download: "x" }).click(),
    "csp-report": (url) => frame({ src: `${own}csp?to=${to(url)}` }),
    webtransport: (url) => new WebTransport(url).ready,
    stun: (url) => peer([{ urls: `stun:${hostOf(url)}` }]),
    "turn-udp": (url) => peer([{ urls: `turn:${hostOf(url)}?transport=udp`, username: "u", credential: "c" }]),
    "turn-tcp": (url) => peer([{ urls: `turn:${hostOf(url)}?transport=tcp`, username: "u", credential: "c" }]),
    turns: (url) => peer([{ urls: `turns:${hostOf(url)}?transport=tcp`, username: "u", credential: "c" }]),
    ice: async (url) => {
      const [one, other] = [new RTCPeerConnection(), new RTCPeerConnection()];
      one.createDataChannel("x");
      await one.setLocalDescription(await one.createOffer());
      await other.setRemoteDescription(one.localDescription);
      await other.setLocalDescription(await other.createAnswer());
      await one.setRemoteDescription(other.localDescription);
      const { hostname, port } = new URL(url);
      const address = hostname.replace(/[[\]]/g, "");
      await one.addIceCandidate({ candidate: `candidate:1 1 udp 2113937151 ${address} ${port} typ host`, sdpMid: "0" });
    },
  };
};

/** Tries everything on every address, then says so to the site. */
globalThis.egressAttack = async ({ own, ports, hosts, waitMs }) => {
  const vectors = egressVectors({ own });
  const rest = (ms) => new Promise((resolve) => setTimeout(resolve, ms));
  const leaving = ["window-open", "download"];
  const tryAll = (name, port) => {
    for (const host of [...hosts, `${name}.leak.test`]) {
      try {
        Promise.resolve(vectors[name]?.(`https://${host}:${port}/`)).catch(() => {});
      } catch {
        // What the page may not do at all reaches nobody.
      }
    }
  };
  for (const [name, port] of Object.entries(ports)) {
    if (leaving.includes(name)) continue;
    tryAll(name, port);
    await rest(30);
  }
  await rest(waitMs);
  await fetch(`${own}told`, { method: "POST", body: "tried" });
  // Windows and the page itself go last: the product ends a session that leaves for where it may not go.
  for (const name of leaving) tryAll(name, ports[name]);
  await rest(300);
  location.href = `https://${hosts[0]}:${ports["navigation"]}/`;
};
