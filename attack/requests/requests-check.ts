import fc from "fast-check";
import { createAnswerCheck, generatedRequests, operationOf, type Document } from "@attestream/conformance/generated";
import { z } from "zod";
import type { Check } from "../report/check.ts";

const atOnce = 8;

/** Requests made up from the API's own document, good ones and bent ones: nothing breaks, nothing is undocumented, nothing is another's. */
export const requestsCheck: Check = {
  name: "requests",
  title: "generated requests against the OpenAPI document",
  figures: [
    { name: "requests.500", unit: "answers", goal: { of: "value", atMost: 0 } },
    { name: "requests.undocumented", unit: "answers", goal: { of: "value", atMost: 0 } },
    { name: "requests.foreign", unit: "answers", goal: { of: "value", atMost: 0 } },
    { name: "requests.good", unit: "answers", goal: { of: "value", atLeast: 20 } },
  ],
  async attack({ victim: start, quick, progress, signal }) {
    const victim = await start();
    const { apiUrl } = victim.system;
    const document = (await (await fetch(`${apiUrl}/openapi.json`)).json()) as Document;
    const [mine, theirs] = await Promise.all(victim.keys.map((key) => makeSessions(apiUrl, key)));
    const [key] = victim.keys;
    const check = createAnswerCheck(document);
    const total = quick ? 400 : 10_000;
    const requests = generatedRequests(document, (template) =>
      template.includes("browser-session/") ? [...(mine ?? []), ...(theirs ?? [])] : [],
    )
      // Its new keys would pile up until it is refused; one key is used throughout.
      .filter(({ path }) => !path.startsWith("/partner/api-keys/"));
    const broken: string[] = [];
    const undocumented: string[] = [];
    const foreign: string[] = [];
    let good = 0;
    const batches = fc.sample(fc.array(requests, { minLength: atOnce, maxLength: atOnce }), Math.ceil(total / atOnce));
    for (const [number, batch] of batches.entries()) {
      if (signal.aborted) break;
      if (number % 250 === 249) progress(`  ${(number + 1) * atOnce} requests`);
      await Promise.all(
        batch.map(async ({ method, path, headers, raw }) => {
          const response = await fetch(apiUrl + path, {
            method,
            headers: { "x-api-key": key, ...headers },
            redirect: "manual",
            ...(raw === undefined ? {} : { body: raw }),
            signal: AbortSignal.timeout(30_000),
          });
          const text = await response.text();
          const bare = path.split("?", 1)[0] ?? "";
          const contentType = response.headers.get("content-type");
          const what = `${method} ${operationOf(document, method, bare)?.[0] ?? bare} ${response.status}`;
          if (response.status >= 500) broken.push(what);
          if (response.status < 300) {
            good += 1;
            if ((theirs ?? []).some((id) => text.includes(id))) foreign.push(what);
          }
          const body: unknown = contentType?.startsWith("application/json") ? JSON.parse(text) : text;
          const problem = check({ method, path: bare, status: response.status, contentType, body });
          if (problem !== null && response.status < 500) undocumented.push(what);
        }),
      );
    }
    const told = (list: string[]) => [...new Set(list)].slice(0, 5).join("; ");
    return {
      "requests.500": { value: broken.length, note: [`${total} requests`, told(broken)].filter(Boolean).join("; ") },
      "requests.undocumented": { value: undocumented.length, note: told(undocumented) },
      "requests.foreign": { value: foreign.length, note: told(foreign) },
      "requests.good": { value: good, note: "of them as documented, and done" },
    };
  },
  holes: [
    {
      name: "an odd id is an internal error",
      figure: "requests.500",
      patches: [
        {
          file: "apps/api/src/sessions/own-session.ts",
          find: "const session = parsed.success ? await sessions.get(parsed.data.toLowerCase()) : null;",
          replace: "const session = await sessions.get(parsed.data!.toLowerCase());",
        },
      ],
    },
    {
      name: "a refusal that no document names",
      figure: "requests.undocumented",
      patches: [
        {
          file: "apps/api/src/sessions/own-session.ts",
          find: 'throw new AppError("session_not_found")',
          replace: 'throw new AppError("session_over")',
        },
      ],
    },
    {
      name: "a guessed id of another partner is answered",
      figure: "requests.foreign",
      patches: [
        {
          file: "apps/api/src/sessions/own-session.ts",
          find: "session.partner_id !== partner.id || ",
          replace: "",
        },
      ],
    },
  ],
};

async function makeSessions(apiUrl: string, key: string): Promise<string[]> {
  return await Promise.all(
    Array.from({ length: 5 }, async () => {
      const response = await fetch(`${apiUrl}/partner/browser-session`, {
        method: "POST",
        headers: { "x-api-key": key, "content-type": "application/json" },
        body: JSON.stringify({ platformId: 1 }),
      });
      const { data } = z.object({ data: z.object({ sessionId: z.string() }) }).parse(await response.json());
      return data.sessionId;
    }),
  );
}
