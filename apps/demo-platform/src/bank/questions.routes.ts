import { Router } from "express";
import { z } from "zod";
import { accounts } from "./bank-data.ts";
import { demoAnswer } from "./demo-users.ts";
import { acceptForm, takeNotice, visitAt } from "./login.routes.ts";
import { chooseAccountPage, questionPage } from "./pages/question-pages.ts";
import { setVisit, visitOf } from "./visit-cookie.ts";
import type { Visits } from "./visits.ts";

const maxWrongAnswers = 5;

const answerForm = z.object({ answer: z.string().max(64) });
const accountForm = z.object({
  account: z.coerce
    .number()
    .int()
    .min(0)
    .max(accounts.length - 1),
});

/** What some customers are asked on their way: a security question in place of the code, and which account they mean. */
export function createQuestionRoutes({ visits }: { visits: Visits }): Router {
  const router = Router();

  router.get("/question", (_request, response) => {
    const visit = visitAt("question", response);
    if (visit) response.send(questionPage({ formToken: visit.formToken, problem: takeNotice(visit) }));
  });

  router.post("/question", (request, response) => {
    const visit = acceptForm(request, response, "question");
    if (!visit) return;
    const form = answerForm.safeParse(request.body);
    if (form.success && form.data.answer.trim().toLowerCase() === demoAnswer.toLowerCase()) {
      setVisit(response, visits.renew({ ...visit, stage: "inside", notice: null }));
      response.redirect(303, "/accounts");
      return;
    }
    visit.wrongAnswers += 1;
    if (visit.wrongAnswers < maxWrongAnswers) {
      visit.notice = "That answer is not correct";
      response.redirect(303, "/question");
      return;
    }
    const notice = "Too many wrong answers. Please log in again.";
    setVisit(response, visits.renew({ ...visit, stage: "visitor", user: null, wrongAnswers: 0, notice }));
    response.redirect(303, "/login");
  });

  router.get("/choose-account", (_request, response) => {
    const visit = visitOf(response);
    if (visit?.stage !== "inside") return response.redirect(303, "/login");
    return response.send(chooseAccountPage({ formToken: visit.formToken }));
  });

  router.post("/choose-account", (request, response) => {
    const visit = acceptForm(request, response, "inside");
    if (!visit) return;
    const form = accountForm.safeParse(request.body);
    if (form.success) visit.account = form.data.account;
    response.redirect(303, form.success ? "/accounts" : "/choose-account");
  });

  return router;
}
