import { Router, type Request, type Response } from "express";
import { setTimeout as wait } from "node:timers/promises";
import { z } from "zod";
import { demoCode, findUser, type DemoUser } from "./demo-users.ts";
import {
  aboutPage,
  closedPage,
  codePage,
  heavyPage,
  lockedPage,
  loginPage,
  maintenancePage,
  newPasswordPage,
  plainPage,
  unknownPage,
} from "./pages/entry-pages.ts";
import { clearVisit, hasFormToken, setVisit, visitOf } from "./visit-cookie.ts";
import type { Stage, Visit, Visits } from "./visits.ts";

const codeLivesMs = 5 * 60_000;
const maxWrongCodes = 5;
/** Where a password leads that opens nothing. */
const deadEnds = ["locked", "closed", "maintenance", "unknown", "heavy"] as const;

const loginForm = z.object({ username: z.string().max(64), password: z.string().max(128) });
const codeForm = z.object({ code: z.string().max(12) });
const newPasswordForm = z.object({ first: z.string().max(128), second: z.string().max(128) });

/** From the street to the counter: password, then a code or what the user meets instead. Every form answers with a redirect, so a reload repeats nothing. */
export function createLoginRoutes({ visits, clock }: { visits: Visits; clock: () => Date }): Router {
  const router = Router();

  router.get("/", (_request, response) =>
    response.redirect(303, visitOf(response)?.stage === "inside" ? "/accounts" : "/login"),
  );
  router.get("/about", (_request, response) => response.send(aboutPage()));
  router.get("/locked", (_request, response) => response.send(lockedPage()));
  router.get("/closed", (_request, response) => response.send(closedPage()));
  router.get("/unknown", (_request, response) => response.send(unknownPage()));
  router.get("/heavy", (_request, response) => response.send(heavyPage()));
  router.get("/maintenance", (_request, response) =>
    response.status(503).set("retry-after", "600").send(maintenancePage()),
  );

  router.get("/login", (_request, response) => {
    if (visitOf(response)?.stage === "inside") return response.redirect(303, "/accounts");
    const visit = visitOf(response) ?? visits.create();
    setVisit(response, visit);
    return response.send(loginPage({ formToken: visit.formToken, problem: takeNotice(visit) }));
  });

  router.post("/login", async (request, response) => {
    const visit = acceptForm(request, response);
    if (!visit) return;
    const form = loginForm.safeParse(request.body);
    const username = form.success ? form.data.username.trim() : "";
    const user = form.success ? findUser(username, form.data.password) : null;
    if (!user) {
      visit.notice = "Incorrect username or password";
      response.redirect(303, "/login");
      return;
    }
    await delay(user, request);
    const next = user.afterPassword ?? "code";
    if (isDeadEnd(next)) {
      visits.end(visit);
      clearVisit(response);
      response.redirect(303, `/${next}`);
      return;
    }
    const known = visits.renew({ ...visit, user, notice: null, stage: next });
    if (next === "code") sendCode(known, user.firstCodeExpired === true);
    setVisit(response, known);
    response.redirect(303, next === "code" ? "/otp" : `/${next}`);
  });

  router.get("/new-password", (_request, response) => {
    const visit = visitAt("new-password", response);
    if (visit) response.send(newPasswordPage({ formToken: visit.formToken, problem: takeNotice(visit) }));
  });

  router.post("/new-password", (request, response) => {
    const visit = acceptForm(request, response, "new-password");
    if (!visit) return;
    const form = newPasswordForm.safeParse(request.body);
    if (!form.success || form.data.first.length < 8) visit.notice = "Please use eight characters or more";
    else if (form.data.first !== form.data.second) visit.notice = "The two entries differ";
    else sendCode(visit, false);
    response.redirect(303, visit.stage === "code" ? "/otp" : "/new-password");
  });

  router.get("/otp", async (request, response) => {
    const visit = visitAt("code", response);
    if (!visit) return;
    await delay(visit.user, request);
    const notice = takeNotice(visit);
    const isInfo = notice === newCodeSent;
    response.send(
      codePage({ formToken: visit.formToken, problem: isInfo ? null : notice, info: isInfo ? notice : null }),
    );
  });

  router.post("/otp/resend", (request, response) => {
    const visit = acceptForm(request, response, "code");
    if (!visit) return;
    sendCode(visit, false);
    visit.notice = newCodeSent;
    response.redirect(303, "/otp");
  });

  router.post("/otp", async (request, response) => {
    const visit = acceptForm(request, response, "code");
    if (!visit?.code) return;
    await delay(visit.user, request);
    const form = codeForm.safeParse(request.body);
    const isRight = form.success && form.data.code.replaceAll(/\s/g, "") === demoCode;
    const isExpired = visit.code.expired || clock().getTime() - visit.code.sentAt.getTime() > codeLivesMs;
    if (isRight && !isExpired) {
      const inside = visits.renew({ ...visit, stage: "inside", code: null, notice: null });
      setVisit(response, inside);
      response.redirect(303, "/accounts");
      return;
    }
    visit.code.wrong += isRight ? 0 : 1;
    if (visit.code.wrong < maxWrongCodes) {
      visit.notice = isRight ? "This code has expired" : "That code is not correct";
      response.redirect(303, "/otp");
      return;
    }
    const again = visits.renew({
      ...visit,
      stage: "visitor",
      user: null,
      code: null,
      notice: "Too many wrong codes. Please log in again.",
    });
    setVisit(response, again);
    response.redirect(303, "/login");
  });

  router.post("/logout", (request, response) => {
    const visit = acceptForm(request, response);
    if (!visit) return;
    visits.end(visit);
    clearVisit(response);
    response.redirect(303, "/login");
  });

  function sendCode(visit: Visit, expired: boolean): void {
    visit.stage = "code";
    visit.code = { sentAt: clock(), expired, wrong: visit.code?.wrong ?? 0 };
  }

  return router;
}

function isDeadEnd(place: string): place is (typeof deadEnds)[number] {
  return (deadEnds as readonly string[]).includes(place);
}

const newCodeSent = "A new code is on its way.";

/** The visit at this stage, or null after sending the visitor to where they belong. */
export function visitAt(stage: Stage, response: Response): Visit | null {
  const visit = visitOf(response);
  if (visit?.stage === stage) return visit;
  response.redirect(303, visit?.stage === "inside" ? "/accounts" : "/login");
  return null;
}

/** The visit that posted a form, or null after refusing it. */
export function acceptForm(request: Request, response: Response, stage?: Stage): Visit | null {
  const visit = visitOf(response);
  const token: unknown =
    typeof request.body === "object" && request.body !== null && "formToken" in request.body
      ? request.body.formToken
      : undefined;
  if (!visit) {
    response.redirect(303, "/login");
    return null;
  }
  if (!hasFormToken(visit, token)) {
    response
      .status(403)
      .send(plainPage("Please start again", "This form was opened in another window or too long ago."));
    return null;
  }
  return stage === undefined ? visit : visitAt(stage, response);
}

/** Slow users wait, unless they have gone already. */
export async function delay(user: DemoUser | null, request: Request): Promise<void> {
  if (!user?.delayMs) return;
  const gone = new AbortController();
  request.socket.once("close", () => gone.abort());
  await wait(user.delayMs, undefined, { signal: gone.signal }).catch(() => undefined);
}

export function takeNotice(visit: Visit): string | null {
  const { notice } = visit;
  visit.notice = null;
  return notice;
}
