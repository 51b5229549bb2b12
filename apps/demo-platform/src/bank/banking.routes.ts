import { Router, type NextFunction, type Request, type Response } from "express";
import { accounts, listStatements, listTransactions, owner } from "./bank-data.ts";
import { acceptForm, delay } from "./login.routes.ts";
import { accountsPage, statementsPage, surveyPage, troublePage } from "./pages/bank-pages.ts";
import { visitOf } from "./visit-cookie.ts";
import type { Visit } from "./visits.ts";

/** What a customer who is in can see. */
export function createBankingRoutes({ clock }: { clock: () => Date }): Router {
  const router = Router();

  router.get("/api/v1/accounts", async (request, response) => {
    const visit = visitOf(response);
    if (visit?.stage !== "inside") return response.status(401).json({ error: "not_logged_in" });
    await delay(visit.user, request);
    return response.json({ owner, items: accounts.filter((_, index) => index === (visit.account ?? index)) });
  });

  router.get("/accounts", enter, (_request, response) => {
    const visit = customer(response);
    response.send(
      accountsPage({
        formToken: visit.formToken,
        transactions: listTransactions(clock()),
        offer: visit.user?.offer === true && !visit.offerDismissed,
      }),
    );
  });

  router.post("/offer", (request, response) => {
    const visit = acceptForm(request, response, "inside");
    if (!visit) return;
    visit.offerDismissed = true;
    response.redirect(303, "/accounts");
  });

  router.get("/statements", enter, (_request, response) => {
    const visit = customer(response);
    if (visit.user?.statementsFail) {
      response.status(500).send(
        troublePage({
          formToken: visit.formToken,
          title: "Something went wrong",
          text: "Statements cannot be shown right now. Please try again later.",
        }),
      );
      return;
    }
    response.send(statementsPage({ formToken: visit.formToken, statements: listStatements(clock()) }));
  });

  router.get("/survey", (_request, response) => {
    const visit = visitOf(response);
    if (visit?.stage !== "inside") return response.redirect(303, "/login");
    return response.send(surveyPage({ formToken: visit.formToken }));
  });

  router.post("/survey", (request, response) => {
    const visit = acceptForm(request, response, "inside");
    if (!visit) return;
    visit.surveyDone = true;
    response.redirect(303, "/accounts");
  });

  return router;
}

/** Lets customers through who are in and have nothing else to see first. */
async function enter(request: Request, response: Response, next: NextFunction): Promise<void> {
  const visit = visitOf(response);
  if (visit?.stage !== "inside") {
    response.redirect(303, "/login");
    return;
  }
  await delay(visit.user, request);
  if (visit.user?.survey && !visit.surveyDone) {
    response.redirect(303, "/survey");
    return;
  }
  if (visit.user?.choosesAccount && visit.account === null) {
    response.redirect(303, "/choose-account");
    return;
  }
  next();
}

function customer(response: Response): Visit {
  const visit = visitOf(response);
  if (!visit) throw new Error("a page for customers was reached without a visit");
  return visit;
}
