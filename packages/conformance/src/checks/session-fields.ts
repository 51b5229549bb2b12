import { createSession, getSession, need, type Check, type CheckContext } from "../check.ts";
import { expectRefusal, expectSuccess, expectThat, NotPossible, show } from "../expect.ts";

const section = "Further fields of a session";
const path = "/partner/browser-session";

/** The first platform of which that is true, and which this key may use. */
async function platformWith(context: CheckContext, allowCustomUrl: boolean): Promise<number> {
  const platforms = expectSuccess(await context.call("GET", "/partner/browser-platforms")) as {
    id: number;
    isActive: boolean;
    allowCustomUrl: boolean;
  }[];
  for (const platform of platforms) {
    if (!platform.isActive || platform.allowCustomUrl !== allowCustomUrl) continue;
    if ((await context.call("POST", path, { body: { platformId: platform.id } })).status < 300) return platform.id;
  }
  throw new NotPossible(`needs a platform whose allowCustomUrl is ${allowCustomUrl}`);
}

const badUrls = [
  "",
  "example.com",
  "http://example.com/login",
  "javascript:alert(1)",
  "https://localhost/login",
  "https://printer.local/",
  "https://x.test/",
  "https://169.254.169.254/",
  "https://2130706433/",
  "https://[::1]/",
  "https://user:pass@example.com/",
  "https://example.com/#login",
  "https://example.com:8443/",
  `https://example.com/${"x".repeat(2048)}`,
];

export const sessionFieldChecks: Check[] = [
  {
    section,
    rule: "customUrl is 400 and named where the platform does not allow one",
    async run(context) {
      const platformId = await platformWith(context, false);
      const body = { platformId, customUrl: "https://login.example.com/" };
      expectRefusal(await context.call("POST", path, { body }), 400, {
        code: "custom_url_not_allowed",
        param: "customUrl",
      });
    },
  },
  {
    section,
    rule: "customUrl is taken where the platform allows one, and comes back; platform.loginUrl stays the default",
    async run(context) {
      const platformId = await platformWith(context, true);
      const customUrl = "https://login.example.com/start?tenant=1";
      const { sessionId } = await createSession(context, { platformId, customUrl });
      const session = await getSession(context, sessionId);
      expectThat(session["customUrl"] === customUrl, `customUrl is ${show(session["customUrl"])}`);
      const { loginUrl } = session["platform"] as { loginUrl: unknown };
      expectThat(loginUrl !== customUrl, "platform.loginUrl is the custom one");
      const plain = await createSession(context, { platformId });
      expectThat(!("customUrl" in (await getSession(context, plain.sessionId))), "it is there without being given");
    },
  },
  {
    section,
    rule: `customUrl that is not https with a valid TLD on the usual port is 400 and named (${badUrls.length} forms)`,
    async run(context) {
      const platformId = await platformWith(context, true);
      for (const customUrl of badUrls)
        expectRefusal(await context.call("POST", path, { body: { platformId, customUrl } }), 400, {
          param: "customUrl",
        });
    },
  },
  {
    section,
    rule: "metadata comes back letter by letter, and only if given",
    async run(context) {
      const metadata = { order: 1, nested: { list: [null, true, "ä"] } };
      const { sessionId } = await createSession(context, { metadata });
      const session = await getSession(context, sessionId);
      expectThat(JSON.stringify(session["metadata"]) === JSON.stringify(metadata), show(session["metadata"]));
      const plain = await createSession(context);
      expectThat(!("metadata" in (await getSession(context, plain.sessionId))), "it is there without being given");
    },
  },
  {
    section,
    rule: "allowedOrigins are the only ones that may embed the frame",
    async run(context) {
      const own = ["https://shop.example.com", "https://b.example.org:8443"];
      const { embedUrl } = await createSession(context, { allowedOrigins: own });
      const { pathname, search } = new URL(embedUrl);
      const { headers } = await context.call("GET", pathname + search, { key: null });
      const policy = headers.get("content-security-policy") ?? "";
      const ancestors = policy.split(/;\s*/).find((directive) => directive.startsWith("frame-ancestors "));
      expectThat(ancestors === `frame-ancestors ${own.join(" ")}`, `the policy is ${policy}`);
    },
  },
  {
    section,
    rule: "allowedOrigins with anything but origins is 400 and named",
    async run({ call, platformId }) {
      for (const allowedOrigins of [
        ["https://shop.example.com/path"],
        ["https://shop.example.com/?a"],
        ["ftp://shop.example.com"],
        ["shop.example.com"],
        ["*"],
        "https://shop.example.com",
        [1],
      ]) {
        const { param } = expectRefusal(await call("POST", path, { body: { platformId, allowedOrigins } }), 400);
        expectThat(String(param).startsWith("allowedOrigins"), `param is ${show(param)}`);
      }
    },
  },
  {
    section,
    rule: "nonce is bound into the attestation, and into a credential where one was asked for",
    async run(context) {
      const nonce = crypto.randomUUID();
      const created = await createSession(context, { nonce, credential: true });
      await need(context.endUser, "someone to be the end user").end(created, "COMPLETED");
      const answer = await context.call("GET", `${path}/${created.sessionId}/attestation`);
      const { attestation } = expectSuccess(answer) as { attestation: string };
      const payload = JSON.parse(Buffer.from(attestation.split(".")[1] ?? "", "base64url").toString());
      expectThat(payload.nonce === nonce, `nonce is ${show(payload.nonce)}`);
      const { credential } = expectSuccess(await context.call("GET", `${path}/${created.sessionId}/credential`)) as {
        credential: { header: { nonce: unknown } };
      };
      expectThat(credential.header.nonce === nonce, `nonce of the credential is ${show(credential.header.nonce)}`);
    },
  },
  {
    section,
    rule: "locale, theme, nonce, consent and metadata of another kind are 400 and named",
    async run({ call, platformId }) {
      for (const [field, value] of [
        ["locale", 1],
        ["locale", "x".repeat(36)],
        ["theme", "pink"],
        ["nonce", ""],
        ["nonce", "x".repeat(256)],
        ["consent", "no"],
        ["credential", "yes"],
        ["metadata", []],
        ["customUrl", 1],
      ] as const)
        expectRefusal(await call("POST", path, { body: { platformId, [field]: value } }), 400, { param: field });
    },
  },
  {
    section,
    rule: "disclosure may be full; fields and questions that the platform or nobody knows are 400 and named",
    async run(context) {
      const { warnings } = await createSession(context, { disclosure: "full" });
      expectThat(warnings === undefined, show(warnings));
      const ask = (more: object) => ({ predicates: [{ name: "a", field: "noSuchField", is: "present", ...more }] });
      for (const [disclosure, param] of [
        ["half", "disclosure"],
        [{ fields: [] }, "disclosure.fields"],
        [{ fields: ["noSuchField"] }, "disclosure.fields.0"],
        [ask({}), "disclosure.predicates.0.field"],
        [ask({ is: "about" }), "disclosure.predicates.0.is"],
        [ask({ is: ">=" }), "disclosure.predicates.0.value"],
      ] as const) {
        const body = { platformId: context.platformId, disclosure };
        expectRefusal(await context.call("POST", path, { body }), 400, { param });
      }
    },
  },
];
