import { mount } from "./embed.js";

const element = (id) => document.getElementById(id);

/** What each status means to the person who waits. */
const words = {
  CREATED: "Verification created",
  INITIALIZING: "A private browser is starting",
  READY: "The browser is ready",
  CONNECTED: "You are connected",
  LOADING_TREE: "Opening your bank",
  RUNNING: "Working through the bank's pages",
  AWAITING_USER: "Your turn",
  COLLECTING_DATA: "Reading your account",
  VERIFYING: "Signing the result",
  COMPLETED: "Done",
  PARTIAL_COMPLETE: "Done, with gaps",
  ERROR: "That did not work",
  CANCELLED: "Cancelled",
  TERMINATED: "Ended",
};

let frame = null;
let news = null;

element("start").addEventListener("click", start);
element("again").addEventListener("click", reset);

async function start() {
  element("start").disabled = true;
  element("problem").hidden = true;
  try {
    const response = await fetch("/api/verifications", { method: "POST" });
    const verification = await response.json();
    if (!response.ok) throw new Error(verification.error);
    show(verification);
  } catch (error) {
    element("problem").textContent = `We could not start the verification: ${error.message}`;
    element("problem").hidden = false;
  } finally {
    element("start").disabled = false;
  }
}

function show({ sessionId, embedUrl }) {
  const startedAt = performance.now();
  element("intro").hidden = true;
  element("frame").hidden = false;
  element("again").hidden = false;
  element("timeline").replaceChildren();
  const note = (text, detail, kind = "") => addToTimeline(text, detail, kind, performance.now() - startedAt);
  note(words.CREATED, "CREATED");

  // The whole embedding: an element, the address from our server, and what to do with the news.
  frame = mount({
    container: element("frame"),
    embedUrl,
    theme: "auto",
    title: "Account verification by Attestream",
    onEvent({ type, payload }) {
      if (type === "status") {
        if (payload.status !== payload.previous && payload.status !== "CREATED")
          note(words[payload.status], payload.status);
        setProgress(payload.progress);
      }
      if (type === "challenge")
        note(`The bank asks: ${payload.kind === "otp" ? "a code" : payload.kind}`, payload.kind, "ask");
      if (type === "error")
        note(payload.final ? "The verification failed" : "The bank did not accept that", payload.code, "bad");
      if (type === "connection" && payload.state === "reconnecting") note("Reconnecting", payload.state, "ask");
    },
    onUnreachable: () => note("The secure window does not answer", "unreachable", "bad"),
  });

  // What counts is what our own server was told; the frame's messages only keep the reader company.
  news = new EventSource(`/api/verifications/${sessionId}/events`);
  news.addEventListener("message", ({ data }) => showNews(JSON.parse(data)));
}

function showNews({ status, webhook, attestation }) {
  if (webhook) {
    const { payload, receivedAt } = webhook;
    const reason = payload.errorCode ?? payload.statusReason?.code;
    setState(
      "webhook-state",
      status === "COMPLETED",
      `${words[status]}${reason ? ` (${reason})` : ""} · signature checked · ${new Date(receivedAt).toLocaleTimeString()}`,
    );
    element("data").replaceChildren(...Object.entries(payload.extractedData ?? {}).flatMap(dataRow));
    element("webhook").hidden = false;
    if (status === "COMPLETED") setProgress(100);
  }
  if (attestation) {
    setState(
      "attestation-state",
      attestation.ok,
      attestation.ok ? "The attestation was checked offline and holds" : `Refused: ${attestation.message}`,
    );
    element("proven").replaceChildren(
      ...proofItems((attestation.proven ?? []).map(({ statement, by }) => [statement, `by ${by}`])),
    );
    element("not-proven").replaceChildren(
      ...proofItems((attestation.notProven ?? []).map(({ statement, why }) => [statement, why])),
    );
    element("not-proven-box").hidden = !attestation.notProven?.length;
    element("attestation").hidden = false;
  }
  if (webhook && (attestation || !webhook.payload.proofHash)) news.close();
}

function reset() {
  news?.close();
  frame?.destroy();
  for (const id of ["frame", "webhook", "attestation", "again"]) element(id).hidden = true;
  element("intro").hidden = false;
  element("timeline").replaceChildren();
  setProgress(0);
  element("start").focus();
}

function addToTimeline(text, detail, kind, sinceMs) {
  const item = document.createElement("li");
  item.className = kind;
  item.append(part("span", text), part("small", `${detail} · ${(sinceMs / 1000).toFixed(1)} s`));
  element("timeline").append(item);
  // Scrolls the list, never the page: the reader is busy in the frame.
  element("timeline").scrollTop = element("timeline").scrollHeight;
}

function setProgress(percent) {
  const meter = element("meter");
  meter.setAttribute("aria-valuenow", percent);
  meter.firstElementChild.style.width = `${percent}%`;
}

function setState(id, good, text) {
  element(id).className = `state ${good ? "good" : "bad"}`;
  element(id).textContent = text;
}

/** `lastFourDigits` -> "Last four digits"; lists say how many entries they have. */
function dataRow([name, value]) {
  const label = name.replace(/([A-Z])/g, " $1").toLowerCase();
  const shown = Array.isArray(value)
    ? `${value.length} entries`
    : typeof value === "object"
      ? JSON.stringify(value)
      : String(value);
  return [part("dt", label.charAt(0).toUpperCase() + label.slice(1)), part("dd", shown)];
}

/** Says by whom, or why, only where that changes from one line to the next. */
function proofItems(lines) {
  return lines.map(([statement, small], index) => {
    const item = document.createElement("li");
    item.append(part("span", statement));
    if (lines[index + 1]?.[1] !== small) item.append(part("small", small));
    return item;
  });
}

function part(name, text) {
  const made = document.createElement(name);
  made.textContent = text;
  return made;
}
